using System.Diagnostics;
using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Laaffic.Simulation.Storage;

namespace Laaffic.Simulation.Tests.Storage;

/// <summary>Measures, for whoever asks: median microseconds a request, of the account alone and with the client above it.</summary>
public sealed class SpeedTests
{
    private const int Rows = 100_000;
    private const int Times = 10_000;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task How_long_requests_take_among_a_hundred_thousand_rows()
    {
        var account = new SimulatedAccount(() => DateTimeOffset.UnixEpoch);
        var handler = new TimedHandler(account);
        var transport = new Azure.Core.Pipeline.HttpClientTransport(handler);
        var table = new TableServiceClient(
            SimulatedAccount.ConnectionString,
            new TableClientOptions { Transport = transport }
        ).GetTableClient("ledger");
        var container = new BlobServiceClient(
            SimulatedAccount.ConnectionString,
            new BlobClientOptions { Transport = transport }
        ).GetBlobContainerClient("results");
        await table.CreateAsync(Cancelled);
        await container.CreateAsync(cancellationToken: Cancelled);

        await MeasureAsync("add", Rows, i => table.AddEntityAsync(Row(i), Cancelled));
        await MeasureAsync("get", Times, i => table.GetEntityAsync<TableEntity>("campaigns", Key(i), cancellationToken: Cancelled));
        await MeasureAsync(
            "get missing",
            Times,
            i => table.GetEntityIfExistsAsync<TableEntity>("campaigns", "none" + Key(i), cancellationToken: Cancelled)
        );
        await MeasureAsync("replace", Times, i => table.UpdateEntityAsync(Row(i), ETag.All, TableUpdateMode.Replace, Cancelled));
        await MeasureAsync(
            "replace in conflict",
            Times,
            async i =>
            {
                try
                {
                    await table.UpdateEntityAsync(Row(i), new ETag("W/\"old\""), TableUpdateMode.Replace, Cancelled);
                }
                catch (RequestFailedException) { }
            }
        );
        await MeasureAsync(
            "transaction of 4",
            Times,
            i =>
                table.SubmitTransactionAsync(
                    Enumerable.Range(i * 4, 4).Select(n => new TableTransactionAction(TableTransactionActionType.UpsertReplace, Row(n))),
                    Cancelled
                )
        );
        await MeasureAsync(
            "query of 1",
            Times,
            async i =>
                await table
                    .QueryAsync<TableEntity>(
                        $"PartitionKey eq 'campaigns' and RowKey ge '{Key(i)}' and RowKey le '{Key(i)}'",
                        cancellationToken: Cancelled
                    )
                    .CountAsync(Cancelled)
        );
        await MeasureAsync(
            "query of 1000",
            100,
            async i =>
                await table
                    .QueryAsync<TableEntity>(
                        $"PartitionKey eq 'campaigns' and RowKey ge '{Key(i * 10)}' and RowKey lt '{Key((i * 10) + 1000)}'",
                        cancellationToken: Cancelled
                    )
                    .CountAsync(Cancelled)
        );
        await MeasureAsync(
            "upload 1 KiB",
            Times,
            i => container.GetBlobClient(Key(i)).UploadAsync(BinaryData.FromBytes(new byte[1024]), Cancelled)
        );
        await MeasureAsync("properties", Times, i => container.GetBlobClient(Key(i)).GetPropertiesAsync(cancellationToken: Cancelled));
        await MeasureAsync("download 1 KiB", Times, i => container.GetBlobClient(Key(i)).DownloadContentAsync(Cancelled));
        await MeasureAsync(
            "list 5000",
            10,
            async _ =>
                await container
                    .GetBlobsAsync(new Azure.Storage.Blobs.Models.GetBlobsOptions(), Cancelled)
                    .AsPages(null, 5000)
                    .FirstAsync(Cancelled)
        );

        async Task MeasureAsync(string what, int times, Func<int, Task> request)
        {
            handler.Spent.Clear();
            List<long> all = [];
            for (var i = 0; i < times; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await request(i);
                all.Add(Stopwatch.GetTimestamp() - start);
            }

            TestContext.Current.TestOutputHelper!.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what}: account {Median(handler.Spent):0.0} µs, with the client {Median(all):0.0} µs"
                )
            );
        }

        static double Median(List<long> ticks) => ticks.Order().ElementAt(ticks.Count / 2) * 1e6 / Stopwatch.Frequency;
    }

    private static string Key(int i) => i.ToString("D8", CultureInfo.InvariantCulture);

    private static TableEntity Row(int i) =>
        new("campaigns", Key(i))
        {
            ["DueAt"] = DateTimeOffset.UnixEpoch.AddSeconds(i),
            ["Subject"] = "Some campaign of some name",
            ["Kind"] = "Campaign",
            ["Attempts"] = 3,
            ["WriteId"] = "0123456789abcdef0123456789abcdef",
        };

    private sealed class TimedHandler(SimulatedAccount account) : HttpMessageHandler
    {
        public List<long> Spent { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var stored = await HttpConversion.ToStorageAsync(request, cancellationToken);
            var start = Stopwatch.GetTimestamp();
            var response = account.Handle(stored);
            Spent.Add(Stopwatch.GetTimestamp() - start);
            return HttpConversion.ToHttp(response, request);
        }
    }
}
