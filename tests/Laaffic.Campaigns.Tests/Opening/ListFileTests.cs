using System.IO.Compression;
using System.Text;
using CsCheck;
using Laaffic.Campaigns.Opening;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Opening;

/// <summary>What a dropped file is opened as, and which are not opened.</summary>
public sealed class ListFileTests
{
    private const string Csv = "calleeNumber,text1\n12025550101,Ann\n";

    private static readonly byte[] CsvBytes = Encoding.UTF8.GetBytes(Csv);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a.csv", ListKind.Text)]
    [InlineData("folder/b.TSV", ListKind.Text)]
    [InlineData("c.txt", ListKind.Text)]
    [InlineData("d.json", ListKind.Json)]
    public async Task A_plain_file_is_what_its_ending_says(string name, object kind)
    {
        await using var file = await ListFile.OpenAsync(new PieceSource(CsvBytes), name, Stop);

        Assert.Equal(kind, file.Kind);
        Assert.Equal(name.Split('/')[^1], file.Name);
        Assert.Null(file.ReadAs);
        Assert.Equal(Csv, await TextAsync(file));
    }

    [Fact]
    public async Task A_gzip_is_unpacked_as_it_is_read()
    {
        await using var file = await ListFile.OpenAsync(new PieceSource(Gzip(CsvBytes)), "a.csv.gz", Stop);

        Assert.Equal((ListKind.Text, "a.csv", "gzip"), (file.Kind, file.Name, file.ReadAs));
        Assert.Equal(Csv, await TextAsync(file));
    }

    [Fact]
    public async Task All_members_of_a_gzip_are_read_wherever_one_ends()
    {
        for (var length = 0; length < 40; length++)
        {
            var (first, second) = (new string('a', length), string.Concat(Enumerable.Range(0, length * 50)));
            byte[] packed =
            [
                .. Gzip(Encoding.UTF8.GetBytes(first)),
                .. Gzip([]),
                .. Gzip(Encoding.UTF8.GetBytes(second)),
                .. Gzip(CsvBytes),
            ];
            await using var file = await ListFile.OpenAsync(new PieceSource(packed, 1 + length), "a.csv.gz", Stop);

            Assert.Equal(first + second + Csv, await TextAsync(file));
        }
    }

    [Fact]
    public async Task A_file_alone_in_a_zip_is_read()
    {
        var zip = TestWorkbook.Zip([("x/", []), ("x/list.csv", CsvBytes), ("__MACOSX/x/._list.csv", [1]), ("x/.DS_Store", [1])]);
        await using var file = await ListFile.OpenAsync(new PieceSource(zip), "c.zip", Stop);

        Assert.Equal((ListKind.Text, "list.csv", "zip: list.csv"), (file.Kind, file.Name, file.ReadAs));
        Assert.Equal(Csv, await TextAsync(file));
    }

    [Theory]
    [InlineData("b.xlsx", null)]
    [InlineData("b.xls", null)]
    [InlineData("b.csv", "a spreadsheet")]
    [InlineData("b.xlsx.gz", null)]
    public async Task A_spreadsheet_is_known_by_its_content(string name, string? readAs)
    {
        await using var file = await ListFile.OpenAsync(new PieceSource(TestWorkbook.Of([1])), name, Stop);

        Assert.Equal((ListKind.Spreadsheet, readAs), (file.Kind, file.ReadAs));
        Assert.True(file.Content.CanSeek);
        Assert.Equal(0, file.Content.Position);
    }

    [Fact]
    public async Task A_packed_spreadsheet_is_unpacked_to_a_file()
    {
        var workbook = TestWorkbook.Of([1]);
        foreach (
            var (packed, name, readAs) in new[]
            {
                (Gzip(workbook), "b.xlsx.gz", "gzip"),
                (TestWorkbook.Zip([("b.xlsx", workbook)]), "b.zip", "zip: b.xlsx"),
                (
                    TestWorkbook.Zip([
                        (
                            "b.xls",
                            TestXls.Of([
                                ["n"],
                            ])
                        ),
                    ]),
                    "b.zip",
                    "zip: b.xls"
                ),
            }
        )
        {
            await using var file = await ListFile.OpenAsync(new PieceSource(packed), name, Stop);

            Assert.Equal((ListKind.Spreadsheet, readAs), (file.Kind, file.ReadAs));
            Assert.True(file.Content.CanSeek);
        }
    }

    [Theory]
    [InlineData("a.csv")]
    [InlineData("a.csv.gz")]
    public async Task A_gzip_or_a_text_under_the_name_of_the_other_is_read(string name)
    {
        foreach (var content in new[] { CsvBytes, Gzip(CsvBytes) })
        {
            await using var file = await ListFile.OpenAsync(new PieceSource(content), name, Stop);

            Assert.Equal(("a.csv", Csv), (file.Name, await TextAsync(file)));
        }
    }

    [Fact]
    public async Task A_text_under_the_name_of_a_spreadsheet_is_a_text()
    {
        await using var file = await ListFile.OpenAsync(new PieceSource(CsvBytes), "a.xls", Stop);

        Assert.Equal((ListKind.Text, "text"), (file.Kind, file.ReadAs));
        Assert.Equal(Csv, await TextAsync(file));
    }

    [Theory]
    [InlineData("list", "has no ending")]
    [InlineData("list.pdf", "ending .pdf is none")]
    [InlineData("list.gz", "has no ending")]
    [InlineData("list.csv.bz2", ".csv, .tsv, .txt, .json, .xlsx, .xls")]
    public async Task An_unknown_ending_is_an_error_that_lists_the_known(string name, string part) =>
        Assert.Contains(part, await FailAsync(CsvBytes, name));

    [Theory]
    [InlineData("<html><table>", "web page saved under the name .xls")]
    [InlineData("\uFEFF \n<!DOCTYPE html>", "web page")]
    [InlineData("<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>", "XML saved under the name .xls")]
    [InlineData("a\0b", "no spreadsheet")]
    [InlineData("", "is empty")]
    public async Task What_is_no_spreadsheet_is_an_error(string content, string part) =>
        Assert.Contains(part, await FailAsync(Encoding.UTF8.GetBytes(content), "a.xls"));

    [Fact]
    public async Task Archives_that_are_no_list_are_errors()
    {
        var zip = TestWorkbook.Zip([("list.csv", CsvBytes)]);

        Assert.Contains("packed twice", await FailAsync(Gzip(Gzip(CsvBytes)), "a.csv.gz"));
        Assert.Contains("packed twice", await FailAsync(TestWorkbook.Zip([("a.zip", zip)]), "a.zip"));
        Assert.Contains("packed twice", await FailAsync(TestWorkbook.Zip([("a.csv.gz", Gzip(CsvBytes))]), "a.zip"));
        Assert.Contains("packed twice", await FailAsync(Gzip(zip), "a.csv.gz"));
        Assert.Contains("no zip archive", await FailAsync(CsvBytes, "a.zip"));
        Assert.Contains("no file", await FailAsync(TestWorkbook.Zip([("x/", [])]), "a.zip"));
        Assert.Contains(
            "5 files in the archive (0.csv, 1.csv, 2.csv, …)",
            await FailAsync(TestWorkbook.Zip(Enumerable.Range(0, 5).Select(i => ($"{i}.csv", CsvBytes))), "a.zip")
        );
        Assert.Contains("ending .pdf", await FailAsync(TestWorkbook.Zip([("a.pdf", CsvBytes)]), "a.zip"));
        Assert.Contains("(.docx)", await FailAsync(TestWorkbook.Zip([("word/document.xml", CsvBytes)]), "a.xlsx"));
        Assert.Contains("(.xlsb)", await FailAsync(TestWorkbook.Zip([("xl/workbook.bin", CsvBytes)]), "a.xlsx"));
    }

    [Fact]
    public async Task A_name_in_an_archive_is_never_a_path()
    {
        var zip = TestWorkbook.Zip([("../../../etc/..\\evil.csv", CsvBytes)]);
        await using var file = await ListFile.OpenAsync(new PieceSource(zip), "a.zip", Stop);

        Assert.Equal("evil.csv", file.Name);
    }

    [Fact]
    public async Task A_password_or_an_unknown_method_is_named()
    {
        var encrypted = TestWorkbook.Zip([("list.csv", CsvBytes)]);
        Patch(encrypted, 6, 8, value => (byte)(value | 1));
        var strange = TestWorkbook.Zip([("list.csv", CsvBytes)]);
        Patch(strange, 8, 10, _ => 98);

        Assert.Contains("password", await FailAsync(encrypted, "a.zip"));
        Assert.Contains("method", await FailAsync(strange, "a.zip"));
    }

    [Fact]
    public async Task A_wrong_checksum_is_found()
    {
        var zip = TestWorkbook.Zip([("list.csv", CsvBytes)]);
        Patch(zip, 14, 16, value => (byte)(value ^ 1));
        var gzip = Gzip(CsvBytes);
        gzip[^8] ^= 1;

        Assert.Contains("damaged", await FailAsync(zip, "a.zip"));
        Assert.Contains("damaged", await FailAsync(gzip, "a.csv.gz"));
    }

    [Fact]
    public async Task Bytes_after_a_gzip_are_not_passed_over() =>
        Assert.Contains("damaged", await FailAsync([.. Gzip(CsvBytes), .. "12025550102,Ben\n"u8], "a.csv.gz"));

    [Fact]
    public async Task A_bomb_is_not_unpacked()
    {
        var bomb = Gzip(new byte[256 << 20]);

        Assert.Contains("250 times", await FailAsync(bomb, "a.csv.gz"));
        Assert.Contains(
            "250 times",
            await FailAsync(TestWorkbook.Zip([("a.csv", new byte[256 << 20])], CompressionLevel.SmallestSize), "a.zip")
        );
        Assert.Contains("250 times", await FailAsync(Gzip([.. "PK\u0003\u0004"u8, .. new byte[256 << 20]]), "a.xlsx.gz"));
    }

    [Fact]
    public async Task A_list_of_entries_that_is_too_long_is_not_read()
    {
        var zip = TestWorkbook.Zip(Enumerable.Range(0, 10_001).Select(i => ($"{i}", Array.Empty<byte>())));

        Assert.Contains("10000 files", await FailAsync(zip, "a.zip"));
    }

    [Fact]
    public void A_cut_or_changed_archive_is_whole_or_an_error()
    {
        var text = string.Concat(Enumerable.Range(0, 500).Select(i => $"1202555{i:0000},{i * 7919 % 1000}\n"));
        var packed = new (string Name, byte[] Content)[]
        {
            ("a.csv.gz", Gzip(Encoding.UTF8.GetBytes(text))),
            ("a.zip", TestWorkbook.Zip([("a.csv", Encoding.UTF8.GetBytes(text))])),
        };
        foreach (var (name, content) in packed)
        {
            Gen.Select(Gen.Int[0, content.Length - 1], Gen.Int[0, 255])
                .Sample(
                    (at, change) =>
                    {
                        var bytes = change == 0 ? content[..at] : [.. content];
                        if (change > 0)
                        {
                            bytes[at] ^= (byte)change;
                        }
                        return IsTextOrError(bytes, name, text).GetAwaiter().GetResult();
                    },
                    iter: 3000,
                    threads: 2
                );
        }
        // Those of other tests, which may run at the same time, go soon.
        foreach (var left in Directory.GetFiles(Path.GetTempPath(), TemporaryFile.Prefix + "*"))
        {
            Assert.True(SpinWait.SpinUntil(() => !File.Exists(left), TimeSpan.FromSeconds(30)), left);
        }
    }

    private static async Task<bool> IsTextOrError(byte[] bytes, string name, string text)
    {
        try
        {
            await using var file = await ListFile.OpenAsync(new PieceSource(bytes), name, Stop);
            return await TextAsync(file) == text;
        }
        catch (UnreadableListException)
        {
            return true;
        }
    }

    private static void Patch(byte[] zip, int local, int central, Func<byte, byte> change)
    {
        zip[local] = change(zip[local]);
        var at = zip.AsSpan().IndexOf("PK\u0001\u0002"u8) + central;
        zip[at] = change(zip[at]);
    }

    private static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(content);
        }
        if (packed.Length == 0)
        {
            return Convert.FromHexString("1F8B080000000000000303000000000000000000");
        }

        return packed.ToArray();
    }

    private static async Task<string> TextAsync(OpenedFile file)
    {
        using var copy = new MemoryStream();
        await file.Content.CopyToAsync(copy, Stop);
        return Encoding.UTF8.GetString(copy.ToArray());
    }

    private static async Task<string> FailAsync(byte[] content, string name)
    {
        var failure = await Assert.ThrowsAsync<UnreadableListException>(async () =>
        {
            await using var file = await ListFile.OpenAsync(new PieceSource(content), name, Stop);
            await file.Content.CopyToAsync(Stream.Null, Stop);
        });
        return failure.Message;
    }

    /// <summary>What a download is: forward only, asynchronous only, in pieces.</summary>
    private sealed class PieceSource(byte[] content, int piece = 1000) : ForwardStream
    {
        private int _at;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(Math.Min(buffer.Length, piece), content.Length - _at);
            content.AsMemory(_at, count).CopyTo(buffer);
            _at += count;
            return ValueTask.FromResult(count);
        }
    }
}
