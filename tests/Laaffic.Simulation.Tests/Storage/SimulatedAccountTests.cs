using System.Globalization;
using System.Text;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Laaffic.Simulation.Storage;

namespace Laaffic.Simulation.Tests.Storage;

/// <summary>What the simulated account has beyond the requests: the same again, other days, and looks inside.</summary>
public sealed class SimulatedAccountTests
{
    private DateTimeOffset _now = new(2030, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private readonly SimulatedAccount _account;
    private readonly TableClient _table;
    private readonly BlobContainerClient _container;

    public SimulatedAccountTests()
    {
        _account = new SimulatedAccount(() => _now);
        var clients = AccountUnderTest.Of(_account);
        _table = clients.Tables.GetTableClient("ledger");
        _container = clients.Blobs.GetBlobContainerClient("campaigns");
        _table.Create();
        _container.Create();
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Times_come_from_the_clock()
    {
        await UploadAsync("a.csv", "x");
        _now = _now.AddMinutes(5);
        await _table.AddEntityAsync(new TableEntity("p", "r"), Cancelled);
        var properties = await _container.GetBlobClient("a.csv").GetPropertiesAsync(cancellationToken: Cancelled);
        Assert.Equal(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero), properties.Value.LastModified);
        Assert.Equal(new DateTimeOffset(2030, 1, 2, 3, 9, 5, TimeSpan.Zero), properties.GetRawResponse().Headers.Date);
        Assert.Equal(_now, _account.FindRow("ledger", "p", "r")!.Timestamp);
    }

    [Fact]
    public async Task The_same_requests_at_the_same_times_have_the_same_answers()
    {
        Assert.Equal(await RunAsync(), await RunAsync());

        async Task<string> RunAsync()
        {
            var other = new SimulatedAccount(() => _now);
            var clients = AccountUnderTest.Of(other);
            await clients.Tables.GetTableClient("ledger").CreateAsync(Cancelled);
            await clients.Blobs.GetBlobContainerClient("tasks").CreateAsync(cancellationToken: Cancelled);
            var row = await clients.Tables.GetTableClient("ledger").AddEntityAsync(new TableEntity("p", "r"), Cancelled);
            var blob = await clients
                .Blobs.GetBlobContainerClient("tasks")
                .GetBlobClient("b")
                .UploadAsync(BinaryData.FromString("x"), Cancelled);
            return $"{row.Headers.ETag} {row.Headers.RequestId} {blob.Value.ETag} {other.Requests}";
        }
    }

    [Fact]
    public async Task A_snapshot_brings_back_what_was_stored()
    {
        var row = (await _table.AddEntityAsync(new TableEntity("p", "r") { ["N"] = 1 }, Cancelled)).Headers.ETag!.Value;
        await UploadAsync("a.csv", "one");
        var snapshot = _account.Snapshot();
        var changed = (await _table.UpdateEntityAsync(new TableEntity("p", "r") { ["N"] = 2 }, row, TableUpdateMode.Replace, Cancelled))
            .Headers
            .ETag;
        await UploadAsync("a.csv", "two");

        _account.RestoreTables(snapshot);
        Assert.Equal(1, _account.FindRow("ledger", "p", "r")!["N"]);
        Assert.Equal("two", Text("a.csv"));
        _account.Restore(snapshot);
        Assert.Equal("one", Text("a.csv"));
        var again = (await _table.UpdateEntityAsync(new TableEntity("p", "r") { ["N"] = 3 }, row, TableUpdateMode.Replace, Cancelled))
            .Headers
            .ETag;
        Assert.NotEqual(changed, again);
    }

    [Fact]
    public async Task Rows_can_be_looked_at()
    {
        await _table.AddEntityAsync(new TableEntity("p", "b") { ["S"] = "x", ["L"] = 5L }, Cancelled);
        await _table.AddEntityAsync(new TableEntity("p", "a"), Cancelled);
        Assert.Equal(["a", "b"], _account.Rows("ledger").Select(row => row.RowKey));
        Assert.Equal(("x", 5L, null), (_account.Rows("ledger")[1]["S"], _account.Rows("ledger")[1]["L"], _account.Rows("ledger")[1]["T"]));
        Assert.Null(_account.FindRow("ledger", "p", "c"));
        Assert.Empty(_account.Rows("none"));
    }

    [Fact]
    public async Task A_file_can_be_dropped_renamed_and_deleted()
    {
        var dropped = _account.PutBlob(
            "campaigns",
            "in/a.csv",
            Encoding.UTF8.GetBytes("x"),
            "text/csv",
            metadata: new Dictionary<string, string> { ["by"] = "me" }
        );
        var properties = (await _container.GetBlobClient("in/a.csv").GetPropertiesAsync(cancellationToken: Cancelled)).Value;
        Assert.Equal((dropped.ETag, "text/csv", "me"), (properties.ETag.ToString("H"), properties.ContentType, properties.Metadata["by"]));

        _now = _now.AddHours(1);
        Assert.True(_account.RenameBlob("campaigns", "in/a.csv", "b.csv"));
        Assert.False(_account.RenameBlob("campaigns", "in/a.csv", "c.csv"));
        var renamed = (await _container.GetBlobClient("b.csv").GetPropertiesAsync(cancellationToken: Cancelled)).Value;
        Assert.Equal((properties.LastModified, properties.ETag), (renamed.LastModified, renamed.ETag));
        Assert.Equal(["b.csv"], _account.BlobsOf("campaigns").Select(blob => blob.Name));
        Assert.True(_account.DeleteBlob("campaigns", "b.csv"));
        Assert.False(_account.DeleteBlob("campaigns", "b.csv"));
        Assert.Null(_account.FindBlob("campaigns", "b.csv"));
    }

    [Theory]
    [InlineData(StoredBlobType.BlockBlob, BlobType.Block)]
    [InlineData(StoredBlobType.AppendBlob, BlobType.Append)]
    public async Task A_file_can_grow(StoredBlobType type, BlobType seen)
    {
        _account.PutBlob("campaigns", "a.csv", Encoding.UTF8.GetBytes("one"), type: type);
        var before = (await _container.GetBlobClient("a.csv").GetPropertiesAsync(cancellationToken: Cancelled)).Value;
        _now = _now.AddMinutes(1);
        Assert.True(_account.Grow("campaigns", "a.csv", Encoding.UTF8.GetBytes("two")));
        Assert.False(_account.Grow("campaigns", "b.csv", Encoding.UTF8.GetBytes("two")));
        var after = (await _container.GetBlobClient("a.csv").GetPropertiesAsync(cancellationToken: Cancelled)).Value;
        Assert.Equal("onetwo", Text("a.csv"));
        Assert.Equal(seen, after.BlobType);
        Assert.NotEqual(before.ETag, after.ETag);
        Assert.Equal(before.LastModified.AddMinutes(1), after.LastModified);
        Assert.Equal(before.CreatedOn, after.CreatedOn);
    }

    [Fact]
    public async Task Pages_can_be_made_smaller_than_asked_for()
    {
        (_account.MaxRowsPerPage, _account.MaxBlobsPerPage) = (2, 2);
        for (var i = 0; i < 5; i++)
        {
            await _table.AddEntityAsync(new TableEntity("p", i.ToString(CultureInfo.InvariantCulture)), Cancelled);
            await UploadAsync(i.ToString(CultureInfo.InvariantCulture), "x");
        }

        Assert.Equal(5, await _table.QueryAsync<TableEntity>("PartitionKey eq 'p'", cancellationToken: Cancelled).CountAsync(Cancelled));
        Assert.Equal(3, await _container.GetBlobsAsync(new GetBlobsOptions(), Cancelled).AsPages(null, 5000).CountAsync(Cancelled));
    }

    // Azure refuses what these two ask for, and Azurite does it: so they are no part of the contract.
    [Fact]
    public async Task An_upload_does_not_change_a_blobs_type()
    {
        _account.PutBlob("campaigns", "a.csv", Encoding.UTF8.GetBytes("x"), type: StoredBlobType.AppendBlob);
        var expected = new Outcome(409, "InvalidBlobType");
        Assert.Equal(expected, await Outcome.FailureOf(() => UploadAsync("a.csv", "y")));
        Assert.Equal("x", Text("a.csv"));
        await _container.DeleteBlobAsync("a.csv", cancellationToken: Cancelled);
        await UploadAsync("a.csv", "y");
        Assert.Equal(
            expected,
            await Outcome.FailureOf(() => _container.GetAppendBlobClient("a.csv").CreateAsync(cancellationToken: Cancelled))
        );
        Assert.Equal("y", Text("a.csv"));
    }

    [Fact]
    public async Task An_empty_block_cannot_be_staged()
    {
        var blob = _container.GetBlockBlobClient("a.csv");
        Assert.Equal(
            new Outcome(400, "InvalidHeaderValue"),
            await Outcome.FailureOf(() =>
                blob.StageBlockAsync(Convert.ToBase64String(new byte[4]), new MemoryStream(), cancellationToken: Cancelled)
            )
        );
    }

    [Fact]
    public async Task What_it_does_not_know_it_refuses()
    {
        Assert.Equal(
            501,
            (
                await Outcome.FailureOf(() =>
                    _container.GetBlobClient("b").SetMetadataAsync(new Dictionary<string, string>(), cancellationToken: Cancelled)
                )
            ).Status
        );
        Assert.Equal(501, (await Outcome.FailureOf(() => _table.DeleteAsync(Cancelled))).Status);
        Assert.Equal(
            501,
            (
                await Outcome.FailureOf(() =>
                    _container
                        .GetBlobsByHierarchyAsync(new GetBlobsByHierarchyOptions { Delimiter = "/" }, Cancelled)
                        .ToListAsync(Cancelled)
                        .AsTask()
                )
            ).Status
        );
    }

    private Task UploadAsync(string name, string text) =>
        _container.GetBlobClient(name).UploadAsync(BinaryData.FromString(text), overwrite: true, Cancelled);

    private string Text(string name) => Encoding.UTF8.GetString(_account.FindBlob("campaigns", name)!.Content.Span);
}
