using System.Text.Json;
using Azure.Storage.Blobs.Models;
using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Reports;

/// <summary>
/// Whoever writes the files of what was not submitted, at once or late: they hold what the ledger says at last, and are there before they
/// are named.
/// </summary>
public sealed class NotSubmittedFileTests(StorageFixture storage)
{
    private const string Path = "a.json";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    // the first request only makes sure that there is a container
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5)]
    public async Task A_writer_that_was_suspended_lists_nobody_who_turned_out_to_be_accepted(int requestsBefore)
    {
        await using var shared = await Shared.StartAsync(storage, calleesPerTask: 1);
        var (suspended, other) = (shared.NewInstance(), shared.NewInstance());
        shared.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Reminder-2" });
        await DropAsync(other, 2);
        suspended.Gate.Close(request => request.Contains("/results", StringComparison.Ordinal), requestsBefore);
        var late = Task.Run(() => suspended.Service.ProcessFileAsync(Path, Token), Token);
        await suspended.Gate.Reached;

        var campaign = (await other.Ledger.FindCampaignAsync("Reminder", Token))!;
        var task = (await other.Ledger.GetTasksAsync(campaign.PlanId, Token))[1];
        Assert.NotNull(await other.Ledger.TryReplaceAsync(task with { State = TaskState.Accepted, KeyId = 7 }, Token));
        await other.Reports.WriteAsync(campaign, Token);

        suspended.Gate.Open();
        await late;
        var report = await StoredAsync(other);
        Assert.Equal(CampaignStates.Accepted, report.State);
        Assert.Empty(report.NotSubmittedFiles);
        Assert.DoesNotContain(await NamesAsync(other), name => name.Contains("not-submitted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_loses_a_task_that_turned_out_to_be_accepted_and_keeps_its_name()
    {
        await using var shared = await Shared.StartAsync(storage, calleesPerTask: 1);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Reminder-2" });
        shared.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Reminder-3" });
        await DropAsync(instance, 3);
        await instance.Service.ProcessFileAsync(Path, Token);
        var campaign = (await instance.Ledger.FindCampaignAsync("Reminder", Token))!;
        var task = (await instance.Ledger.GetTasksAsync(campaign.PlanId, Token))[1];
        await instance.Ledger.TryReplaceAsync(task with { State = TaskState.Accepted, KeyId = 7 }, Token);
        await instance.Reports.WriteAsync(campaign, Token);

        var file = await ResultAsync(instance, Assert.Single((await StoredAsync(instance)).NotSubmittedFiles));
        Assert.Contains("# taskName: Reminder rest\r\n", file, StringComparison.Ordinal);
        Assert.EndsWith("calleeNumber\r\n12025550103\r\n", file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instances_that_write_at_once_write_one_file()
    {
        await using var shared = await Shared.StartAsync(storage, calleesPerTask: 1);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Reminder-2" });
        await DropAsync(instance, 2);
        await instance.Service.ProcessFileAsync(Path, Token);
        var campaign = (await instance.Ledger.FindCampaignAsync("Reminder", Token))!;
        await instance
            .Blobs.GetBlobContainerClient(Containers.Results)
            .DeleteBlobAsync(Path + ".not-submitted.csv", cancellationToken: Token);

        var reports = await Task.WhenAll(
            shared.NewInstances(4).Select(other => Task.Run(() => other.Reports.WriteAsync(campaign, Token), Token))
        );

        Assert.All(reports, report => Assert.Equal(["results/a.json.not-submitted.csv"], report.Report.NotSubmittedFiles));
        Assert.Single(await NamesAsync(instance), name => name.Contains("not-submitted", StringComparison.Ordinal));
    }

    public static TheoryData<string> SpoiltBodies =>
        [
            "",
            "<html>",
            "{}",
            """{"numberInfoList":[{"calleeNumber":"1202""",
            """{"numberInfoList":[{"calleeNumber":"12025550101"}],"taskName":"Reminder"}""",
            """{"numberInfoList":[{"calleeNumber":"12025550101"},{"calleeNumber":{}}],"taskName":"Reminder"}""",
            """{"numberInfoList":[{"calleeNumber":"12025550101"},{"calleeNumber":"12025550102","text1":"\ud800"}],"taskName":"Reminder"}""",
            """{"numberInfoList":[{"calleeNumber":"12025550101"},{"calleeNumber":"12025550102"}],"\ud800":1}""",
        ];

    [Theory, MemberData(nameof(SpoiltBodies))]
    public async Task A_body_that_somebody_has_spoilt_is_as_good_as_gone_and_leaves_no_work_for_ever(string body)
    {
        await using var shared = await Shared.StartInMemoryAsync(calleesPerTask: 2);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-37));
        await DropAsync(instance, 3);
        await instance.Service.ProcessFileAsync(Path, Token);
        var campaign = (await instance.Ledger.FindCampaignAsync("Reminder", Token))!;
        await instance
            .Blobs.GetBlobContainerClient(Containers.Tasks)
            .GetBlobClient($"{campaign.PlanId}/0001.json")
            .UploadAsync(BinaryData.FromString(body), overwrite: true, Token);
        shared.Simulator.Faults.Add(Fault.Answer(-22) with { Times = null });

        // beyond the deadline: it cannot be sent as it is
        await shared.TickAsync(instance, TimeSpan.FromHours(26), TimeSpan.FromMinutes(20));

        Assert.Null(await instance.Ledger.FindWorkItemAsync(WorkItemKind.Campaign, "Reminder", Token));
        var report = (await instance.Service.FindAsync("Reminder", Token))!;
        Assert.Equal(CampaignStates.Rejected, report.State);
        Assert.EndsWith(
            "calleeNumber\r\n12025550103\r\n",
            await ResultAsync(instance, Assert.Single(report.NotSubmittedFiles)),
            StringComparison.Ordinal
        );
    }

    public static TheoryData<string, string> LargeCallees =>
        new()
        {
            // What the encoder of JSON escapes as six bytes for one, two or three, and as twelve for four.
            { "a.json", OneCallee($$$"""{"calleeNumber":"12025550101","callInformation":{"a":"{{{new string('\u007f', 60_000)}}}"}}""") },
            { "a.json", OneCallee($$$"""{"calleeNumber":"12025550101","callInformation":{"a":"{{{new string('\u0085', 30_000)}}}"}}""") },
            { "a.json", OneCallee($$$"""{"calleeNumber":"12025550101","callInformation":{"a":"{{{new string('\u0378', 30_000)}}}"}}""") },
            {
                "a.json",
                OneCallee(
                    $$$"""{"calleeNumber":"12025550101","callInformation":{"a":"\"{{{string.Concat(Enumerable.Repeat("😀", 15_000))}}}"}}"""
                )
            },
            // As large as can be, and numbers, which get quotes.
            {
                "a.json",
                OneCallee(
                    $$$"""{"calleeNumber":12025550101,"text1":1,"text2":2,"callInformation":"""
                        + $$$"""{"a":"{{{new string('\u0085', (192 * 1024 - 17) / 2)}}}","b":3,"c":4}}"""
                )
            },
            // Too long for a row once its cells are quoted.
            { "a.csv", $"# taskName: Large\n# agentId: 41\ncalleeNumber,text1\n12025550101,{new string('€', 65_500)}\n" },
        };

    [Theory, MemberData(nameof(LargeCallees))]
    public async Task Whoever_could_be_read_once_can_be_read_again(string path, string campaign)
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-22));
        await Shared.UploadAsync(instance, path, campaign);
        await instance.Service.ProcessFileAsync(path, Token);
        var file = Assert.Single((await Shared.FindReportAsync(instance, path))!.NotSubmittedFiles);
        Assert.EndsWith(".json", file, StringComparison.Ordinal);

        await Shared.UploadAsync(instance, "rest.json", await ResultAsync(instance, file));
        await instance.Service.ProcessFileAsync("rest.json", Token);

        var report = (await Shared.FindReportAsync(instance, "rest.json"))!;
        Assert.Empty(report.Errors.Select(error => error.Message));
        Assert.Equal(CampaignStates.Accepted, report.State);
    }

    [Fact]
    public void A_csv_says_about_every_setting_whether_it_has_it() =>
        Assert.Equal(
            typeof(AgentTaskSettings)
                .GetProperties()
                .Where(property => property.GetMethod!.IsPublic)
                .Select(property => property.Name)
                .Except(["TaskName"])
                .Concat(["SubmitAt", "ExpireAt"])
                .Order(StringComparer.OrdinalIgnoreCase),
            RemainderCampaign.SettingNames.Order(StringComparer.OrdinalIgnoreCase),
            StringComparer.OrdinalIgnoreCase
        );

    private static string OneCallee(string callee) => $$"""{"taskName":"Large","agentId":41,"numberInfoList":[{{callee}}]}""";

    private static Task DropAsync(Instance instance, int callees)
    {
        var list = Enumerable.Range(1, callees).Select(n => $$"""{"calleeNumber":"1202555010{{n}}"}""");
        var campaign = $$"""{"taskName":"Reminder","agentId":41,"numberInfoList":[{{string.Join(',', list)}}]}""";
        return instance
            .Blobs.GetBlobContainerClient(Containers.Campaigns)
            .GetBlobClient(Path)
            .UploadAsync(BinaryData.FromString(campaign), Token);
    }

    private static async Task<CampaignReport> StoredAsync(Instance instance) =>
        JsonSerializer.Deserialize(await ResultAsync(instance, $"results/{Path}.report.json"), ReportJson.Default.CampaignReport)!;

    private static async Task<string> ResultAsync(Instance instance, string name) =>
        (
            await instance
                .Blobs.GetBlobContainerClient(Containers.Results)
                .GetBlobClient(name["results/".Length..])
                .DownloadContentAsync(Token)
        ).Value.Content.ToString();

    private static async Task<List<string>> NamesAsync(Instance instance) =>
        await instance
            .Blobs.GetBlobContainerClient(Containers.Results)
            .GetBlobsAsync(new GetBlobsOptions(), Token)
            .Select(blob => blob.Name)
            .ToListAsync(Token);
}
