using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Laaffic.Campaigns.Ingestion;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Ingestion;

/// <summary>Files whose reading does not go as it should: each still ends in a campaign or in a report that says why not.</summary>
public sealed class DroppedFileTroubleTests(StorageFixture storage)
{
    private const string Path = "a.json";
    private const string Transaction = "/$batch";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2)] // the commit
    [InlineData(1)] // the tasks
    [InlineData(0)] // the claim
    public async Task A_campaign_whose_ledger_refuses_to_be_written_is_read_again(int pass)
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await Shared.UploadAsync(instance, Path, Shared.Campaign("Reminder", 2));
        var transactions = 0;
        instance.Refusals.Refuse(request =>
            request.EndsWith(Transaction, StringComparison.Ordinal) && transactions++ >= pass && transactions <= pass + 4
        );

        await Record.ExceptionAsync(() => instance.Service.ProcessFileAsync(Path, Token));
        Assert.True(transactions >= pass + 4);
        await shared.TickAsync(instance, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(1));

        Assert.Equal(CampaignStates.Accepted, (await Shared.FindReportAsync(instance, Path))?.State);
        Assert.Equal(Shared.Numbers(2), Assert.Single(shared.Simulator.AcceptedTasks).Numbers);
        Assert.Null(await instance.Ledger.FindWorkItemAsync(WorkItemKind.File, Path, Token));
    }

    [Fact]
    public async Task A_rejection_that_the_ledger_refuses_leaves_no_work_for_ever()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await Shared.UploadAsync(instance, Path, """{"numberInfoList":[]}""");
        var transactions = 0;
        instance.Refusals.Refuse(request =>
            request.EndsWith(Transaction, StringComparison.Ordinal) && transactions++ >= 1 && transactions <= 5
        );

        await Record.ExceptionAsync(() => instance.Service.ProcessFileAsync(Path, Token));
        await shared.TickAsync(instance, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(1));

        Assert.Equal(CampaignStates.Rejected, (await Shared.FindReportAsync(instance, Path))?.State);
        Assert.Null(await instance.Ledger.FindWorkItemAsync(WorkItemKind.File, Path, Token));
        Assert.Equal(FileState.Rejected, (await instance.Files.FindFileAsync(Path, Token))!.State);
    }

    [Fact]
    public async Task A_list_that_is_replaced_before_the_commit_is_not_called()
    {
        await using var shared = await Shared.StartAsync(storage);
        var (instance, user) = (shared.NewInstance(), shared.NewInstance());
        await Shared.UploadAsync(user, Path, Shared.Campaign("Reminder", 5));
        var replaced = false;
        instance.Refusals.Before(async request =>
        {
            if (replaced || !request.EndsWith("/plan.json", StringComparison.Ordinal))
            {
                return;
            }

            replaced = true;
            await Shared.UploadAsync(user, Path, Shared.Campaign("Reminder", 2));
        });

        await instance.Service.ProcessFileAsync(Path, Token);

        Assert.True(replaced);
        Assert.Equal(Shared.Numbers(2), Assert.Single(shared.Simulator.AcceptedTasks).Numbers);
        Assert.Equal((CampaignStates.Accepted, 2), await StateAsync(instance));
    }

    [Fact]
    public async Task A_list_that_is_deleted_before_the_commit_is_not_called()
    {
        await using var shared = await Shared.StartAsync(storage);
        var (instance, user) = (shared.NewInstance(), shared.NewInstance());
        await Shared.UploadAsync(user, Path, Shared.Campaign("Reminder", 5));
        instance.Refusals.Before(request =>
            request.EndsWith("/plan.json", StringComparison.Ordinal)
                ? user.Blobs.GetBlobContainerClient(Containers.Campaigns).DeleteBlobIfExistsAsync(Path, cancellationToken: Token)
                : Task.CompletedTask
        );

        await instance.Service.ProcessFileAsync(Path, Token);
        await shared.TickAsync(instance, TimeSpan.FromHours(1), TimeSpan.FromMinutes(5));

        Assert.Empty(shared.Simulator.AcceptedTasks);
        Assert.Null(await instance.Ledger.FindWorkItemAsync(WorkItemKind.File, Path, Token));
    }

    [Fact]
    public async Task An_append_blob_is_rejected_with_the_reason()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        var blob = instance.Blobs.GetBlobContainerClient(Containers.Campaigns).GetAppendBlobClient(Path);
        await blob.CreateAsync(cancellationToken: Token);
        await blob.AppendBlockAsync(BinaryData.FromString(Shared.Campaign("Reminder", 2)).ToStream(), cancellationToken: Token);

        await instance.Service.ProcessFileAsync(Path, Token);

        var report = (await Shared.FindReportAsync(instance, Path))!;
        Assert.Equal(CampaignStates.Rejected, report.State);
        Assert.Contains("append blob", Assert.Single(report.Errors).Message, StringComparison.Ordinal);
        Assert.Empty(shared.Simulator.AcceptedTasks);
    }

    [Fact]
    public async Task A_file_that_is_overwritten_whenever_it_is_read_ends_in_a_report()
    {
        await using var shared = await Shared.StartAsync(storage);
        var (instance, user) = (shared.NewInstance(), shared.NewInstance());
        var writes = 0;
        await OverwriteAsync();
        instance.Refusals.Before(request =>
            request.StartsWith("GET", StringComparison.Ordinal) && request.EndsWith(Path, StringComparison.Ordinal)
                ? OverwriteAsync()
                : Task.CompletedTask
        );

        await instance.Service.ProcessFileAsync(Path, Token);
        Assert.InRange(writes, 2, 5); // not in a tight loop
        await shared.TickAsync(instance, TimeSpan.FromHours(6), TimeSpan.FromMinutes(5));

        var report = (await Shared.FindReportAsync(instance, Path))!;
        Assert.Contains("overwritten while it was being read", Assert.Single(report.Errors).Message, StringComparison.Ordinal);
        Assert.Empty(shared.Simulator.AcceptedTasks);

        Task OverwriteAsync() => Shared.UploadAsync(user, Path, Shared.Campaign($"Reminder {writes++}", 2));
    }

    [Fact]
    public async Task A_file_whose_readers_die_ends_in_a_report()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await Shared.UploadAsync(instance, Path, Shared.Campaign("Reminder", 2));
        await LetReadersDieAsync(shared, instance);

        await instance.Service.RunDueAsync(Token);

        var report = (await Shared.FindReportAsync(instance, Path))!;
        Assert.Equal(CampaignStates.Rejected, report.State);
        Assert.Contains("never came to an end", Assert.Single(report.Errors).Message, StringComparison.Ordinal);
        Assert.Contains("Nothing of it was submitted", report.Errors[0].Message, StringComparison.Ordinal);
        await shared.TickAsync(instance, TimeSpan.FromDays(1), TimeSpan.FromHours(1));
        Assert.Empty(shared.Simulator.AcceptedTasks);
        Assert.Null(await instance.Ledger.FindWorkItemAsync(WorkItemKind.File, Path, Token));
    }

    [Fact]
    public async Task Trouble_of_storage_rejects_no_file_for_hours()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await Shared.UploadAsync(instance, Path, Shared.Campaign("Reminder", 2));
        instance.Refusals.Refuse(request => request.Contains("/tasks/", StringComparison.Ordinal));

        await instance.Service.ProcessFileAsync(Path, Token);
        await shared.TickAsync(instance, TimeSpan.FromHours(8), TimeSpan.FromMinutes(10));
        Assert.Null(await Shared.FindReportAsync(instance, Path));
        instance.Refusals.Clear();
        await shared.TickAsync(instance, TimeSpan.FromMinutes(40), TimeSpan.FromMinutes(10));

        Assert.Equal((CampaignStates.Accepted, 2), await StateAsync(instance));
    }

    [Fact]
    public async Task Trouble_of_storage_that_outlasts_the_time_to_try_ends_in_a_report()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await Shared.UploadAsync(instance, Path, Shared.Campaign("Reminder", 2));
        instance.Refusals.Refuse(request =>
            request.Contains("/tasks/", StringComparison.Ordinal) && request.StartsWith("PUT", StringComparison.Ordinal)
        );

        await instance.Service.ProcessFileAsync(Path, Token);
        await shared.TickAsync(instance, TimeSpan.FromHours(25), TimeSpan.FromMinutes(30));

        Assert.Equal(CampaignStates.Rejected, (await Shared.FindReportAsync(instance, Path))?.State);
    }

    [Fact]
    public async Task A_file_renamed_into_the_container_is_found_though_it_was_changed_long_ago()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await instance.Files.SaveReconciliationAsync(
            await instance.Files.GetReconciliationAsync(Token) with
            {
                CheckedUpTo = shared.Now.AddDays(1),
            },
            Token
        );
        await Shared.UploadAsync(instance, Path, Shared.Campaign("Reminder", 2));

        await shared.TickAsync(instance, TimeSpan.FromMinutes(3));

        Assert.Equal((CampaignStates.Accepted, 2), await StateAsync(instance));
    }

    [Fact]
    public async Task Folders_hide_no_file_that_was_renamed_into_the_container()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        // Nothing changed since the last pass: what is older is looked at a limited number at a time.
        await instance.Files.SaveReconciliationAsync(
            await instance.Files.GetReconciliationAsync(Token) with
            {
                CheckedUpTo = shared.Now.AddDays(1),
            },
            Token
        );
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => UploadMarkedAsync(instance, $"a{i:000}", "")));
        await Shared.UploadAsync(instance, "b.json", Shared.Campaign("Reminder", 2));

        await shared.TickAsync(instance, TimeSpan.FromMinutes(3));

        Assert.Equal(CampaignStates.Accepted, (await Shared.FindReportAsync(instance, "b.json"))?.State);
        Assert.Null(await Shared.FindReportAsync(instance, "a000"));
    }

    [Fact]
    public async Task A_file_that_is_marked_as_a_folder_is_a_campaign_all_the_same()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await UploadMarkedAsync(instance, Path, Shared.Campaign("Reminder", 2));

        await shared.TickAsync(instance, TimeSpan.FromMinutes(3));

        Assert.Equal((CampaignStates.Accepted, 2), await StateAsync(instance));
    }

    [Fact]
    public async Task A_file_whose_readers_die_is_not_said_to_be_unsubmitted_when_an_earlier_upload_was_submitted()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await Shared.UploadAsync(instance, Path, Shared.Campaign("Reminder", 2));
        await instance.Service.ProcessFileAsync(Path, Token);
        await Shared.UploadAsync(
            instance,
            Path,
            Shared.Campaign("Other", 1).Replace("12025550101", "12025550109", StringComparison.Ordinal)
        );
        await instance.Service.ProcessFileAsync(Path, Token);
        await Shared.UploadAsync(instance, Path, Shared.Campaign("Reminder", 2));
        await LetReadersDieAsync(shared, instance);

        await instance.Service.RunDueAsync(Token);

        var report = (await Shared.FindReportAsync(instance, Path))!;
        var error = Assert.Single(report.Errors).Message;
        Assert.Equal(CampaignStates.Rejected, report.State);
        Assert.Contains("never came to an end", error, StringComparison.Ordinal);
        Assert.Contains(
            $"'Reminder' (results/{Path}.{LedgerKeys.Campaign("Reminder")[2..10]}.report.json)",
            error,
            StringComparison.Ordinal
        );
        Assert.Contains($"'Other' (results/{Path}.{LedgerKeys.Campaign("Other")[2..10]}.report.json)", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing of it was submitted", error, StringComparison.Ordinal);
        Assert.DoesNotContain("another name", error, StringComparison.Ordinal);
        Assert.StartsWith("Nothing of this was submitted now.", report.NeedsAction, StringComparison.Ordinal);
        Assert.Equal("Reminder", (await Shared.FindReportAsync(instance, $"{Path}.{LedgerKeys.Campaign("Reminder")[2..10]}"))!.TaskName);
        Assert.Equal("Other", (await Shared.FindReportAsync(instance, $"{Path}.{LedgerKeys.Campaign("Other")[2..10]}"))!.TaskName);
    }

    [Fact]
    public void The_memory_of_handled_files_is_bounded_and_forgets_nothing_new()
    {
        var handled = new ProcessedFileCache();
        for (var i = 0; i <= 100_000; i++)
        {
            handled.Add($"{i}.json", "\"1\"");
        }

        Assert.True(handled.Contains("100000.json", "1"));
        Assert.False(handled.Contains("0.json", "1"));
    }

    private static async Task LetReadersDieAsync(Shared shared, Instance instance)
    {
        var etag = (
            await instance
                .Blobs.GetBlobContainerClient(Containers.Campaigns)
                .GetBlobClient(Path)
                .GetPropertiesAsync(cancellationToken: Token)
        ).Value.ETag.ToString();
        for (var deaths = 0; deaths < 11; deaths++)
        {
            var known = await instance.Files.FindFileAsync(Path, Token);
            Assert.NotNull(
                await instance.Files.TryLeaseFileAsync(Path, etag, known, shared.Now, shared.Now + shared.Options.LeaseDuration, Token)
            );
            shared.Clock.Advance(shared.Options.LeaseDuration);
        }
    }

    private static Task UploadMarkedAsync(Instance instance, string path, string content) =>
        instance
            .Blobs.GetBlobContainerClient(Containers.Campaigns)
            .GetBlobClient(path)
            .UploadAsync(
                BinaryData.FromString(content),
                new BlobUploadOptions { Metadata = new Dictionary<string, string> { ["hdi_isfolder"] = "true" } },
                Token
            );

    private static async Task<(string?, long?)> StateAsync(Instance instance)
    {
        var report = await Shared.FindReportAsync(instance, Path);
        return (report?.State, report?.Counts.Accepted);
    }
}
