namespace Laaffic.Campaigns.Rows;

/// <summary>What a spreadsheet's number format shows beside the number itself.</summary>
internal static class NumberFormats
{
    /// <summary>Whether it shows digits or a + that are not in the cell, such as <c>"+1"0</c>.</summary>
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
