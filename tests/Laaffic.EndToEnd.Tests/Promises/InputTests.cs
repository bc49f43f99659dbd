using System.Globalization;
using System.Text;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests.Promises;

/// <summary>Campaigns cut off anywhere, and names as nobody should give them.</summary>
public sealed class InputTests(StorageFixture storage)
{
    private static readonly string[] OfTheWhole = ["There is n", "The file", "The archive", "The ending", "The spreadsheet", "The sheet"];

    private const int MostCharactersOfAMessage = 1000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_campaign_cut_off_anywhere_is_rejected_or_what_is_left_of_it_is_a_campaign()
    {
        // What a cut-off campaign in JSON is can not be mistaken; a CSV that is cut off between or within rows is one too.
        var json = Encoding.UTF8.GetBytes(
            """{"taskName":"Cut JSON","agentId":41,"recallFlow":{"recallType":1,"recallInterval":5,"recallNum":1},"numberInfoList":"""
                + """[{"calleeNumber":"12025550101","text1":"Zoë \ud83d\ude00 😀"},{"calleeNumber":12025550102}]}"""
        );
        var csv = Encoding.UTF8.GetBytes(
            "# taskName: Cut CSV {file}\r\n# agentId: 41\r\ncalleeNumber,text1\r\n12025550101,\"Zoë \"\"😀\"\"\"\r\n12025550102,Ben\r\n"
        );
        await using var app = await TestApp.StartAsync(storage);
        var planner = PlannerOf(app);
        for (var length = 0; length < json.Length; length++)
        {
            Assert.NotEmpty((await PlanAsync(planner, CampaignFormat.Json, json[..length])).Errors);
        }

        var headerEnds = csv.AsSpan().IndexOf("\r\n12025550101"u8);
        for (var length = 0; length < csv.Length; length++)
        {
            var plan = await PlanAsync(planner, CampaignFormat.Csv, csv[..length]);
            Assert.Equal(length < headerEnds + "\r\n123456".Length || IsInText(csv, length), plan.IsRejected);
            if (!plan.IsRejected)
            {
                Assert.Equal(plan.Counts.Read, plan.Counts.Valid + plan.Counts.Rejected);
            }
        }

        for (var length = 0; length < json.Length; length += 9)
        {
            await UploadAsync(app, $"{length:0000}.json", json[..length]);
        }

        for (var length = 0; length < csv.Length; length += 9)
        {
            await UploadAsync(app, $"{length:0000}.csv", csv[..length]);
        }

        await UploadAsync(app, "whole.json", json);
        await UploadAsync(app, "whole.csv", csv);
        await app.SweepAsync();
        foreach (var length in Enumerable.Range(0, json.Length).Where(length => length % 9 == 0))
        {
            var report = await app.ReportAsync($"{length:0000}.json");
            Assert.Equal(CampaignStates.Rejected, report.State);
            AssertClear($"{length} bytes", report);
        }

        foreach (var length in Enumerable.Range(0, csv.Length).Where(length => length % 9 == 0))
        {
            Assert.Equal(
                length < headerEnds + "\r\n123456".Length || IsInText(csv, length) ? CampaignStates.Rejected : CampaignStates.Accepted,
                (await app.ReportAsync($"{length:0000}.csv")).State
            );
        }

        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("whole.json")).State);
        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("whole.csv")).State);
    }

    [Fact]
    public async Task Names_with_odd_characters_are_names_like_others()
    {
        string[] names =
        [
            "ä ö ü.json",
            "名單.json",
            "😀.json",
            "a%20b.json",
            "100%.json",
            "a#b.json",
            "a?b=c&d.json",
            "a+b.json",
            "a\"b'c.json",
            "a:b|c*d<e>.json",
            " a .json",
            "a..json",
            "...json",
            "-.json",
            "a/b/c/d.json",
            "a//b.json",
            "{file}.json",
            "[a].json",
            "a;b,c.json",
            "a\tb.json",
            "Ａ.JSON",
            "name.JsOn",
            "e\u0301.json",
            "é.json",
            "\u202Ea.json",
            "\u00A0.json",
            "_api/Good 1.json",
            "a.report.json",
            new string('n', 250) + ".json",
            string.Join('/', Enumerable.Repeat(new string('f', 100), 9)) + "/a.json",
        ];
        await using var app = await TestApp.StartAsync(storage);
        foreach (var (name, number) in names.Select((name, i) => (name, i)))
        {
            // Half of them in an event, the others in the sweep.
            var blob = await app.UploadAsync(name, Corpus.Good(number));
            await app.UploadAsync("bad/" + name, "{}");
            if (number % 2 == 0)
            {
                await app.AnnounceAsync(blob);
            }
        }

        await app.SweepAsync();
        foreach (var name in names)
        {
            Assert.Equal(
                (name, CampaignStates.Accepted),
                (name, (await app.ReportAsync(CampaignReport.NameFor(name)[..^".report.json".Length])).State)
            );
            Assert.Equal((name, CampaignStates.Rejected), (name, (await app.ReportAsync("bad/" + name)).State));
        }

        Assert.Equal(names.Length, app.Called.Distinct().Count());
        Assert.Equal(names.Length, app.Called.Count);
    }

    [Theory, InlineData("{}", CampaignStates.Rejected), InlineData(TestApp.ThreeCallees, CampaignStates.Accepted)]
    public async Task A_name_of_the_greatest_length_has_a_report_too(string content, string state)
    {
        await using var app = await TestApp.StartAsync(storage);
        var name = string.Join('/', Enumerable.Repeat(new string('n', 100), 10)) + "/12345678.json"; // 1024 characters in all
        await app.DropAsync(name, content);

        var result = Assert.Single(await app.ResultNamesAsync("nnn"));
        Assert.InRange(result.Length, 900, 1024);
        Assert.Equal(state, (await app.ReportAsync(result[..^".report.json".Length])).State);
    }

    [Fact]
    public async Task The_mark_of_a_folder_is_no_file()
    {
        await using var app = await TestApp.StartAsync(storage);
        var folder = app.Blobs.GetBlobContainerClient(Containers.Campaigns).GetBlobClient("folder.json");
        await folder.UploadAsync(
            BinaryData.FromString(""),
            new Azure.Storage.Blobs.Models.BlobUploadOptions { Metadata = new Dictionary<string, string> { ["hdi_isfolder"] = "true" } },
            Token
        );
        await app.AnnounceAsync(folder);
        await app.UploadAsync("folder.json/a.json", TestApp.ThreeCallees);
        await app.SweepAsync();

        Assert.Null(await app.FindReportAsync("folder.json"));
        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("folder.json/a.json")).State);
    }

    internal static Planner PlannerOf(TestApp app) => app.Part<Planner>();

    internal static Task<Plan> PlanAsync(Planner planner, CampaignFormat format, byte[] content) =>
        PlanAsync(planner, format, new MemoryStream(content));

    internal static Task<Plan> PlanAsync(Planner planner, CampaignFormat format, Stream content) =>
        planner.PlanAsync(
            new PlanRequest(Guid.NewGuid().ToString("N"), "list" + format.Ending(), "campaigns/list", null, DateTimeOffset.UnixEpoch),
            content,
            Token
        );

    internal static async Task<Azure.Storage.Blobs.BlobClient> UploadAsync(TestApp app, string path, byte[] content)
    {
        var blob = app.Blobs.GetBlobContainerClient(Containers.Campaigns).GetBlobClient(path);
        await blob.UploadAsync(BinaryData.FromBytes(content), overwrite: true, Token);
        return blob;
    }

    /// <summary>A rejected file's report says what is wrong in words that a person reads to the end, and where.</summary>
    internal static void AssertClear(string name, CampaignReport report)
    {
        Assert.NotEmpty(report.Errors);
        Assert.True(report.ErrorCount >= report.Errors.Count);
        Assert.NotNull(report.NeedsAction);
        Assert.Empty(report.Tasks);
        Assert.Equal((0, 0), (report.Counts.Accepted, report.Counts.Waiting));
        foreach (var error in report.Errors)
        {
            Assert.False(string.IsNullOrWhiteSpace(error.Message), name);
            Assert.True(error.Message.Length <= MostCharactersOfAMessage, $"{name}: a message of {error.Message.Length} characters");
            Assert.True(
                error.Field is null || error.Field.Length <= MostCharactersOfAMessage,
                $"{name}: a field of {error.Field?.Length} characters"
            );
            // What is said of the file as a whole has no place in it.
            var isOfTheWhole = OfTheWhole.Any(beginning => error.Message.StartsWith(beginning, StringComparison.Ordinal));
            isOfTheWhole |= error.Message.Contains("(profiles/", StringComparison.Ordinal); // and says where there
            Assert.True(error.Field is not null || error.Line is not null || isOfTheWhole, $"{name}: nowhere: {error.Message}");
        }
    }

    /// <summary>Campaigns are whole, in the ledger and at Laaffic, and of rejected files nothing is stored.</summary>
    internal static async Task AssertNothingIsHalfPlannedAsync(TestApp app)
    {
        HashSet<string> names = [];
        for (var (page, next) = (0, (string?)null); page == 0 || next is not null; page++)
        {
            var listed = await app.Service.ListAsync(1000, next, Token);
            next = listed.Continuation;
            foreach (var campaign in listed.Campaigns)
            {
                Assert.Equal((CampaignStates.Accepted, 0), (campaign.State, campaign.Waiting));
                names.Add(campaign.TaskName);
            }
        }

        Assert.Equal(names.Order(), app.Simulator.AcceptedTasks.Select(task => task.Name).Order());
        var plans = new HashSet<string>();
        await foreach (var blob in app.Blobs.GetBlobContainerClient(Containers.Tasks).GetBlobsAsync(cancellationToken: Token))
        {
            plans.Add(blob.Name.Split('/')[0]);
        }

        Assert.Equal(names.Count, plans.Count);
    }

    /// <summary>Whether a CSV cut off at this length ends within a quoted text or within a character.</summary>
    private static bool IsInText(byte[] csv, int length) => csv.AsSpan(0, length).Count((byte)'"') % 2 == 1 || (csv[length] & 0xC0) == 0x80;
}
