using System.Text;
using System.Text.Json;
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

    private const int MaxComments = 10;

    private static readonly char[] Delimiters = [',', ';', '\t', '|'];

    private int _comments;

    /// <summary>The settings that the lines give; <c>submitAt</c>, <c>expireAt</c> and <c>priority</c> are among them.</summary>
    public SettingsDraft Settings { get; } = new();

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
                preamble.ReadComment(comment, errors, warnings);
            }
            else if (!line.IsEmpty)
            {
                preamble.Delimiter = DelimiterOf(line);
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

    private void ReadComment(string comment, CampaignErrors errors, ICollection<string> warnings)
    {
        var colon = comment.IndexOf(':', StringComparison.Ordinal);
        if (comment.Length == 0)
        {
            return;
        }

        if (colon < 0)
        {
            if (_comments++ < MaxComments)
            {
                warnings.Add($"Line {HeaderLine} is taken as a comment: a setting would be written '# name: value'.");
            }
            else if (_comments == MaxComments + 1)
            {
                warnings.Add($"Line {HeaderLine} is taken as a comment, and so may be others after it.");
            }

            return;
        }
        var name = comment[..colon].Trim();
        var value = comment[(colon + 1)..].Trim();
        if (Settings.OriginOf(name) is { } earlier)
        {
            errors.Add(name, HeaderLine, $"is given twice: on line {earlier.Line} already");
        }
        else if (name is "numberInfoList" or "delivery")
        {
            errors.Add(
                name,
                HeaderLine,
                name == "delivery"
                    ? "write submitAt, expireAt and priority as lines of their own"
                    : "the callees stand in the rows below the header"
            );
        }
        else if (name != "taskName" && value is ['{' or '[', ..])
        {
            ReadJson(name, value, errors);
        }
        else if (value.Length == 0)
        {
            Settings.Set(name, JsonElement.Parse("null"u8), new SettingOrigin(null, HeaderLine));
        }
        else
        {
            Settings.SetText(name, value, new SettingOrigin(null, HeaderLine));
        }
    }

    private void ReadJson(string name, string value, CampaignErrors errors)
    {
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = CampaignLimits.MaxDepth - 1, AllowDuplicateProperties = false };
            Settings.Set(name, JsonElement.Parse(value, options), new SettingOrigin(null, HeaderLine));
        }
        catch (JsonException fault)
        {
            errors.Add(
                name,
                HeaderLine,
                $"the value begins like JSON but is not valid JSON: {fault.Message.Split(" LineNumber:")[0].Split(" Change the reader")[0]}"
            );
        }
        catch (InvalidOperationException)
        {
            errors.Add(name, HeaderLine, "has a field whose name is not valid text: half of a surrogate pair");
        }
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
