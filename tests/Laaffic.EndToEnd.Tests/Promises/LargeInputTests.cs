using Azure.Storage.Blobs.Specialized;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests.Promises;

/// <summary>Files without measure: their reports are like others, and reading them takes no more memory than others.</summary>
[Collection(nameof(MeasuresMemory))]
public sealed class LargeInputTests(StorageFixture storage)
{
    private const string Json = """{"taskName":"Large","agentId":41,"numberInfoList":[""";
    private const string Csv = "# taskName: Large\n# agentId: 41\ncalleeNumber,text1\n";
    private const int MB = 1024 * 1024;
    private const long MostMb = 100;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly LargeFile[] All =
    [
        new("a text without end.json", Json + "{\"calleeNumber\":\"", "a", 200 * MB, "", "numberInfoList[0]: is larger than 1344 KB"),
        new(
            "a text of 100 MB.json",
            Json + "{\"calleeNumber\":\"12025550101\",\"text1\":\"",
            "é",
            50 * MB,
            "\"}]}",
            "numberInfoList[0]: is larger than 1344 KB"
        ),
        new(
            "a task name of 100 MB.json",
            "{\"taskName\":\"",
            "a",
            100 * MB,
            "\",\"agentId\":41,\"numberInfoList\":[{\"calleeNumber\":\"12025550101\"}]}",
            "The settings are larger than 1024 KB together."
        ),
        new("a name of 100 MB.json", "{\"", "a", 100 * MB, "\":1}", "The settings are larger than 1024 KB together."),
        new(
            "a number of a million digits.json",
            Json + "{\"calleeNumber\":",
            "9",
            1_000_000,
            "}]}",
            "numberInfoList[0]: is larger than 192 KB"
        ),
        new(
            "an agent of a million digits.json",
            "{\"taskName\":\"Large\",\"numberInfoList\":[{\"calleeNumber\":\"12025550101\"}],\"agentId\":",
            "9",
            1_000_000,
            "}",
            "agentId: \"999999999999999999999999999999…\" is not a whole number"
        ),
        new("nothing but white space.json", Json, " ", 100 * MB, "", "Line 1, column 104857652: the file ends in the middle."),
        new("lists in lists.json", Json + "{\"calleeNumber\":", "[", 100 * MB, "", "Line 1, column "),
        new("objects in objects.json", "{\"recallFlow\":", "{\"a\":", 20 * MB, "", "Line 1, column "),
        new("empty callees.json", Json + "{}", ",{}", 10_000_000, "]}", "There is nobody to call: of ") { ListsCallees = true },
        new("callees that are none.json", Json + "1", ",1", 3_000_000, "]}", "numberInfoList[0]: must be an object"),
        new("settings without end.json", "{\"taskName\":\"Large\"", ",\"a\":1", 10_000_000, "}", "a: is given twice"),
        new("NUL bytes.json", Json, "\0", 100 * MB, "", "Line 1, column 52: there is a NUL byte"),
        new(
            "a cell without end.csv",
            Csv + "12025550101,",
            "a",
            200 * MB,
            "",
            "The row that begins on line 4 is longer than 65536 characters"
        ),
        new(
            "a quote without end.csv",
            Csv + "12025550101,\"",
            "a\n",
            50 * MB,
            "",
            "The row that begins on line 4 is longer than 65536 characters"
        ),
        new("a first line without end.csv", "", "a", 100 * MB, "", "No header row within the first 65536 characters"),
        new("a comment without end.csv", "# ", "a", 100 * MB, "", "No header row within the first 65536 characters"),
        new(
            "a million columns.csv",
            "# taskName: Large\n# agentId: 41\ncalleeNumber",
            ",c",
            1_000_000,
            "\n12025550101\n",
            "No header row within the first 65536 characters"
        ),
        new(
            "a million cells.csv",
            Csv + "12025550101",
            ",",
            1_000_000,
            "\n",
            "The row that begins on line 4 is longer than 65536 characters"
        ),
        new(
            "a number of a million digits.csv",
            Csv,
            "9",
            1_000_000,
            ",Ann\n",
            "The row that begins on line 4 is longer than 65536 characters"
        ),
        new("empty rows.csv", Csv, "\r\n", 10_000_000, "", "There is nobody to call: the list of callees is empty."),
        new("rows of empty cells.csv", Csv, ",\n", 500_000, "", "There is nobody to call: of ") { ListsCallees = true },
        new("comments without end.csv", "", "#\n", 10_000_000, "", "No header row within the first 65536 characters"),
        new("NUL bytes.csv", Csv, "\0", 100 * MB, "", "There is a NUL character on line 4"),
    ];

    public static TheoryData<string> Files => [.. All.Select(file => file.Name)];

    [Theory(Explicit = true), Trait("Suite", "Long"), MemberData(nameof(Files))]
    public async Task A_large_file_is_read_in_little_memory(string name)
    {
        var file = All.Single(file => file.Name == name);
        await using var app = await TestApp.StartAsync(storage);
        await using var content = file.OpenRead();
        using var heap = new LiveHeap();
        var plan = await InputTests.PlanAsync(InputTests.PlannerOf(app), file.Format, content);
        AssertLittle(heap);

        Assert.Empty(plan.Tasks);
        var first = plan.Errors[0];
        Assert.StartsWith(file.Message, Place(first.Field) + first.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Files))]
    public async Task A_large_file_that_is_dropped_gets_its_report_and_the_next_one_is_accepted(string name)
    {
        var file = All.Single(file => file.Name == name);
        if (file.ListsCallees)
        {
            file = file with { Pieces = Math.Min(file.Pieces, 500_000) }; // a list of ten million takes its time
        }

        await using var app = await TestApp.StartAsync(storage);
        var blob = app.Blobs.GetBlobContainerClient(Containers.Campaigns).GetBlockBlobClient("a/" + file.Name);
        await file.UploadAsync(blob, Token);
        await app.UploadAsync("b.json", TestApp.ThreeCallees);
        using (var heap = new LiveHeap())
        {
            await app.SweepAsync();
            AssertLittle(heap);
        }

        var report = await app.ReportAsync("a/" + file.Name);
        Assert.Equal(CampaignStates.Rejected, report.State);
        InputTests.AssertClear(file.Name, report);
        Assert.StartsWith(file.Message, Place(report.Errors[0].Field) + report.Errors[0].Message, StringComparison.Ordinal);
        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("b.json")).State);
        await InputTests.AssertNothingIsHalfPlannedAsync(app);
    }

    private static string Place(string? field) => field is null ? "" : field + ": ";

    private static void AssertLittle(LiveHeap heap)
    {
        TestContext.Current.SendDiagnosticMessage($"{heap.GrowthMb} MB in {heap.Measurements} measurements");
        Assert.InRange(heap.GrowthMb, long.MinValue, MostMb);
    }
}
