using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Reports;

/// <summary>
/// What people do to reports and the files beside them, and writers that were suspended: nothing hangs, and each file stays what its report
/// says.
/// </summary>
public sealed class DisturbedReportTests(StorageFixture storage)
{
    private const string Name = "Reminder";
    private const string Rest = "_api/Reminder.not-submitted.csv";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_report_that_a_person_has_leased_keeps_no_other_campaign_waiting()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-37) with { TaskName = "Leased" });
        await Shared.SubmitAsync(instance, "Leased");
        shared.Clock.Advance(TimeSpan.FromSeconds(1));
        await Shared.SubmitAsync(instance, Name);
        var lease = Results(instance).GetBlobClient("_api/Leased.report.json").GetBlobLeaseClient();
        await lease.AcquireAsync(TimeSpan.FromSeconds(-1), cancellationToken: Token);

        shared.Clock.Advance(Minute * 10);
        await EndsAsync(cancellationToken => instance.Service.RunDueAsync(cancellationToken));

        Assert.NotNull(shared.Simulator.FindTask("Leased"));
        Assert.Equal(CampaignStates.Accepted, (await Shared.FindReportAsync(instance, "_api/" + Name))!.State);
        Assert.Equal(CampaignStates.Accepted, (await instance.Service.FindAsync("Leased", Token))!.State);
        var failure = await Assert.ThrowsAsync<ReportBlockedException>(async () =>
            await instance.Reports.WriteAsync((await instance.Ledger.FindCampaignAsync("Leased", Token))!, Token)
        );
        Assert.Contains("results/_api/Leased.report.json", failure.Message, StringComparison.Ordinal);

        await lease.ReleaseAsync(cancellationToken: Token);
        await shared.TickAsync(instance, Minute * 10);
        Assert.Equal(CampaignStates.Accepted, (await Shared.FindReportAsync(instance, "_api/Leased"))!.State);
    }

    [Fact]
    public async Task A_request_whose_report_is_leased_is_answered()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        var report = Results(instance).GetBlobClient($"_api/{Name}.report.json");
        await report.UploadAsync(BinaryData.FromString("{}"), Token);
        await report.GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(-1), cancellationToken: Token);

        Assert.Equal(CampaignStates.Accepted, (await Shared.SubmitAsync(instance, Name)).State);
    }

    [Fact]
    public async Task A_person_s_word_is_taken_though_the_report_is_leased()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        shared.Simulator.Faults.Add(Fault.Reply(500) with { Endpoint = ApiEndpoint.Query, Times = null });
        await Shared.SubmitAsync(instance, Name);
        await Results(instance)
            .GetBlobClient($"_api/{Name}.report.json")
            .GetBlobLeaseClient()
            .AcquireAsync(TimeSpan.FromSeconds(-1), cancellationToken: Token);

        var result = await instance.Service.ResolveTaskAsync(Name, 1, new(IsAccepted: true, 7, "Ann"), Token);

        Assert.Equal((ResolutionOutcome.Recorded, CampaignStates.Accepted), (result.Outcome, result.Report!.State));
    }

    [Fact]
    public async Task A_deleted_list_of_rejected_callees_does_not_keep_the_report_from_being_written()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-37) with { Times = null });
        await Shared.UploadAsync(instance, "a.csv", "# taskName: Deleted\n# agentId: 41\ncalleeNumber\n12025550101\nx\n");
        await instance.Service.ProcessFileAsync("a.csv", Token);
        // Who must not keep numbers deletes what holds them: the list in results with its report, and its source.
        await Results(instance).DeleteBlobAsync("a.csv.rejected.csv", cancellationToken: Token);
        await Results(instance).DeleteBlobAsync("a.csv.report.json", cancellationToken: Token);
        var campaign = (await instance.Ledger.FindCampaignAsync("Deleted", Token))!;
        await instance
            .Blobs.GetBlobContainerClient(Containers.Tasks)
            .DeleteBlobAsync($"{campaign.PlanId}/rejected.csv", cancellationToken: Token);

        shared.Clock.Advance(Minute * 10);
        await EndsAsync(cancellationToken => instance.Service.RunDueAsync(cancellationToken));

        var report = (await Shared.FindReportAsync(instance, "a.csv"))!;
        Assert.Equal((1, null), (report.Counts.Rejected, report.RejectedFile));
    }

    [Fact]
    public async Task A_snapshot_of_a_list_does_not_keep_it_from_being_removed_once_all_were_accepted()
    {
        await using var shared = await Shared.StartAsync(storage, calleesPerTask: 1);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Reminder-2" });
        await Shared.SubmitAsync(instance, Name);
        await Results(instance).GetBlobClient(Rest).CreateSnapshotAsync(cancellationToken: Token);
        var campaign = await AcceptAsync(instance, Name, 2);

        await EndsAsync(cancellationToken => instance.Reports.WriteAsync(campaign, cancellationToken));

        Assert.DoesNotContain(Rest, await NamesAsync(instance));
        Assert.Empty((await instance.Service.FindAsync(Name, Token))!.NotSubmittedFiles);
    }

    [Fact]
    public async Task A_list_that_a_person_has_mended_in_place_is_left_alone_and_the_app_s_own_stands_beside_it()
    {
        await using var shared = await Shared.StartAsync(storage, calleesPerTask: 1);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = Name });
        shared.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Reminder-2" });
        await Shared.SubmitAsync(instance, Name);
        var own = await TextAsync(instance, Rest);
        var corrected = own.Replace("agentId: 41", "agentId: 42", StringComparison.Ordinal);
        await Results(instance).GetBlobClient(Rest).UploadAsync(BinaryData.FromString(corrected), overwrite: true, Token);

        await EndsAsync(cancellationToken => instance.Service.FindAsync(Name, cancellationToken));
        var campaign = (await instance.Ledger.FindCampaignAsync(Name, Token))!;
        await EndsAsync(cancellationToken => instance.Reports.WriteAsync(campaign, cancellationToken));
        Assert.Equal((corrected, own), (await TextAsync(instance, Rest), await TextAsync(instance, "_api/Reminder.not-submitted-2.csv")));
        Assert.Equal(["results/_api/Reminder.not-submitted-2.csv"], (await instance.Service.FindAsync(Name, Token))!.NotSubmittedFiles);

        // It stays one list, whatever its name: dropped after the corrected one it submits nobody again.
        await Shared.UploadAsync(instance, "corrected.csv", corrected);
        await instance.Service.ProcessFileAsync("corrected.csv", Token);
        await Shared.UploadAsync(instance, "own.csv", own);
        await instance.Service.ProcessFileAsync("own.csv", Token);
        Assert.Equal(Shared.Numbers(2), shared.Simulator.AcceptedTasks.SelectMany(task => task.Numbers).Order(StringComparer.Ordinal));

        await AcceptAsync(instance, Name, 1);
        await instance.Reports.WriteAsync(campaign, Token);
        Assert.DoesNotContain("12025550101", await TextAsync(instance, "_api/Reminder.not-submitted-2.csv"), StringComparison.Ordinal);
        await AcceptAsync(instance, Name, 2);
        await instance.Reports.WriteAsync(campaign, Token);
        Assert.Equal(
            ["_api/Reminder.not-submitted.csv"],
            (await NamesAsync(instance)).Where(name => name.Contains("not-submitted", StringComparison.Ordinal))
        );
        Assert.Equal(corrected, await TextAsync(instance, Rest));
    }

    [Fact]
    public async Task A_list_that_a_person_has_mended_does_not_move_with_another_version_of_the_file()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-22) with { Times = 2 });
        await DropAsync(instance, "Old", "12025550101");
        await Results(instance).GetBlobClient("a.csv.not-submitted.csv").UploadAsync(BinaryData.FromString("mine"), overwrite: true, Token);
        await DropAsync(instance, "New", "12025550102");

        Assert.Equal("mine", await TextAsync(instance, "a.csv.not-submitted.csv"));
        Assert.Equal(["results/a.csv.not-submitted-2.csv"], (await Shared.FindReportAsync(instance, "a.csv"))!.NotSubmittedFiles);
        Assert.Contains("12025550102", await TextAsync(instance, "a.csv.not-submitted-2.csv"), StringComparison.Ordinal);
        await DropAsync(instance, "Third", "12025550103");
        Assert.Contains(
            "12025550102",
            await TextAsync(
                instance,
                Assert.Single((await instance.Service.FindAsync("New", Token))!.NotSubmittedFiles)["results/".Length..]
            ),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_look_at_a_campaign_writes_nothing_and_says_that_a_list_is_missing()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-22));
        await Shared.SubmitAsync(instance, Name);
        var list = await TextAsync(instance, Rest);
        await Results(instance).DeleteBlobAsync(Rest, cancellationToken: Token);

        var report = (await instance.Service.FindAsync(Name, Token))!;

        Assert.DoesNotContain(Rest, await NamesAsync(instance));
        Assert.Empty(report.NotSubmittedFiles);
        Assert.Equal((CampaignStates.Rejected, 2), (report.State, report.Counts.NotSubmitted));
        Assert.StartsWith(
            "2 callees of 1 of 1 tasks were not accepted: see the tasks' reasons. The file that lists them is not there",
            report.NeedsAction,
            StringComparison.Ordinal
        );
        Assert.Contains("'Reminder rest'", report.NeedsAction, StringComparison.Ordinal);
        Assert.DoesNotContain("another taskName", report.NeedsAction, StringComparison.Ordinal);

        Assert.Equal(["results/" + Rest], (await Shared.SubmitAsync(instance, Name)).NotSubmittedFiles); // as it advises
        Assert.Equal(list, await TextAsync(instance, Rest));
    }

    [Fact]
    public async Task A_look_at_a_campaign_names_no_list_that_still_holds_who_was_accepted()
    {
        await using var shared = await Shared.StartAsync(storage, calleesPerTask: 1);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = Name });
        shared.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Reminder-2" });
        await Shared.SubmitAsync(instance, Name);
        await AcceptAsync(instance, Name, 2);

        Assert.Empty((await instance.Service.FindAsync(Name, Token))!.NotSubmittedFiles);
    }

    [Fact]
    public async Task A_list_that_a_suspended_writer_moves_does_not_bring_back_who_was_accepted_meanwhile()
    {
        await using var shared = await Shared.StartAsync(storage, calleesPerTask: 1);
        var (instance, suspended) = (shared.NewInstance(), shared.NewInstance());
        shared.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Old" });
        shared.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Old-2" });
        await DropAsync(instance, "Old", "12025550101", "12025550102");

        // The new version of the file moves the old one's list away, and is suspended before it writes the copy.
        suspended.Gate.Close(request =>
            request.StartsWith("PUT", StringComparison.Ordinal) && request.Contains("not-submitted", StringComparison.Ordinal)
        );
        var work = Task.Run(() => DropAsync(suspended, "New", "12025550199"), Token);
        await suspended.Gate.Reached;
        var old = await AcceptAsync(instance, "Old", 2); // by a late reply
        var report = (await instance.Reports.WriteAsync(old, Token)).Report;
        suspended.Gate.Open();
        await work;
        await shared.TickAsync(instance, Minute * 60, Minute * 5);

        var list = await TextAsync(instance, report.NotSubmittedFiles[0]["results/".Length..]);
        Assert.Contains("12025550101", list, StringComparison.Ordinal);
        Assert.DoesNotContain("12025550102", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_a_suspended_writer_moves_does_not_come_back_when_all_of_it_was_accepted_meanwhile()
    {
        await using var shared = await Shared.StartAsync(storage);
        var (instance, suspended) = (shared.NewInstance(), shared.NewInstance());
        shared.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Old" });
        await DropAsync(instance, "Old", "12025550101");
        suspended.Gate.Close(request =>
            request.StartsWith("PUT", StringComparison.Ordinal) && request.Contains("not-submitted", StringComparison.Ordinal)
        );
        var work = Task.Run(() => DropAsync(suspended, "New", "12025550199"), Token);
        await suspended.Gate.Reached;
        await instance.Reports.WriteAsync(await AcceptAsync(instance, "Old", 1), Token);
        suspended.Gate.Open();
        await work;

        Assert.DoesNotContain(await NamesAsync(instance), name => name.Contains("not-submitted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_look_at_a_campaign_that_is_suspended_puts_no_list_where_another_campaign_s_is_named()
    {
        await using var shared = await Shared.StartAsync(storage);
        var (instance, suspended) = (shared.NewInstance(), shared.NewInstance());
        shared.Simulator.Faults.Add(Fault.Answer(-22) with { Times = 2 });
        await DropAsync(instance, "Old", "12025550101");
        suspended.Gate.Close(request =>
            request.StartsWith("GET", StringComparison.Ordinal) && request.EndsWith("/results", StringComparison.Ordinal)
        );
        var look = Task.Run(() => suspended.Service.FindAsync("Old", Token), Token);
        await suspended.Gate.Reached;
        await DropAsync(instance, "New", "12025550102");
        suspended.Gate.Open();
        var old = (await look)!;
        await shared.TickAsync(instance, Minute * 30, Minute * 5);

        await NamesItsOwnAsync(instance, "New", "12025550102");
        Assert.Contains("12025550101", await TextAsync(instance, old.NotSubmittedFiles[0]["results/".Length..]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2)]
    public async Task A_writer_of_an_old_campaign_that_is_suspended_leaves_the_new_one_s_list_where_its_report_says(int pass)
    {
        await using var shared = await Shared.StartAsync(storage);
        var (instance, suspended) = (shared.NewInstance(), shared.NewInstance());
        shared.Simulator.Faults.Add(Fault.Answer(-22) with { Times = 2 });
        await DropAsync(instance, "Old", "12025550101");
        var old = (await instance.Ledger.FindCampaignAsync("Old", Token))!;
        suspended.Gate.Close(
            request =>
                request.EndsWith("/results", StringComparison.Ordinal)
                || request.Contains("not-submitted", StringComparison.Ordinal)
                || request.EndsWith("/ledger()", StringComparison.Ordinal),
            pass
        );
        var write = Task.Run(() => suspended.Reports.WriteAsync(old, Token), Token);
        await Task.WhenAny(suspended.Gate.Reached, write);
        await DropAsync(instance, "New", "12025550102");
        suspended.Gate.Open();
        await write;
        await shared.TickAsync(instance, Minute * 30, Minute * 5);

        await NamesItsOwnAsync(instance, "New", "12025550102");
        await NamesItsOwnAsync(instance, "Old", "12025550101");
    }

    /// <summary>A file appears at the path and is taken up.</summary>
    private static async Task DropAsync(Instance instance, string name, params string[] numbers)
    {
        await Shared.UploadAsync(instance, "a.csv", $"# taskName: {name}\n# agentId: 41\ncalleeNumber\n{string.Join('\n', numbers)}\n");
        await instance.Service.ProcessFileAsync("a.csv", Token);
    }

    private static async Task<CampaignRow> AcceptAsync(Instance instance, string name, int number)
    {
        var campaign = (await instance.Ledger.FindCampaignAsync(name, Token))!;
        var task = (await instance.Ledger.GetTasksAsync(campaign.PlanId, Token))[number - 1];
        Assert.NotNull(await instance.Ledger.TryReplaceAsync(task with { State = TaskState.Accepted, KeyId = 7 }, Token));
        return campaign;
    }

    private static async Task NamesItsOwnAsync(Instance instance, string name, string number) =>
        Assert.Contains(
            number,
            await TextAsync(
                instance,
                Assert.Single((await instance.Service.FindAsync(name, Token))!.NotSubmittedFiles)["results/".Length..]
            ),
            StringComparison.Ordinal
        );

    /// <summary>Fails if it goes on and on.</summary>
    private static async Task EndsAsync(Func<CancellationToken, Task> act)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var work = Task.Run(() => act(ending.Token), Token);
        var isDone = await Task.WhenAny(work, Task.Delay(TimeSpan.FromSeconds(20), Token)) == work;
        await ending.CancelAsync();
        Assert.True(isDone, "It has not ended after 20 seconds.");
        await work;
    }

    private static BlobContainerClient Results(Instance instance) => instance.Blobs.GetBlobContainerClient(Containers.Results);

    private static async Task<string> TextAsync(Instance instance, string name) =>
        (await Results(instance).GetBlobClient(name).DownloadContentAsync(Token)).Value.Content.ToString();

    private static async Task<List<string>> NamesAsync(Instance instance) =>
        await Results(instance).GetBlobsAsync(new GetBlobsOptions(), Token).Select(blob => blob.Name).ToListAsync(Token);
}
