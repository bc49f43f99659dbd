using System.Net.Sockets;
using System.Text;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using Laaffic.Campaigns.Ingestion;
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

    [Theory]
    [InlineData("a.csv", "a.csv.report.json")]
    [InlineData("a/_api/b.csv", "a/_api/b.csv.report.json")]
    [InlineData("_apis/b.csv", "_apis/b.csv.report.json")]
    [InlineData("api/b.csv", "api/b.csv.report.json")]
    [InlineData("_api/b.csv", "__api/b.csv.report.json")]
    [InlineData("__api/b.csv", "___api/b.csv.report.json")]
    [InlineData("a//b..json", "a//b..json.report.json")]
    public void The_place_of_a_file_is_its_path_unless_a_request_could_have_it(string path, string report) =>
        Assert.Equal(report, CampaignReport.NameFor(path));

    [Theory]
    [
        InlineData("a/../b.json"),
        InlineData("./b.json"),
        InlineData("../b.json"),
        InlineData("a/./b.json"),
        InlineData("a/.."),
        InlineData("/a.json"),
        InlineData("//a.json"),
        InlineData("a.json/")
    ]
    public void A_name_that_clients_take_for_another_has_a_place_that_they_do_not(string path)
    {
        Assert.False(BlobNames.CanBeRead(path));
        Assert.True(BlobNames.CanBeRead(CampaignReport.NameFor(path)));
    }

    [Theory]
    [
        InlineData("a//b.json"),
        InlineData("a..json"),
        InlineData("...json"),
        InlineData("a%2e%2e/b.json"),
        InlineData("%2e%2e/b.json"),
        InlineData("a\\..\\b.json"),
        InlineData(" a .json")
    ]
    [
        InlineData("\u202Ea.json"),
        InlineData("e\u0301.json"),
        InlineData("a?b#c+d.json"),
        InlineData(".../b.json"),
        InlineData("Ａ.JSON"),
        InlineData("a%2Fb.json"),
        InlineData("\u00A0.json")
    ]
    public void Other_odd_names_can_be_read(string path) => Assert.True(BlobNames.CanBeRead(path));

    [Theory]
    [InlineData("a/", 0, null, true), InlineData("a", 0, "true", true)]
    [
        InlineData("a", 0, null, false),
        InlineData("a", 0, "false", false),
        InlineData("a", 1, "true", false),
        InlineData("a/", 1, null, false)
    ]
    public void A_folder_is_empty_and_says_so(string path, long length, string? mark, bool isFolder) =>
        Assert.Equal(
            isFolder,
            FolderMarkers.IsFolder(
                path,
                length,
                mark is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["hdi_isfolder"] = mark }
            )
        );

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
