using System.Net.Sockets;
using System.Text;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Simulator;
using Laaffic.Testing;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Tests.Reports;

/// <summary>Each file and each request has a place for its report that is no other's, whatever its name.</summary>
public sealed class ReportPlaceTests(StorageFixture storage)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_whose_report_would_lie_where_a_request_s_does_keeps_its_own()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-37) with { TaskName = "May" });
        await Shared.SubmitAsync(instance, "May");
        await Shared.UploadAsync(instance, "_api/May", "no campaign");
        await instance.Service.ProcessFileAsync("_api/May", Token);
        // the request's campaign is accepted, and its report written again
        await shared.TickAsync(instance, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1));

        Assert.Equal("campaigns/_api/May", (await Shared.FindReportAsync(instance, "__api/May"))!.Source);
        Assert.Equal("POST /api/campaigns", (await Shared.FindReportAsync(instance, "_api/May"))!.Source);
    }

    [Fact]
    public async Task All_that_belongs_to_a_file_lies_at_its_place()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-22));
        await DropAsync("Old");
        await DropAsync("New");

        Assert.Equal(
            "__api/a.csv.rejected.csv",
            (await Shared.FindReportAsync(instance, "__api/a.csv"))!.RejectedFile!["results/".Length..]
        );
        var place = $"__api/a.csv.{LedgerKeys.Campaign("Old")[2..10]}";
        Assert.Equal([$"results/{place}.not-submitted.csv"], (await instance.Service.FindAsync("Old", Token))!.NotSubmittedFiles);
        Assert.Equal(
            [
                "__api/a.csv.rejected.csv",
                "__api/a.csv.report.json",
                $"{place}.not-submitted.csv",
                $"{place}.rejected.csv",
                $"{place}.report.json",
            ],
            (await NamesAsync(instance)).Order(StringComparer.Ordinal).OrderBy(name => name.StartsWith(place, StringComparison.Ordinal))
        );

        async Task DropAsync(string name)
        {
            await Shared.UploadAsync(instance, "_api/a.csv", $"# taskName: {name}\n# agentId: 41\ncalleeNumber\n12025550101\nx\n");
            await instance.Service.ProcessFileAsync("_api/a.csv", Token);
        }
    }

    [Fact]
    public async Task A_file_with_dots_between_slashes_is_rejected_and_leaves_the_file_that_clients_take_it_for_alone()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await Shared.UploadAsync(instance, "b.json", Shared.Campaign("First", 2));
        await instance.Service.ProcessFileAsync("b.json", Token);
        const string path = "a/../b.json";
        await PutRawAsync(instance, path, Shared.Campaign("Dots", 3));
        var names = await instance
            .Blobs.GetBlobContainerClient(Containers.Campaigns)
            .GetBlobsAsync(new GetBlobsOptions(), Token)
            .Select(blob => blob.Name)
            .ToListAsync(Token);
        Assert.SkipUnless(names.Contains(path), "This storage takes no such names.");
        var before = await Shared.FindReportAsync(instance, "b.json");

        await shared.TickAsync(instance, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(3));

        var report = (await Shared.FindReportAsync(instance, BlobNames.Safe(path)))!;
        Assert.Equal(("campaigns/" + path, CampaignStates.Rejected), (report.Source, report.State));
        Assert.Contains("cannot be read under its name", Assert.Single(report.Errors).Message, StringComparison.Ordinal);
        Assert.Equal(before!.TaskName, (await Shared.FindReportAsync(instance, "b.json"))!.TaskName);
        Assert.Equal("First", Assert.Single(shared.Simulator.AcceptedTasks).Name);
        Assert.Equal(FileState.Rejected, (await instance.Files.FindFileAsync(path, Token))!.State);
        Assert.Null(await instance.Ledger.FindWorkItemAsync(WorkItemKind.File, path, Token));

        var errors = instance.Log.Count(LogLevel.Error);
        Assert.True(errors > 0);
        await shared.TickAsync(instance, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(3));
        await shared.TickAsync(shared.NewInstance(), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(3));
        Assert.Equal(errors, instance.Log.Count(LogLevel.Error)); // dealt with once
    }

    /// <summary>As a program does that changes no name.</summary>
    private static async Task PutRawAsync(Instance instance, string path, string content)
    {
        var sas = instance
            .Blobs.GetBlobContainerClient(Containers.Campaigns)
            .GenerateSasUri(BlobContainerSasPermissions.All, DateTimeOffset.UtcNow.AddHours(1));
        using var socket = new TcpClient(sas.Host, sas.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(
            Encoding.UTF8.GetBytes(
                $"PUT {sas.AbsolutePath}/{path}{sas.Query} HTTP/1.1\r\nHost: {sas.Authority}\r\nx-ms-version: "
                    + $"2023-11-03\r\nx-ms-blob-type: BlockBlob\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n{content}"
            ),
            Token
        );
        using var reader = new StreamReader(stream);
        await reader.ReadToEndAsync(Token);
    }

    private static async Task<List<string>> NamesAsync(Instance instance) =>
        await instance
            .Blobs.GetBlobContainerClient(Containers.Results)
            .GetBlobsAsync(new GetBlobsOptions(), Token)
            .Select(blob => blob.Name)
            .ToListAsync(Token);
}
