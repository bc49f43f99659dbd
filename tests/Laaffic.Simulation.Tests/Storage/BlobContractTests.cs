using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Laaffic.Simulation.Tests.Storage;

/// <summary>What the app relies on in the blob service, whoever plays it.</summary>
public abstract class BlobContractTests(AccountUnderTest account)
{
    private static readonly Outcome NotFound = new(404, "BlobNotFound");
    private static readonly Outcome Changed = new(412, "ConditionNotMet");
    private static readonly Outcome Exists = new(409, "BlobAlreadyExists");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_container_is_created_once()
    {
        var container = account.Blobs.GetBlobContainerClient("results");
        Assert.False(await container.ExistsAsync(Cancelled));
        Assert.NotNull(await container.CreateIfNotExistsAsync(cancellationToken: Cancelled));
        Assert.Null(await container.CreateIfNotExistsAsync(cancellationToken: Cancelled));
        Assert.True(await container.ExistsAsync(Cancelled));
        Assert.Equal(
            new(409, "ContainerAlreadyExists"),
            await Outcome.FailureOf(() => container.CreateAsync(cancellationToken: Cancelled))
        );
    }

    [Fact]
    public async Task Nothing_can_be_done_in_a_container_that_does_not_exist()
    {
        var container = account.Blobs.GetBlobContainerClient("missing");
        var blob = container.GetBlobClient("b");
        var expected = new Outcome(404, "ContainerNotFound");
        Assert.Equal(expected, await Outcome.FailureOf(() => UploadAsync(blob, "x")));
        Assert.Equal(expected, await Outcome.FailureOf(() => blob.DownloadContentAsync(Cancelled)));
        Assert.Equal(404, (await Outcome.FailureOf(() => blob.GetPropertiesAsync(cancellationToken: Cancelled))).Status);
        Assert.Equal(expected, await Outcome.FailureOf(() => NamesAsync(container)));
        Assert.False(await blob.ExistsAsync(Cancelled));
        Assert.False(await blob.DeleteIfExistsAsync(cancellationToken: Cancelled));
    }

    [Fact]
    public async Task A_blob_that_is_not_there_is_not_found()
    {
        var blob = (await ContainerAsync()).GetBlobClient("b");
        Assert.False(await blob.ExistsAsync(Cancelled));
        Assert.Equal(NotFound, await Outcome.FailureOf(() => blob.DownloadContentAsync(Cancelled)));
        Assert.Equal(NotFound, await Outcome.FailureOf(() => blob.DownloadStreamingAsync(cancellationToken: Cancelled)));
        Assert.Equal(NotFound, await Outcome.FailureOf(() => blob.GetPropertiesAsync(cancellationToken: Cancelled)));
        Assert.Equal(NotFound, await Outcome.FailureOf(() => blob.DeleteAsync(cancellationToken: Cancelled)));
        Assert.False(await blob.DeleteIfExistsAsync(cancellationToken: Cancelled));
    }

    [Fact]
    public async Task A_blob_that_is_not_there_is_not_found_with_a_condition_either()
    {
        var container = await ContainerAsync();
        var blob = container.GetBlobClient("b");
        var etag = await UploadAsync(container.GetBlobClient("other"), "x");
        // Azure/Azurite#2751: Azurite says that the condition is not met.
        if (!IsAzurite)
        {
            Assert.Equal(NotFound, await Outcome.FailureOf(() => ReadAsync(blob, new() { IfMatch = etag })));
            Assert.Equal(
                NotFound,
                await Outcome.FailureOf(() => blob.GetPropertiesAsync(new BlobRequestConditions { IfMatch = etag }, Cancelled))
            );
        }

        Assert.Equal(NotFound, await Outcome.FailureOf(() => ReadAsync(blob, new() { IfNoneMatch = etag })));
    }

    [Fact]
    public async Task A_blob_comes_back_as_it_was_uploaded()
    {
        var blob = (await ContainerAsync()).GetBlobClient("a folder/ü+%&?#'(x).csv");
        var stored = (
            await blob.UploadAsync(
                BinaryData.FromString("héllo"),
                new BlobUploadOptions
                {
                    HttpHeaders = new() { ContentType = "text/csv; charset=utf-8", ContentEncoding = "identity" },
                    Metadata = new Dictionary<string, string> { ["campaign"] = "abc", ["Other"] = "1" },
                },
                Cancelled
            )
        ).Value;

        var properties = (await blob.GetPropertiesAsync(cancellationToken: Cancelled)).Value;
        Assert.Equal(stored.ETag, properties.ETag);
        Assert.Equal(stored.LastModified, properties.LastModified);
        Assert.Equal(0, properties.LastModified.Ticks % TimeSpan.TicksPerSecond);
        Assert.Equal(0, properties.CreatedOn.Ticks % TimeSpan.TicksPerSecond);
        Assert.InRange(properties.LastModified, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal(
            ("text/csv; charset=utf-8", "identity", 6),
            (properties.ContentType, properties.ContentEncoding, properties.ContentLength)
        );
        Assert.Equal(BlobType.Block, properties.BlobType);
        Assert.Equal("abc", properties.Metadata["campaign"]);
        Assert.Equal("1", properties.Metadata["Other"]);
        Assert.NotEmpty(properties.ContentHash);

        var download = (await blob.DownloadContentAsync(Cancelled)).Value;
        Assert.Equal("héllo", download.Content.ToString());
        Assert.Equal(
            (stored.ETag, "text/csv; charset=utf-8", "abc"),
            (download.Details.ETag, download.Details.ContentType, download.Details.Metadata["campaign"])
        );
        Assert.Equal(properties.ContentHash, download.Details.ContentHash);

        await using var stream = (await blob.DownloadStreamingAsync(cancellationToken: Cancelled)).Value.Content;
        Assert.Equal("héllo", await new StreamReader(stream).ReadToEndAsync(Cancelled));
    }

    [Fact]
    public async Task A_blob_may_be_empty()
    {
        var blob = (await ContainerAsync()).GetBlobClient("b");
        await UploadAsync(blob, "");
        Assert.Equal(0, (await blob.GetPropertiesAsync(cancellationToken: Cancelled)).Value.ContentLength);
        Assert.Equal("", await ReadAsync(blob));
        using var copy = new MemoryStream();
        await blob.DownloadToAsync(copy, Cancelled);
        Assert.Equal(0, copy.Length);
    }

    [Fact]
    public async Task An_upload_replaces_all_that_was_there()
    {
        var blob = (await ContainerAsync()).GetBlobClient("b");
        var first = (
            await blob.UploadAsync(
                BinaryData.FromString("one"),
                new BlobUploadOptions
                {
                    HttpHeaders = new() { ContentType = "text/csv" },
                    Metadata = new Dictionary<string, string> { ["campaign"] = "abc" },
                },
                Cancelled
            )
        ).Value;
        var second = await UploadAsync(blob, "two");
        var third = await UploadAsync(blob, "two");
        var properties = (await blob.GetPropertiesAsync(cancellationToken: Cancelled)).Value;
        Assert.Distinct([first.ETag, second, third]);
        Assert.Equal((third, "application/octet-stream", 0), (properties.ETag, properties.ContentType, properties.Metadata.Count));
        Assert.Equal("two", await ReadAsync(blob));
    }

    [Fact]
    public async Task An_upload_can_ask_that_nothing_is_there()
    {
        var blob = (await ContainerAsync()).GetBlobClient("b");
        await UploadAsync(blob, "one", new() { IfNoneMatch = ETag.All });
        Assert.Equal(Exists, await Outcome.FailureOf(() => UploadAsync(blob, "two", new() { IfNoneMatch = ETag.All })));
        Assert.Equal("one", await ReadAsync(blob));
    }

    [Fact]
    public async Task An_upload_can_ask_that_a_version_is_there()
    {
        var blob = (await ContainerAsync()).GetBlobClient("b");
        Assert.Equal(Changed, await Outcome.FailureOf(() => UploadAsync(blob, "x", new() { IfMatch = new ETag("\"0x1\"") })));
        var first = await UploadAsync(blob, "one");
        await UploadAsync(blob, "two", new() { IfMatch = first });
        Assert.Equal(Changed, await Outcome.FailureOf(() => UploadAsync(blob, "three", new() { IfMatch = first })));
        Assert.Equal("two", await ReadAsync(blob));
    }

    [Fact]
    public async Task A_download_can_ask_for_a_version()
    {
        var blob = (await ContainerAsync()).GetBlobClient("b");
        var first = await UploadAsync(blob, "one");
        var second = await UploadAsync(blob, "two");
        Assert.Equal("two", await ReadAsync(blob, new() { IfMatch = second }));
        Assert.Equal(Changed, await Outcome.FailureOf(() => ReadAsync(blob, new() { IfMatch = first })));
        Assert.Equal("two", await ReadAsync(blob, new() { IfNoneMatch = first }));
        Assert.Equal(
            Changed with
            {
                Status = 412,
            },
            await Outcome.FailureOf(() => blob.GetPropertiesAsync(new BlobRequestConditions { IfMatch = first }, Cancelled))
        );
    }

    [Fact]
    public async Task A_download_can_ask_for_a_part()
    {
        var blob = (await ContainerAsync()).GetBlobClient("b");
        await UploadAsync(blob, "0123456789");
        Assert.Equal("345", await PartAsync(new(3, 3)));
        Assert.Equal("789", await PartAsync(new(7)));
        Assert.Equal("89", await PartAsync(new(8, 100)));
        // Azurite gives nothing as a part.
        if (!IsAzurite)
        {
            Assert.Equal(new(416, "InvalidRange"), await Outcome.FailureOf(() => PartAsync(new(10, 1))));
        }

        async Task<string> PartAsync(HttpRange range)
        {
            var part = (await blob.DownloadStreamingAsync(new BlobDownloadOptions { Range = range }, Cancelled)).Value;
            Assert.EndsWith("/10", part.Details.ContentRange, StringComparison.Ordinal);
            return await new StreamReader(part.Content).ReadToEndAsync(Cancelled);
        }
    }

    [Fact]
    public async Task A_deletion_can_ask_for_a_version()
    {
        var blob = (await ContainerAsync()).GetBlobClient("b");
        var first = await UploadAsync(blob, "one");
        var second = await UploadAsync(blob, "two");
        Assert.Equal(
            Changed,
            await Outcome.FailureOf(() => blob.DeleteIfExistsAsync(conditions: new() { IfMatch = first }, cancellationToken: Cancelled))
        );
        Assert.True(await blob.DeleteIfExistsAsync(conditions: new() { IfMatch = second }, cancellationToken: Cancelled));
        Assert.False(await blob.ExistsAsync(Cancelled));
    }

    // ---- blocks ------------------------------------------------------------------------------------------------

    [Fact]
    public async Task Staged_blocks_appear_as_a_blob_when_they_are_committed()
    {
        var container = await ContainerAsync();
        var blob = container.GetBlockBlobClient("plan/rejected.csv");
        await StageAsync(blob, 0, "one");
        await StageAsync(blob, 1, "two");
        Assert.False(await blob.ExistsAsync(Cancelled));
        Assert.Equal(NotFound, await Outcome.FailureOf(() => blob.DownloadContentAsync(Cancelled)));
        // Azurite deletes the blocks.
        if (!IsAzurite)
        {
            Assert.Equal(NotFound, await Outcome.FailureOf(() => blob.DeleteAsync(cancellationToken: Cancelled)));
        }

        Assert.Empty(await NamesAsync(container));
        await blob.CommitBlockListAsync(
            [Id(1), Id(0)],
            new CommitBlockListOptions { HttpHeaders = new() { ContentType = "text/csv" } },
            Cancelled
        );
        Assert.Equal("twoone", await ReadAsync(blob));
        var properties = (await blob.GetPropertiesAsync(cancellationToken: Cancelled)).Value;
        Assert.Equal(("text/csv", 6), (properties.ContentType, properties.ContentLength));
        Assert.Empty(properties.ContentHash ?? []); // none is kept of a blob that came in blocks
        Assert.Equal(["plan/rejected.csv"], await NamesAsync(container));
    }

    [Fact]
    public async Task A_block_staged_again_replaces_the_first_one()
    {
        var blob = (await ContainerAsync()).GetBlockBlobClient("b");
        await StageAsync(blob, 0, "one");
        await StageAsync(blob, 0, "two");
        await blob.CommitBlockListAsync([Id(0)], cancellationToken: Cancelled);
        Assert.Equal("two", await ReadAsync(blob));
    }

    [Fact]
    public async Task A_list_committed_again_finds_the_committed_blocks()
    {
        var blob = (await ContainerAsync()).GetBlockBlobClient("b");
        await StageAsync(blob, 0, "one");
        var first = (await blob.CommitBlockListAsync([Id(0)], cancellationToken: Cancelled)).Value.ETag;
        var second = (await blob.CommitBlockListAsync([Id(0)], cancellationToken: Cancelled)).Value.ETag;
        Assert.NotEqual(first, second);
        Assert.Equal("one", await ReadAsync(blob));
    }

    [Fact]
    public async Task Blocks_that_are_not_there_cannot_be_committed()
    {
        var blob = (await ContainerAsync()).GetBlockBlobClient("b");
        await StageAsync(blob, 0, "one");
        Assert.Equal(
            new(400, "InvalidBlockList"),
            await Outcome.FailureOf(() => blob.CommitBlockListAsync([Id(0), Id(1)], cancellationToken: Cancelled))
        );
        Assert.False(await blob.ExistsAsync(Cancelled));
    }

    [Fact]
    public async Task An_upload_or_a_commit_drops_the_blocks_that_were_staged()
    {
        var blob = (await ContainerAsync()).GetBlockBlobClient("b");
        await StageAsync(blob, 0, "one");
        await UploadAsync(blob, "whole");
        // Azurite keeps them after an upload.
        if (!IsAzurite)
        {
            Assert.Equal(
                new(400, "InvalidBlockList"),
                await Outcome.FailureOf(() => blob.CommitBlockListAsync([Id(0)], cancellationToken: Cancelled))
            );
        }

        Assert.Equal("whole", await ReadAsync(blob));
        await StageAsync(blob, 0, "one");
        await StageAsync(blob, 1, "two");
        await blob.CommitBlockListAsync([Id(1)], cancellationToken: Cancelled);
        Assert.Equal(
            new(400, "InvalidBlockList"),
            await Outcome.FailureOf(() => blob.CommitBlockListAsync([Id(0)], cancellationToken: Cancelled))
        );
        Assert.Equal("two", await ReadAsync(blob));
    }

    [Fact]
    public async Task Staging_leaves_the_blob_as_it_is()
    {
        var blob = (await ContainerAsync()).GetBlockBlobClient("b");
        var etag = await UploadAsync(blob, "whole");
        await StageAsync(blob, 0, "one");
        Assert.Equal("whole", await ReadAsync(blob, new() { IfMatch = etag }));
    }

    [Fact]
    public async Task Staged_blocks_are_told_until_they_are_committed()
    {
        var container = await ContainerAsync();
        var blob = container.GetBlockBlobClient("b");
        Assert.Equal(new(404, "BlobNotFound"), await Outcome.FailureOf(() => StagedAsync(blob)));
        await StageAsync(blob, 0, "one");
        await StageAsync(blob, 1, "three");
        Assert.Equal([(Id(0), 3L), (Id(1), 5L)], await StagedAsync(blob));
        await blob.CommitBlockListAsync([Id(1)], cancellationToken: Cancelled);
        Assert.Empty(await StagedAsync(blob));
        await StageAsync(blob, 0, "one");
        Assert.Equal([(Id(0), 3L)], await StagedAsync(blob));
        await container.GetAppendBlobClient("a").CreateAsync(cancellationToken: Cancelled);
        Assert.Equal(new(409, "InvalidBlobType"), await Outcome.FailureOf(() => StagedAsync(container.GetBlockBlobClient("a"))));

        static async Task<IEnumerable<(string, long)>> StagedAsync(BlockBlobClient blob) =>
            (await blob.GetBlockListAsync(BlockListTypes.Uncommitted, cancellationToken: Cancelled)).Value.UncommittedBlocks.Select(block =>
                (block.Name, block.SizeLong)
            );
    }

    [Fact]
    public async Task A_commit_can_have_conditions()
    {
        var blob = (await ContainerAsync()).GetBlockBlobClient("b");
        var first = await UploadAsync(blob, "whole");
        await StageAsync(blob, 0, "one");
        Assert.Equal(Exists, await Outcome.FailureOf(() => CommitAsync(new() { IfNoneMatch = ETag.All })));
        Assert.Equal(Changed, await Outcome.FailureOf(() => CommitAsync(new() { IfMatch = new ETag("\"0x1\"") })));
        Assert.Equal("whole", await ReadAsync(blob));
        await CommitAsync(new() { IfMatch = first });
        Assert.Equal("one", await ReadAsync(blob));

        Task CommitAsync(BlobRequestConditions conditions) =>
            blob.CommitBlockListAsync([Id(0)], new CommitBlockListOptions { Conditions = conditions }, Cancelled);
    }

    [Fact]
    public async Task A_stream_of_unknown_length_is_uploaded_in_blocks()
    {
        var blob = (await ContainerAsync()).GetBlobClient("b");
        var content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("0123456789", 1000)));
        await blob.UploadAsync(
            new MemoryStream(content),
            new BlobUploadOptions
            {
                TransferOptions = new() { InitialTransferSize = 1000, MaximumTransferSize = 3000 },
                Conditions = new() { IfNoneMatch = ETag.All },
                Metadata = new Dictionary<string, string> { ["campaign"] = "abc" },
            },
            Cancelled
        );
        var download = (await blob.DownloadContentAsync(Cancelled)).Value;
        Assert.Equal(content, download.Content.ToArray());
        Assert.Equal("abc", download.Details.Metadata["campaign"]);
        using var copy = new MemoryStream();
        await blob.DownloadToAsync(
            copy,
            new BlobDownloadToOptions
            {
                TransferOptions = new() { InitialTransferSize = 4000, MaximumTransferSize = 4000 },
            },
            Cancelled
        );
        Assert.Equal(content, copy.ToArray());
    }

    // ---- append blobs ------------------------------------------------------------------------------------------

    [Fact]
    public async Task An_append_blob_grows()
    {
        var blob = (await ContainerAsync()).GetAppendBlobClient("b");
        Assert.Equal(NotFound, await Outcome.FailureOf(() => AppendAsync(blob, "x")));
        var first = (await blob.CreateAsync(new AppendBlobCreateOptions { HttpHeaders = new() { ContentType = "text/csv" } }, Cancelled))
            .Value
            .ETag;
        var second = await AppendAsync(blob, "one");
        var third = await AppendAsync(blob, "two");
        Assert.Distinct([first, second, third]);
        var properties = (await blob.GetPropertiesAsync(cancellationToken: Cancelled)).Value;
        Assert.Equal(
            (BlobType.Append, third, "text/csv", 6),
            (properties.BlobType, properties.ETag, properties.ContentType, properties.ContentLength)
        );
        Assert.Equal("onetwo", await ReadAsync(blob));
        Assert.Equal(Changed, await Outcome.FailureOf(() => ReadAsync(blob, new() { IfMatch = second })));
    }

    [Fact]
    public async Task What_is_done_to_a_blob_fits_its_type()
    {
        var container = await ContainerAsync();
        await container.GetAppendBlobClient("append").CreateAsync(cancellationToken: Cancelled);
        await UploadAsync(container.GetBlobClient("block"), "x");
        var expected = new Outcome(409, "InvalidBlobType");
        Assert.Equal(expected, await Outcome.FailureOf(() => StageAsync(container.GetBlockBlobClient("append"), 0, "x")));
        Assert.Equal(expected, await Outcome.FailureOf(() => AppendAsync(container.GetAppendBlobClient("block"), "x")));
    }

    // ---- lists -------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_list_tells_what_the_properties_tell()
    {
        var container = await ContainerAsync();
        var blob = container.GetBlobClient("a folder/<&>ü 'x'.csv");
        await blob.UploadAsync(
            BinaryData.FromString("héllo"),
            new BlobUploadOptions
            {
                HttpHeaders = new() { ContentType = "text/csv" },
                Metadata = new Dictionary<string, string> { ["campaign"] = "abc" },
            },
            Cancelled
        );
        await container.GetAppendBlobClient("b").CreateAsync(cancellationToken: Cancelled);
        var properties = (await blob.GetPropertiesAsync(cancellationToken: Cancelled)).Value;

        var items = await container.GetBlobsAsync(new GetBlobsOptions { Traits = BlobTraits.Metadata }, Cancelled).ToListAsync(Cancelled);
        var item = items[0];
        Assert.Equal(blob.Name, item.Name);
        // The quotes are missing in lists alone.
        Assert.Equal(properties.ETag.ToString("G").Trim('"'), item.Properties.ETag!.Value.ToString("G"));
        Assert.Equal(properties.LastModified, item.Properties.LastModified);
        Assert.Equal(properties.CreatedOn, item.Properties.CreatedOn);
        Assert.Equal(
            ("text/csv", 6L, BlobType.Block),
            (item.Properties.ContentType, item.Properties.ContentLength, item.Properties.BlobType)
        );
        Assert.Equal("abc", item.Metadata["campaign"]);
        Assert.Equal(BlobType.Append, items[1].Properties.BlobType);
        Assert.Empty(
            (await container.GetBlobsAsync(new GetBlobsOptions(), Cancelled).FirstAsync(Cancelled)).Metadata
                ?? new Dictionary<string, string>()
        );
    }

    [Fact]
    public async Task A_list_has_the_blobs_of_a_prefix_in_order_a_page_at_a_time()
    {
        var container = await ContainerAsync();
        foreach (var name in (string[])["b/2", "a", "b/1", "b", "b/3", "c"])
        {
            await UploadAsync(container.GetBlobClient(name), name);
        }

        Assert.Equal(["a", "b", "b/1", "b/2", "b/3", "c"], await NamesAsync(container));
        var first = await PageAsync("b/", null);
        Assert.Equal(["b/1", "b/2"], first.Values.Select(item => item.Name));
        await container.DeleteBlobAsync("b/1", cancellationToken: Cancelled);
        var second = await PageAsync("b/", first.ContinuationToken);
        Assert.Equal(["b/3"], second.Values.Select(item => item.Name));
        Assert.True(string.IsNullOrEmpty(second.ContinuationToken));
        Assert.Empty((await PageAsync("d", null)).Values);

        async Task<Page<BlobItem>> PageAsync(string prefix, string? token) =>
            await container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, Cancelled).AsPages(token, 2).FirstAsync(Cancelled);
    }

    [Fact]
    public async Task A_list_tells_the_time_of_the_service()
    {
        var container = await ContainerAsync();
        var page = await container.GetBlobsAsync(new GetBlobsOptions(), Cancelled).AsPages(null, 5000).FirstAsync(Cancelled);
        Assert.InRange(
            page.GetRawResponse().Headers.Date!.Value,
            DateTimeOffset.UtcNow.AddMinutes(-1),
            DateTimeOffset.UtcNow.AddMinutes(1)
        );
    }

    /// <summary>Whether what Azurite is known to do otherwise than Azure is to be left out.</summary>
    protected virtual bool IsAzurite => false;

    private static string Id(int number) => Convert.ToBase64String(BitConverter.GetBytes(number));

    private static Task StageAsync(BlockBlobClient blob, int number, string text) =>
        blob.StageBlockAsync(Id(number), new MemoryStream(Encoding.UTF8.GetBytes(text)), cancellationToken: Cancelled);

    private static async Task<ETag> AppendAsync(AppendBlobClient blob, string text) =>
        (await blob.AppendBlockAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), cancellationToken: Cancelled)).Value.ETag;

    private static async Task<ETag> UploadAsync(BlobClient blob, string text, BlobRequestConditions? conditions = null) =>
        (await blob.UploadAsync(BinaryData.FromString(text), new BlobUploadOptions { Conditions = conditions }, Cancelled)).Value.ETag;

    private static async Task<ETag> UploadAsync(BlockBlobClient blob, string text) =>
        (await blob.UploadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), cancellationToken: Cancelled)).Value.ETag;

    private static async Task<string> ReadAsync(BlobBaseClient blob, BlobRequestConditions? conditions = null) =>
        (await blob.DownloadContentAsync(conditions, Cancelled)).Value.Content.ToString();

    private static async Task<List<string>> NamesAsync(BlobContainerClient container) =>
        [.. (await container.GetBlobsAsync(new GetBlobsOptions(), Cancelled).ToListAsync(Cancelled)).Select(item => item.Name)];

    private async Task<BlobContainerClient> ContainerAsync()
    {
        var container = account.Blobs.GetBlobContainerClient("results");
        await container.CreateAsync(cancellationToken: Cancelled);
        return container;
    }
}
