using System.Text;
using Laaffic.Campaigns.Opening;

namespace Laaffic.Campaigns.Parsing;

/// <summary>
/// What stands before a CSV campaign's header row: lines <c># name: value</c> with settings, comments and blank lines. Reading
/// it leaves the header row as the next thing to be read.
/// </summary>
internal sealed class CsvPreamble
{
    /// <summary>The column that must be there.</summary>
    public const string NumberColumn = "calleeNumber";

    private static readonly char[] Delimiters = [',', ';', '\t', '|'];

    /// <summary>What the lines say.</summary>
    public SettingLines Lines { get; } = new();

    /// <summary>The header row's first physical line, from 1.</summary>
    public long HeaderLine { get; private set; } = 1;

    /// <summary>What separates the columns: the one of <c>, ; tab |</c> that makes sense of the header row.</summary>
    public char Delimiter { get; private set; } = ',';

    /// <summary>Reads up to the header row.</summary>
    /// <returns>Null if there is no header row to go on with; an error then says why.</returns>
    public static async Task<CsvPreamble?> ReadAsync(
        CampaignTextReader text,
        CampaignErrors errors,
        ICollection<string> warnings,
        CancellationToken cancellationToken
    )
    {
        ReadOnlyMemory<char> ahead;
        try
        {
            ahead = await text.PeekAsync(cancellationToken);
        }
        catch (UnreadableListException broken)
        {
            errors.Add(null, broken.Line, broken.Message);
            return null;
        }

        var preamble = new CsvPreamble();
        var rest = ahead;
        char? given = null;
        while (true)
        {
            var feed = rest.Span.IndexOf('\n');
            var atEnd = feed < 0;
            if (atEnd && !text.AtEnd)
            {
                errors.Add(
                    null,
                    preamble.HeaderLine,
                    $"No header row within the first {CampaignTextReader.Capacity} characters: is this a CSV file with a row of "
                        + $"column names?"
                );
                return null;
            }
            var line = (atEnd ? rest : rest[..feed]).Span.Trim();
            if (Comment(line) is { } comment)
            {
                preamble.Lines.Read(comment, preamble.HeaderLine, errors, warnings);
            }
            else if (Separator((atEnd ? rest : rest[..feed]).Span) is { } separator)
            {
                given = separator;
            }
            else if (!line.IsEmpty)
            {
                preamble.Delimiter = given ?? DelimiterOf(line);
                text.Skip(ahead.Length - rest.Length);
                return preamble;
            }
            if (atEnd)
            {
                errors.Add(
                    null,
                    text.Broken?.Line,
                    text.Broken?.Message
                        ?? "There is no header row: the first row that is not blank or a '# name: value' line must name the columns, "
                            + "calleeNumber among them."
                );
                return null;
            }
            rest = rest[(feed + 1)..];
            preamble.HeaderLine++;
        }
    }

    /// <summary>
    /// The text after the #; null if the line has none. A spreadsheet that saved the file may have quoted the line and added
    /// delimiters at its end.
    /// </summary>
    private static string? Comment(ReadOnlySpan<char> line)
    {
        if (line.StartsWith("\"#"))
        {
            var value = new StringBuilder();
            for (var i = 1; i < line.Length; i++)
            {
                if (line[i] == '"' && ++i < line.Length && line[i] != '"')
                {
                    break;
                }

                if (i < line.Length)
                {
                    value.Append(line[i]);
                }
            }
            return value.ToString(1, value.Length - 1).Trim();
        }
        if (!line.StartsWith("#"))
        {
            return null;
        }

        var end = line.TrimEnd(Delimiters).TrimEnd();
        return new string(end[1..].Trim());
    }

    /// <summary>What Excel's line <c>sep=;</c> says of the delimiter; null if it is no such line.</summary>
    private static char? Separator(ReadOnlySpan<char> line)
    {
        line = line.TrimEnd("\r\n").TrimStart('"').TrimEnd('"');
        return line.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && line.Length >= 5 && !char.IsLetterOrDigit(line[4])
            ? line[4]
            : null;
    }

    /// <summary>The delimiter with which calleeNumber is a column; else the most frequent one.</summary>
    private static char DelimiterOf(ReadOnlySpan<char> header)
    {
        var best = (Delimiter: ',', HasNumber: false, Count: 0);
        foreach (var delimiter in Delimiters)
        {
            var (hasNumber, count) = (false, 0);
            var cellStart = 0;
            var quoted = false;
            for (var i = 0; i <= header.Length; i++)
            {
                if (i < header.Length && header[i] == '"')
                {
                    quoted = !quoted;
                }

                if (i < header.Length && (quoted || header[i] != delimiter))
                {
                    continue;
                }

                var cell = header[cellStart..i].Trim().Trim('"').Trim();
                hasNumber |= cell.Equals(NumberColumn, StringComparison.OrdinalIgnoreCase);
                count++;
                cellStart = i + 1;
            }
            if ((hasNumber, count).CompareTo((best.HasNumber, best.Count)) > 0)
            {
                best = (delimiter, hasNumber, count);
            }
        }
        return best.Delimiter;
    }
}
