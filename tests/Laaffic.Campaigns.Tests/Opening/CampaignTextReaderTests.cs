using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Laaffic.Campaigns.Opening;
using Laaffic.Campaigns.Tests.Planning;

namespace Laaffic.Campaigns.Tests.Opening;

public partial class CampaignTextReaderTests
{
    private const int Threads = 2;

    private static readonly int[] Rows = [1, 3, 20, 500];

    public static TheoryData<string, int> Samples => [.. from list in SampleLists.All from rows in Rows select (list.Language, rows)];

    /// <summary>Lists that are long enough for nobody to have to be asked.</summary>
    public static TheoryData<string> Languages => [.. SampleLists.All.Select(list => list.Language)];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_list_in_any_language_is_read_rightly_or_its_maker_is_asked(string language, int rows)
    {
        var list = SampleLists.All.Single(one => one.Language == language);
        for (var seed = 0; seed < (rows == 500 ? 3 : 10); seed++)
        {
            var text = SampleLists.Of(list, rows, new Random(seed));
            var expected = list.Encoding == "windows-1258" ? SampleList.Decomposed(text) : text;
            var (read, broken, _) = await ReadAsync(list.Encode(text));
            if (broken is null)
            {
                Assert.Equal(expected, read);
            }
            else
            {
                var candidates = Candidate().Matches(broken.Message).Select(match => Find(match.Groups[1].Value));
                Assert.Contains(candidates, one => one.Open(DecoderFallback.ReplacementFallback).GetString(list.Encode(text)) == expected);
                Assert.NotEqual(500, rows);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task What_a_list_was_read_as_is_told(string language)
    {
        var list = SampleLists.All.Single(one => one.Language == language);
        var (_, broken, name) = await ReadAsync(list.Encode(SampleLists.Of(list, 500, new Random(1))));

        Assert.Null(broken);
        Assert.Equal(NameOf(list.Encoding), name);
    }

    [Fact]
    public async Task A_list_is_never_read_as_what_it_is_not()
    {
        var encodings = TextEncodings.SingleByte.Concat(TextEncodings.MultiByte).ToArray();
        await Gen.Select(
                Gen.Int[0, SampleLists.All.Count - 1].Select(i => SampleLists.All[i]),
                Gen.Int[0, encodings.Length - 1].Select(i => encodings[i]),
                Gen.Int[1, 60],
                Gen.Int
            )
            .Where((list, encoding, _, _) => Encodes(encoding, (list.Header + list.Names).ToUpperInvariant() + list.Header + list.Names))
            .SampleAsync(
                async (list, encoding, rows, seed) =>
                {
                    var text = SampleLists.Of(list, rows, new Random(seed));
                    text = seed % 3 == 0 ? text.ToUpperInvariant() : text;
                    text = encoding.Name == "windows-1258" ? SampleList.Decomposed(text) : text;
                    var (read, broken, _) = await ReadAsync(SampleList.Encode(text, encoding.Name));

                    Assert.True(broken is not null || read == text, $"{list.Language} in {encoding}: {read[..Math.Min(read.Length, 200)]}");
                },
                iter: 400,
                threads: Threads
            );
    }

    [Fact]
    public async Task Whatever_is_written_in_a_named_encoding_is_read_however_the_source_cuts_itself_into_pieces()
    {
        TextEncoding[] encodings =
        [
            TextEncodings.Utf8,
            TextEncodings.Utf16LittleEndian,
            TextEncodings.Utf16BigEndian,
            .. TextEncodings.MultiByte,
            .. TextEncodings.SingleByte,
        ];
        var alphabets = encodings.ToDictionary(encoding => encoding, Alphabet);
        await Gen.Select(
                Gen.Int[0, encodings.Length - 1].Select(i => encodings[i]),
                Gen.OneOf(Gen.Int[0, 200], Gen.Int[20_000, 90_000]),
                Gen.Int[1, 200_000],
                Gen.Int
            )
            .SampleAsync(
                async (encoding, length, most, seed) =>
                {
                    var random = new Random(seed);
                    var text = "a" + string.Concat(random.GetItems(alphabets[encoding], length));
                    var (read, broken, name) = await ReadAsync(new PieceStream(SampleList.Encode(text, encoding.Name), most), encoding);

                    Assert.Null(broken);
                    Assert.Equal(text, read);
                    Assert.Equal(encoding.Name, name);
                },
                iter: 200,
                threads: Threads
            );
    }

    [Fact]
    public async Task How_the_source_cuts_itself_into_pieces_does_not_change_what_is_found()
    {
        var list = SampleLists.All.Single(one => one.Language == "Polish");
        var text = new string('a', 70_000) + "\r" + SampleLists.Of(list, 40_000, new Random(1));
        var bytes = list.Encode(text);
        foreach (var most in new[] { 1000, 70_000, 1_000_000 })
        {
            var (read, broken, name) = await ReadAsync(new PieceStream(bytes, most));

            Assert.Null(broken);
            Assert.Equal(text.Remove(70_000, 1).Insert(70_000, "\n"), read);
            Assert.Equal("windows-1250", name);
        }
    }

    [Fact]
    public async Task Bytes_without_meaning_are_not_taken_for_any_text() =>
        await Gen
            .Byte.Array[20, 4000]
            .Where(bytes => Array.Exists(bytes, value => value > 127))
            .SampleAsync(async bytes => Assert.NotNull((await ReadAsync(bytes)).Broken), iter: 300, threads: Threads);

    [Theory]
    [InlineData(20)]
    [InlineData(60_000)]
    public async Task One_stray_byte_in_UTF_8_is_named_with_its_line(int rows)
    {
        var text = string.Concat(Enumerable.Range(0, rows).Select(row => $"José Müller,{row}\r\n"));
        byte[] bytes = [.. Encoding.UTF8.GetBytes(text), .. Encoding.Latin1.GetBytes("Renée,1\r\n"), .. Encoding.UTF8.GetBytes(text)];

        var (read, broken, _) = await ReadAsync(bytes);

        Assert.Equal(text + "Ren", read);
        Assert.Equal(rows + 1, broken?.Line);
        Assert.StartsWith(
            $"The file is not UTF-8: byte 0xE9 on line {rows + 1} does not belong there.",
            broken!.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_comes_after_the_decision_can_still_bring_it_down()
    {
        var german = SampleLists.All.Single(one => one.Language == "German");
        var turkish = SampleLists.All.Single(one => one.Language == "Turkish");
        var text = SampleLists.Of(german, 40_000, new Random(1));
        byte[] bytes = [.. german.Encode(text), .. turkish.Encode(SampleLists.Of(turkish, 40, new Random(1)))];

        var (_, broken, _) = await ReadAsync(bytes);

        Assert.NotNull(broken);
        Assert.Contains("windows-1254: “", broken.Message, StringComparison.Ordinal);
        Assert.InRange(broken.Line!.Value, 1000, 40_050);
    }

    [Fact]
    public async Task Whoever_is_asked_sees_how_a_line_would_read_but_no_number()
    {
        var (read, broken, name) = await ReadAsync(Encoding.Latin1.GetBytes("calleeNumber,text1\r\n447700900123,ma\u00F1ana\r\n"));

        Assert.Equal("calleeNumber,text1\r\n", read);
        Assert.Null(name);
        Assert.Equal(2, broken?.Line);
        Assert.Contains("windows-1252: “••••••••••23,mañana”", broken!.Message, StringComparison.Ordinal);
        Assert.Contains("# encoding: windows-1252", broken.Message, StringComparison.Ordinal);
        Assert.Contains("\"list\": {\"encoding\": \"windows-1252\"}", broken.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("4477", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASCII_is_UTF_8()
    {
        var (read, broken, name) = await ReadAsync("a,b\r\n"u8.ToArray());

        Assert.Equal(("a,b\r\n", null, "UTF-8"), (read, broken, name));
    }

    [Theory]
    [InlineData("FFFE0000")]
    [InlineData("0000FEFF")]
    public async Task UTF_32_is_named(string mark) =>
        Assert.Contains("UTF-32", (await ReadAsync(Convert.FromHexString(mark + "61000000"))).Broken?.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("big5", "EFBBBF61", "UTF-8", "Big5")]
    [InlineData("utf-8", "FFFE6100", "UTF-16 LE", "UTF-8")]
    [InlineData("utf-16le", "FEFF0061", "UTF-16 BE", "UTF-16 LE")]
    public async Task A_mark_that_says_another_thing_than_the_name_is_an_error(string named, string bytes, string marked, string called)
    {
        var (_, broken, _) = await ReadAsync(new MemoryStream(Convert.FromHexString(bytes)), Find(named));

        Assert.StartsWith(
            $"The file begins with the mark of {marked}, but its encoding is named as {called}",
            broken?.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("utf-16", "FFFE6100")]
    [InlineData("utf-16", "FEFF0061")]
    [InlineData("utf-16", "6100")]
    [InlineData("utf-16be", "0061")]
    [InlineData("utf-8", "EFBBBF61")]
    public async Task A_mark_may_agree_with_the_name_and_needs_not_be_there(string named, string bytes) =>
        Assert.Equal("a", (await ReadAsync(new MemoryStream(Convert.FromHexString(bytes)), Find(named))).Text);

    [Theory]
    [InlineData("big5", "610A62A1", "A1")]
    [InlineData("gbk", "610A62D6", "D6")]
    [InlineData("utf-16le", "61000A0062003DD8", "3DD8")]
    public async Task A_byte_that_is_none_of_the_named_encoding_is_named_with_its_line(string named, string bytes, string wrong)
    {
        var (read, broken, _) = await ReadAsync(new MemoryStream(Convert.FromHexString(bytes)), Find(named));

        Assert.Equal("a\nb", read);
        Assert.Equal(2, broken?.Line);
        Assert.Contains($"0x{wrong} on line 2", broken!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_control_character_that_only_a_wrong_encoding_brings_is_an_error() =>
        Assert.Contains(
            "U+0081",
            (await ReadAsync(new MemoryStream([0x61, 0x81]), Find("latin1"))).Broken?.Message,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task A_NUL_tells_of_UTF_16_without_a_mark()
    {
        foreach (var text in new[] { "a,b\r\n", "姓名,电话\r\n张伟,1\r\n" })
        {
            var (_, broken, _) = await ReadAsync(Encoding.Unicode.GetBytes(text));

            Assert.Contains("\"list\": {\"encoding\": \"utf-16le\"}", broken?.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("# encoding: Big5\r\nname\r\n", "Big5")]
    [InlineData("\uFEFFsep=;\n\n# taskName: a\n#Encoding : gbk ;;\n", "gbk")]
    [InlineData("# taskName: a\r\"# encoding: big5\",,\rname\r", "big5")]
    [InlineData("name\n# encoding: big5\n", null)]
    [InlineData("# encoding:\nname\n", null)]
    [InlineData("", null)]
    public async Task The_encoding_is_found_before_anything_is_decoded(string text, string? expected)
    {
        foreach (var bytes in new[] { Encoding.UTF8.GetBytes(text), [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text.TrimStart('\uFEFF'))] })
        {
            using var reader = new CampaignTextReader(new PieceStream(bytes, 3));

            Assert.Equal(expected, await reader.FindNamedEncodingAsync(TestContext.Current.CancellationToken));
            Assert.Equal(
                text.TrimStart('\uFEFF').Replace("\r\n", "\n").Replace('\r', '\n'),
                (await TextOfAsync(reader)).Replace("\r\n", "\n")
            );
        }
    }

    [Fact]
    public async Task The_encoding_cannot_be_settled_when_text_was_read()
    {
        using var reader = new CampaignTextReader(new MemoryStream("a"u8.ToArray()));
        await reader.PeekAsync(TestContext.Current.CancellationToken);

        Assert.Throws<InvalidOperationException>(() => reader.Use(TextEncodings.Utf8));
    }

    [GeneratedRegex("in ([^ ]+): \u201C")]
    private static partial Regex Candidate();

    private static Task<(string Text, UnreadableListException? Broken, string? Name)> ReadAsync(byte[] bytes) =>
        ReadAsync(new MemoryStream(bytes));

    private static async Task<(string Text, UnreadableListException? Broken, string? Name)> ReadAsync(
        Stream stream,
        TextEncoding? encoding = null
    )
    {
        using var reader = new CampaignTextReader(stream);
        if (encoding is not null)
        {
            reader.Use(encoding);
        }

        var text = await TextOfAsync(reader);
        return (text, reader.Broken, reader.EncodingName);
    }

    private static async Task<string> TextOfAsync(CampaignTextReader reader)
    {
        var text = new StringBuilder();
        var buffer = new char[5000];
        try
        {
            while (await reader.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var count)
            {
                text.Append(buffer, 0, count);
            }
        }
        catch (UnreadableListException broken)
        {
            Assert.Same(broken, reader.Broken);
        }
        return text.ToString();
    }

    private static TextEncoding Find(string name) =>
        TextEncodings.TryFind(name, out var found, out var error) ? found : throw new ArgumentException(error);

    private static string NameOf(string encoding) => Find(encoding).Name;

    private static bool Encodes(TextEncoding encoding, string text)
    {
        try
        {
            return SampleList.Encode(encoding.Name == "windows-1258" ? SampleList.Decomposed(text) : text, encoding.Name).Length > 0;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>What an encoding can write and reads as it was written.</summary>
    private static string[] Alphabet(TextEncoding encoding)
    {
        var codec = encoding.Open(DecoderFallback.ExceptionFallback);
        var characters = Enumerable
            .Range(1, 0xFFFD)
            .Where(value => value is not ('\r' or '\u000E' or '\u000F' or '\u001B') and not (>= 0xD800 and <= 0xDFFF) and not 0xFEFF)
            .Select(value => (char)value)
            .Where(c => c < 128 || LegibleText.IsLegible(c))
            .Select(c => c.ToString());
        if (encoding.IsUtf8 || encoding.IsUtf16 || encoding.Name == "GB18030")
        {
            characters = characters.Append("😀").Append("𠮷");
        }

        return [.. characters.Where(ReadsBack), "\r\n"];

        bool ReadsBack(string text)
        {
            try
            {
                return codec.GetString(codec.GetBytes(text)) == text;
            }
            catch (Exception fault) when (fault is EncoderFallbackException or DecoderFallbackException)
            {
                return false;
            }
        }
    }
}
