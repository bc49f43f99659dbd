namespace Laaffic.Campaigns.Rows;

/// <summary>What a cell's number format makes of its number that the reader of cells does not tell.</summary>
internal static class NumberFormats
{
    /// <summary>
    /// Whether a format is a date of Chinese, Japanese and Korean spreadsheets, which define these nowhere: 27 to 36 and 50 to 58
    /// (ECMA-376-1, 18.8.30).
    /// </summary>
    public static bool IsEastAsianDate(int format) => format is (>= 27 and <= 36) or (>= 50 and <= 58);

    /// <summary>Whether it shows digits or a + that are not in the cell, such as <c>"+1"0</c>: who sees the sheet takes them for its own.</summary>
    public static bool ShowOtherDigits(string? format)
    {
        var (quoted, bracketed) = (false, false);
        for (var i = 0; i < (format?.Length ?? 0); i++)
        {
            var one = format![i];
            switch (one)
            {
                case '"':
                    quoted = !quoted;
                    break;
                case '[' when !quoted:
                    bracketed = true;
                    break;
                case ']' when bracketed:
                    bracketed = false;
                    break;
                case '\\' or '_' or '*' when !quoted && !bracketed:
                    // The next character is shown as it is, or as so much space.
                    if (one == '\\' && i + 1 < format.Length && (char.IsAsciiDigit(format[i + 1]) || format[i + 1] == '+'))
                    {
                        return true;
                    }

                    i++;
                    break;
                case '+' when !bracketed && (quoted || i == 0 || format[i - 1] is not ('E' or 'e')):
                    return true;
                case >= '0' and <= '9' when !bracketed && (quoted || one != '0'):
                    return true;
                default:
                    break;
            }
        }

        return false;
    }
}
