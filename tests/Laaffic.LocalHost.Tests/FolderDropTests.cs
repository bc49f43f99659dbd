using System.Text.Json;
using Azure.Storage.Blobs;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Laaffic.LocalHost.Tests;

/// <summary>Drops folders for a function that reports what it is told to: a file holds the states of its reports, one a line.</summary>
public sealed class FolderDropTests(AzuriteFixture storage) : IClassFixture<AzuriteFixture>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("folder-drop-test-");
    private readonly StringWriter _progress = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private BlobServiceClient Blobs => new(storage.ConnectionString);

    public void Dispose()
    {
        _progress.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Files_are_dropped_under_their_relative_names_and_waited_for_until_all_have_settled()
    {
        await using var host = await StartAsync();
        Write("profiles/default.json", "{}");
        Write("campaigns/one.csv", "accepted");
        Write("campaigns/a/b/two.json", "waiting\nwaiting\npartial");
        Write("campaigns/.gitkeep", "not a campaign");

        var reports = await DropAsync();

        Assert.Equal(["a/b/two.json", "one.csv"], reports.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("accepted", reports["one.csv"]!.State);
        Assert.Equal("partial", reports["a/b/two.json"]!.State);
        Assert.Contains("2 of 2 settled", _progress.ToString(), StringComparison.Ordinal);
        Assert.True(await Blobs.GetBlobContainerClient("profiles").GetBlobClient("default.json").ExistsAsync(Cancelled));
        var properties = await Blobs
            .GetBlobContainerClient("campaigns")
            .GetBlobClient("one.csv")
            .GetPropertiesAsync(cancellationToken: Cancelled);
        Assert.Equal("text/csv", properties.Value.ContentType);
    }

    [Fact]
    public async Task A_report_of_an_earlier_version_is_not_taken_for_that_of_a_changed_file()
    {
        await using var host = await StartAsync();
        Write("campaigns/changed.csv", "accepted");
        Write("campaigns/same.csv", "accepted");
        await DropAsync();
        var container = Blobs.GetBlobContainerClient("campaigns");
        var sameBefore = (await container.GetBlobClient("same.csv").GetPropertiesAsync(cancellationToken: Cancelled)).Value.ETag;

        Write("campaigns/changed.csv", "rejected");
        var reports = await DropAsync();

        Assert.Equal("rejected", reports["changed.csv"]!.State);
        Assert.Equal("accepted", reports["same.csv"]!.State);
        var sameAfter = (await container.GetBlobClient("same.csv").GetPropertiesAsync(cancellationToken: Cancelled)).Value.ETag;
        Assert.Equal(sameBefore, sameAfter);
    }

    [Fact]
    public async Task Cancelling_returns_what_is_known_by_then()
    {
        await using var host = await StartAsync();
        Write("campaigns/c-settled.csv", "accepted");
        Write("campaigns/c-waiting.csv", "waiting");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);

        var drop = new FolderDrop(Blobs, _folder.FullName, new LineProgress(TextWriter.Synchronized(_progress))).RunAsync(stop.Token);
        await Wait.UntilAsync(() => drop.IsCompleted || (HasReport("c-settled.csv") && HasReport("c-waiting.csv")));
        await stop.CancelAsync();
        var reports = await drop;

        Assert.False(reports["c-waiting.csv"] is { IsSettled: true });
        Assert.Contains("Not all campaigns have settled yet.", _progress.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_campaigns_is_an_error_that_says_where_they_belong()
    {
        Write("profiles/default.json", "{}");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(DropAsync);

        Assert.Equal($"There are no files in '{Path.Combine(_folder.FullName, "campaigns")}'.", error.Message);
    }

    private void Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private bool HasReport(string name) => Blobs.GetBlobContainerClient("results").GetBlobClient($"{name}.report.json").Exists(Cancelled);

    private Task<IReadOnlyDictionary<string, CampaignReport?>> DropAsync() =>
        new FolderDrop(Blobs, _folder.FullName, new LineProgress(_progress)).RunAsync(Cancelled);

    private async Task<FunctionHost> StartAsync()
    {
        await Containers.CreateAsync(Blobs, Cancelled);
        return await FunctionHost.StartAsync(
            new FunctionHostOptions
            {
                Configuration = new ConfigurationBuilder()
                    .AddInMemoryCollection([new("AzureWebJobsStorage", storage.ConnectionString)])
                    .Build(),
                Functions = [typeof(Reporter)],
                Services = (services, _) => services.AddSingleton(Blobs),
                BlobInterval = TimeSpan.FromMilliseconds(50),
            },
            Cancelled
        );
    }

    public sealed class Reporter(BlobServiceClient blobs)
    {
        [Function("Reporter")]
        public async Task Run([BlobTrigger("campaigns/{name}")] BlobClient blob, string name, CancellationToken cancellationToken)
        {
            var states = (await blob.DownloadContentAsync(cancellationToken)).Value.Content.ToString();
            foreach (var state in states.Split('\n'))
            {
                var report = BinaryData.FromBytes(
                    JsonSerializer.SerializeToUtf8Bytes(
                        new CampaignReport
                        {
                            Source = $"campaigns/{name}",
                            State = state,
                            Counts = new(0, 0, 0, 0, 0, 0),
                        },
                        ReportJson.Default.CampaignReport
                    )
                );
                await blobs
                    .GetBlobContainerClient("results")
                    .GetBlobClient($"{name}.report.json")
                    .UploadAsync(report, overwrite: true, cancellationToken);
            }
        }
    }
}
