using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests.Promises;

/// <summary>
/// Campaigns with random damage: each is rejected, or exactly those are called whom a simple reader, that holds the whole
/// file and is written for this test only, finds in the same bytes.
/// </summary>
public sealed class MutatedCampaignTests(StorageFixture storage)
{
    private const string Json = """
        {"taskName":"Mutated 000000","agentId":41,"maxCalls":120,"allowSendTime":[{"strTime":"09:00","endTime":"18:30"}],
         "numberInfoList":[
          {"calleeNumber":"12025550101","text1":"Zoë \ud83d\ude00 \"q\"","text10":"x"},
          {"calleeNumber":12025550102,"callInformation":{"due":"1","name":"é"}},
          {"calleeNumber":"+1 (202) 555-0103","text2":null},
          {"calleeNumber":"12025550101"}, {"calleeNumber":"12"},
          {"calleeNumber":"447700900104","text1":""}],
         "recallFlow":{"recallType":3,"recallInterval":5,"recallNum":2,"recallIntent":["102","99999"]}}
        """;

    private const string Csv =
        "# taskName: Mutated 000000\r\n# agentId: 41\n# maxCalls: 120\r\n\r\ncalleeNumber,text1,Remark,text2\r\n12025550101,\"Zoë, "
        + "\"\"q\"\"\",r,x\r\n"
        + "+1 (202) 555-0102,Ben,,\n12025550103,\"two\r\nlines\",r\n12025550101,again,r,x\n12,short,r,x\n\n447700900104,\"\",r,😀\n";

    private static readonly byte[] Telling = [.. "\"{}[],:;#\\\n\r\t|\0 0912eE+-.au\uFEFF"u8, 0xC3, 0xED, 0xA0, 0xF0, 0xFF];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly Gen<Damage> AnyDamage = Gen.Select(
        Gen.Int[0, 5],
        Gen.Double[0, 1],
        Gen.Double[0, 1],
        Gen.Int[1, 12],
        Gen.OneOf(
            Gen.Byte,
            Gen.Int[0, Telling.Length - 1].Select(i => Telling[i]),
            Gen.Char['0', '9'].Select(c => (byte)c),
            Gen.Char['a', 'z'].Select(c => (byte)c)
        ),
        (kind, at, to, length, value) => new Damage(kind, at, to, length, value)
    );

    /// <summary>A change to some bytes, whose places are given as fractions of the whole.</summary>
    private sealed record Damage(int Kind, double At, double To, int Length, byte Value)
    {
        public byte[] Do(byte[] bytes)
        {
            var at = (int)(At * bytes.Length);
            var end = Math.Min(bytes.Length, at + Length);
            var to = (int)(To * bytes.Length);
            return Kind switch
            {
                0 => [.. bytes[..at], Value, .. bytes[Math.Min(bytes.Length, at + 1)..]], // another byte
                1 => [.. bytes[..at], Value, .. bytes[at..]], // one more
                2 => [.. bytes[..at], .. bytes[end..]], // some missing
                3 => [.. bytes[..to], .. bytes[at..end], .. bytes[to..]], // some twice
                4 => at < bytes.Length ? [.. bytes[..at], (byte)(bytes[at] ^ (1 << Length % 8)), .. bytes[(at + 1)..]] : bytes, // a bit
                _ => Length == 12 ? bytes[..at] : [.. bytes[..at], .. bytes[at..end].Reverse(), .. bytes[end..]], // cut off, or in disorder
            };
        }
    }

    [Theory, InlineData(CampaignFormat.Json, 200), InlineData(CampaignFormat.Csv, 200)]
    public async Task A_damaged_campaign_is_rejected_or_submitted_as_it_reads(CampaignFormat format, int samples)
    {
        await using var app = await TestApp.StartAsync(storage);
        var number = 0;
        var (accepted, compared) = (0, 0);
        await AnyDamage
            .Array[1, 2]
            .SampleAsync(
                async damages =>
                {
                    // Of their own name each, so that they do not refuse each other.
                    var name = string.Create(CultureInfo.InvariantCulture, $"Mutated {Interlocked.Increment(ref number):000000}");
                    var bytes = Encoding.UTF8.GetBytes(
                        (format == CampaignFormat.Json ? Json : Csv).Replace("Mutated 000000", name, StringComparison.Ordinal)
                    );
                    foreach (var damage in damages)
                    {
                        bytes = damage.Do(bytes);
                    }

                    // An agent with a number that no agent has is Laaffic's to refuse.
                    if (Regex.IsMatch(Encoding.Latin1.GetString(bytes), @"(agent|script)Id\W*\d{10}"))
                    {
                        return;
                    }

                    var path = name + (format == CampaignFormat.Json ? ".json" : ".csv");

                    await app.AnnounceAsync(await InputTests.UploadAsync(app, path, bytes));
                    var report = await app.ReportAsync(path);
                    var expected = format == CampaignFormat.Json ? ReadJson(bytes) : ReadCsv(bytes);
                    if (report.State == CampaignStates.Rejected)
                    {
                        InputTests.AssertClear(path, report);
                        return;
                    }

                    Assert.Equal(CampaignStates.Accepted, report.State);
                    Interlocked.Increment(ref accepted);
                    var counts = report.Counts;
                    Assert.Equal(counts.Read, counts.Duplicate + counts.Rejected + counts.Accepted);
                    var called = app.Simulator.FindTask(report.TaskName!)!.Callees;
                    Assert.Equal(counts.Accepted, called.Count);
                    // Broken JSON is no campaign. Where broken CSV ends is a matter of taste, so there the simple reader may give up.
                    if (format == CampaignFormat.Json)
                    {
                        Assert.NotNull(expected);
                    }

                    if (expected is null)
                    {
                        return;
                    }

                    Interlocked.Increment(ref compared);
                    Assert.Equal(
                        expected.Callees.Select(Shown),
                        called.Select(callee =>
                            $"{callee.Number}: "
                            + string.Join('|', callee.Texts.OrderBy(text => text.Key).Select(text => $"{text.Key}={text.Value}"))
                        )
                    );
                    Assert.Equal((expected.Read, expected.Duplicate), (counts.Read, counts.Duplicate));
                },
                iter: samples,
                threads: 2
            );

        await InputTests.AssertNothingIsHalfPlannedAsync(app);
        TestContext.Current.SendDiagnosticMessage($"{format}: {accepted} accepted, {compared} compared");
        Assert.InRange(accepted, 1, samples);
        Assert.InRange(compared, accepted / 2, accepted);
    }

    private sealed record Reading(
        IReadOnlyList<(string Number, IReadOnlyDictionary<int, string> Texts)> Callees,
        long Read,
        long Duplicate
    );

    /// <summary>The platform cuts a text at 30 characters; an absent one is not sent.</summary>
    private static string Shown((string Number, IReadOnlyDictionary<int, string> Texts) callee) =>
        $"{callee.Number}: " + string.Join('|', callee.Texts.OrderBy(text => text.Key).Select(text => $"{text.Key}={Cut(text.Value)}"));

    private static string Cut(string text) => text.Length > 30 ? text[..30] : text;

    /// <summary>Null if this is not JSON with a list of callees.</summary>
    private static Reading? ReadJson(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsMemory(3) : bytes);
            return Select(
                document
                    .RootElement.GetProperty("numberInfoList")
                    .EnumerateArray()
                    .Select(callee =>
                    {
                        var fields = callee
                            .EnumerateObject()
                            .Where(field => field.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.Object)
                            .ToList();
                        var texts = new Dictionary<int, string>();
                        foreach (var field in fields.Where(field => field.Name.StartsWith("text", StringComparison.Ordinal)))
                        {
                            texts.Add(int.Parse(field.Name.AsSpan(4), CultureInfo.InvariantCulture), TextOf(field.Value));
                        }
                        // A callee with half of a surrogate pair or a NUL in it is not called, the others are.
                        var isText = fields
                            .SelectMany(field =>
                                field.Value.ValueKind == JsonValueKind.Object
                                    ? field.Value.EnumerateObject().Select(entry => entry.Value)
                                    : [field.Value]
                            )
                            .All(IsText);
                        return (
                            isText
                                ? fields
                                    .Where(field => field.Name == "calleeNumber")
                                    .Select(field => TextOf(field.Value))
                                    .SingleOrDefault("")
                                : "",
                            (IReadOnlyDictionary<int, string>)texts
                        );
                    })
            );
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            return null;
        }

        static bool IsText(JsonElement value) =>
            value.ValueKind != JsonValueKind.String
            || (TextOf(value).Length > 0 || value.GetRawText() == "\"\"") && !TextOf(value).Contains('\0');

        static string TextOf(JsonElement value)
        {
            if (value.ValueKind == JsonValueKind.Number)
            {
                return value.GetRawText();
            }

            try
            {
                return value.GetString()!;
            }
            catch (InvalidOperationException)
            {
                return "";
            }
        }
    }

    /// <summary>Null if the file breaks RFC 4180, is not UTF-8 or has no column calleeNumber.</summary>
    private static Reading? ReadCsv(byte[] bytes)
    {
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            text = text.StartsWith('\uFEFF') ? text[1..] : text;
            text = text.Replace("\r\n", "\n\0", StringComparison.Ordinal)
                .Replace('\r', '\n')
                .Replace("\n\0", "\r\n", StringComparison.Ordinal);
            var from = 0;
            string header;
            do
            {
                var end = text.IndexOf('\n', from);
                header = (end < 0 ? text[from..] : text[from..end]).Trim();
                if (!(header.Length == 0 || header.StartsWith('#') || header.StartsWith("\"#", StringComparison.Ordinal)))
                {
                    break;
                }

                if (end < 0)
                {
                    return null;
                }

                from = end + 1;
            } while (true);

            if (",;\t|".FirstOrDefault(d => header.Split(d).Any(IsNumber)) is not (not '\0' and var delimiter))
            {
                return null;
            }

            var rows = Rows(text[from..], delimiter);
            var names = rows[0].Cells.Select(name => name.TrimStart('\uFEFF').Trim().ToUpperInvariant()).ToList();
            var place = names.IndexOf("CALLEENUMBER");
            return Select(
                rows.Skip(1)
                    .Where(row => !string.IsNullOrWhiteSpace(row.Raw))
                    .Select(row =>
                    {
                        var texts = new Dictionary<int, string>();
                        for (var i = 0; i < Math.Min(names.Count, row.Cells.Count); i++)
                        {
                            if (Enumerable.Range(1, 10).FirstOrDefault(n => names[i] == $"TEXT{n}") is > 0 and var n)
                            {
                                texts.Add(n, row.Cells[i]);
                            }
                        }

                        var isOne = row.Cells.Count <= names.Count && place < row.Cells.Count && !row.Raw.StartsWith('#');
                        return (isOne ? row.Cells[place] : "", (IReadOnlyDictionary<int, string>)texts);
                    })
            );
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return null;
        }

        static bool IsNumber(string name) => name.Trim().Trim('"').Trim().Equals("calleeNumber", StringComparison.OrdinalIgnoreCase);
    }

    private static List<(string Raw, List<string> Cells)> Rows(string text, char delimiter)
    {
        List<(string, List<string>)> rows = [];
        var at = 0;
        while (at < text.Length)
        {
            var start = at;
            List<string> cells = [];
            for (var more = true; more; at++)
            {
                var cell = new StringBuilder();
                if (at < text.Length && text[at] == '"')
                {
                    for (at++; ; at++)
                    {
                        if (at == text.Length)
                        {
                            throw new FormatException("A quote is not closed.");
                        }

                        if (text[at] != '"')
                        {
                            cell.Append(text[at]);
                        }
                        else if (at + 1 < text.Length && text[at + 1] == '"')
                        {
                            cell.Append(text[at++]);
                        }
                        else
                        {
                            break;
                        }
                    }

                    at++;
                    if (at < text.Length && text[at] == '\r')
                    {
                        at++;
                    }

                    if (at < text.Length && text[at] != delimiter && text[at] != '\n')
                    {
                        throw new FormatException("Something follows a quote.");
                    }
                }
                else
                {
                    for (; at < text.Length && text[at] != delimiter && text[at] != '\n'; at++)
                    {
                        cell.Append(text[at]);
                    }

                    if (at < text.Length && text[at] == '\n' && cell.Length > 0 && cell[^1] == '\r')
                    {
                        cell.Length--;
                    }
                }

                cells.Add(cell.ToString());
                more = at < text.Length && text[at] == delimiter;
            }

            rows.Add((text[start..Math.Min(at, text.Length)], cells));
        }

        return rows;
    }

    private static Reading Select(IEnumerable<(string Number, IReadOnlyDictionary<int, string> Texts)> callees)
    {
        var (read, duplicate) = (0L, 0L);
        var seen = new HashSet<string>();
        List<(string, IReadOnlyDictionary<int, string>)> selected = [];
        foreach (var (written, texts) in callees)
        {
            read++;
            if (Digits(written) is not { } digits)
            {
                continue;
            }

            if (seen.Add(digits))
            {
                selected.Add((digits, texts));
            }
            else
            {
                duplicate++;
            }
        }

        return new(selected, read, duplicate);
    }

    /// <summary>The digits of a number as people write it; null if it is none.</summary>
    private static string? Digits(string written)
    {
        var text = written.Trim();
        // As a spreadsheet writes a number that it took for a quantity.
        if (
            System.Text.RegularExpressions.Regex.IsMatch(
                text,
                @"^[+-]?[0-9]{6,}[.,]([0-9]{1,2}|0+)$|^[+-]?[0-9]+([.,][0-9]*)?[eE][+-]?[0-9]{1,3}$"
            )
        )
        {
            return null;
        }

        if (text.Any(c => c is '\r' or '\n' or '\v' or '\f' or '\u0085' or '\u2028' or '\u2029'))
        {
            return null;
        }

        var digits = string.Concat(
            text.Where(c =>
                !char.IsWhiteSpace(c)
                && c is not ('(' or ')' or '.' or '\u2212')
                && char.GetUnicodeCategory(c) != UnicodeCategory.DashPunctuation
            )
        );
        if (digits.StartsWith('+'))
        {
            digits = digits[1..];
        }
        else if (digits.StartsWith("00", StringComparison.Ordinal))
        {
            digits = digits[2..];
        }

        return digits.Length is >= 6 and <= 18 && digits.All(char.IsAsciiDigit) ? digits : null;
    }
}
