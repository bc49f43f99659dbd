using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace Laaffic.Simulation.Tests.Storage;

/// <summary>What the app relies on in the table service, whoever plays it.</summary>
public abstract class TableContractTests(AccountUnderTest account)
{
    private static readonly Outcome NotFound = new(404, "ResourceNotFound");
    private static readonly Outcome Changed = new(412, "UpdateConditionNotSatisfied");
    private static readonly Outcome Exists = new(409, "EntityAlreadyExists");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_table_is_created_once()
    {
        var table = account.Tables.GetTableClient("ledger");
        Assert.Equal(204, (await table.CreateIfNotExistsAsync(Cancelled)).GetRawResponse().Status);
        Assert.Equal(409, (await table.CreateIfNotExistsAsync(Cancelled)).GetRawResponse().Status);
        Assert.Equal(new(409, "TableAlreadyExists"), await Outcome.FailureOf(() => table.CreateAsync(Cancelled)));
    }

    [Fact]
    public async Task Nothing_can_be_done_in_a_table_that_does_not_exist()
    {
        var table = account.Tables.GetTableClient("missing");
        var expected = new Outcome(404, "TableNotFound");
        Assert.Equal(expected, await Outcome.FailureOf(() => table.AddEntityAsync(Row("a"), Cancelled)));
        Assert.Equal(expected, await Outcome.FailureOf(() => table.UpsertEntityAsync(Row("a"), TableUpdateMode.Replace, Cancelled)));
        Assert.Equal(
            expected,
            await Outcome.FailureOf(() => table.SubmitTransactionAsync([new(TableTransactionActionType.Add, Row("a"))], Cancelled))
        );
        Assert.Equal(expected, await Outcome.FailureOf(() => KeysAsync(table, "PartitionKey eq 'p'")));
    }

    [Fact]
    public async Task A_row_comes_back_with_all_its_types()
    {
        var table = await TableAsync();
        var row = new TableEntity("p", "r")
        {
            ["Text"] = "grün \"quoted\" '\\ \u4e2d\ud83d\ude00",
            ["Empty"] = "",
            ["Flag"] = true,
            ["Number"] = -7,
            ["Long"] = long.MaxValue,
            ["Double"] = 0.1,
            ["Whole"] = 3.0,
            ["Time"] = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.FromHours(2)).AddTicks(1234567),
            ["Epoch"] = DateTimeOffset.UnixEpoch,
            ["Guid"] = new Guid("01234567-89ab-cdef-0123-456789abcdef"),
            ["Bytes"] = new byte[] { 0, 1, 255 },
            ["Nothing"] = null,
        };
        await table.AddEntityAsync(row, Cancelled);
        var read = (await table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancelled)).Value;
        foreach (var (name, value) in row)
        {
            if (name is not "odata.etag" && value is not null)
            {
                Assert.Equal(value, read[name]);
            }
        }

        Assert.False(read.ContainsKey("Nothing"));
        Assert.StartsWith("W/\"datetime'", read.ETag.ToString(), StringComparison.Ordinal);
        Assert.InRange(read.Timestamp!.Value, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal(read.ETag, (await QueryAsync(table, "PartitionKey eq 'p'")).Single().ETag);
    }

    [Fact]
    public async Task A_row_that_is_not_there_is_not_found()
    {
        var table = await TableAsync();
        Assert.False((await table.GetEntityIfExistsAsync<TableEntity>("p", "r", cancellationToken: Cancelled)).HasValue);
        Assert.Equal(NotFound, await Outcome.FailureOf(() => table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancelled)));
        Assert.Equal(
            NotFound,
            await Outcome.FailureOf(() => table.UpdateEntityAsync(Row("r"), ETag.All, TableUpdateMode.Replace, Cancelled))
        );
        Assert.Equal(
            NotFound,
            await Outcome.FailureOf(() => table.UpdateEntityAsync(Row("r"), ETag.All, TableUpdateMode.Merge, Cancelled))
        );
        Assert.Equal(404, (await table.DeleteEntityAsync("p", "r", ETag.All, Cancelled)).Status);
    }

    [Fact]
    public async Task A_row_is_added_once()
    {
        var table = await TableAsync();
        var response = await table.AddEntityAsync(Row("r", 1), Cancelled);
        Assert.Equal(Exists, await Outcome.FailureOf(() => table.AddEntityAsync(Row("r", 2), Cancelled)));
        var row = (await table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancelled)).Value;
        Assert.Equal(1, row.GetInt32("N"));
        Assert.Equal(response.Headers.ETag, row.ETag);
    }

    [Theory]
    [InlineData(TableUpdateMode.Replace)]
    [InlineData(TableUpdateMode.Merge)]
    public async Task A_row_is_only_updated_as_it_was_read(TableUpdateMode mode)
    {
        var table = await TableAsync();
        var first = (await table.AddEntityAsync(Row("r", 1), Cancelled)).Headers.ETag!.Value;
        var second = (await table.UpdateEntityAsync(Row("r", 2), first, mode, Cancelled)).Headers.ETag!.Value;
        Assert.NotEqual(first, second);
        Assert.Equal(Changed, await Outcome.FailureOf(() => table.UpdateEntityAsync(Row("r", 3), first, mode, Cancelled)));
        var third = (await table.UpdateEntityAsync(Row("r", 4), ETag.All, mode, Cancelled)).Headers.ETag!.Value;
        var row = (await table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancelled)).Value;
        Assert.Equal((4, third), (row.GetInt32("N"), row.ETag));
    }

    [Fact]
    public async Task A_row_is_only_deleted_as_it_was_read()
    {
        var table = await TableAsync();
        var first = (await table.AddEntityAsync(Row("r", 1), Cancelled)).Headers.ETag!.Value;
        var second = (await table.UpdateEntityAsync(Row("r", 2), first, TableUpdateMode.Replace, Cancelled)).Headers.ETag!.Value;
        Assert.Equal(Changed, await Outcome.FailureOf(() => table.DeleteEntityAsync("p", "r", first, Cancelled)));
        Assert.Equal(204, (await table.DeleteEntityAsync("p", "r", second, Cancelled)).Status);
        Assert.Equal(404, (await table.DeleteEntityAsync("p", "r", second, Cancelled)).Status);
    }

    [Fact]
    public async Task A_row_of_the_same_content_written_again_has_another_version()
    {
        var table = await TableAsync();
        var first = (await table.UpsertEntityAsync(Row("r"), TableUpdateMode.Replace, Cancelled)).Headers.ETag;
        var second = (await table.UpsertEntityAsync(Row("r"), TableUpdateMode.Replace, Cancelled)).Headers.ETag;
        await table.DeleteEntityAsync("p", "r", cancellationToken: Cancelled);
        var third = (await table.AddEntityAsync(Row("r"), Cancelled)).Headers.ETag;
        Assert.Distinct([first, second, third]);
    }

    [Fact]
    public async Task Replacing_drops_properties_and_merging_keeps_them()
    {
        var table = await TableAsync();
        await table.UpsertEntityAsync(new TableEntity("p", "r") { ["A"] = 1, ["B"] = 2 }, TableUpdateMode.Merge, Cancelled);
        await table.UpsertEntityAsync(new TableEntity("p", "r") { ["A"] = null, ["C"] = 3 }, TableUpdateMode.Merge, Cancelled);
        var merged = (await table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancelled)).Value;
        Assert.Equal((1, 2, 3), (merged.GetInt32("A"), merged.GetInt32("B"), merged.GetInt32("C")));
        await table.UpsertEntityAsync(new TableEntity("p", "r") { ["D"] = 4 }, TableUpdateMode.Replace, Cancelled);
        var replaced = (await table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancelled)).Value;
        Assert.Equal((null, 4), (replaced.GetInt32("A"), replaced.GetInt32("D")));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("o'brien")]
    [InlineData("100%25+&=é中")]
    [InlineData("c:(x),y='z'")]
    [InlineData("")]
    public async Task Keys_may_hold_odd_characters(string key)
    {
        var table = await TableAsync();
        await table.AddEntityAsync(new TableEntity(key, key) { ["N"] = 1 }, Cancelled);
        var read = (await table.GetEntityAsync<TableEntity>(key, key, cancellationToken: Cancelled)).Value;
        Assert.Equal((key, key), (read.PartitionKey, read.RowKey));
        await table.SubmitTransactionAsync(
            [new(TableTransactionActionType.UpdateReplace, new TableEntity(key, key) { ["N"] = 2 }, read.ETag)],
            Cancelled
        );
        Assert.Equal(
            2,
            (await QueryAsync(table, TableClient.CreateQueryFilter($"PartitionKey eq {key} and RowKey eq {key}"))).Single().GetInt32("N")
        );
        Assert.Equal(204, (await table.DeleteEntityAsync(key, key, cancellationToken: Cancelled)).Status);
    }

    // ---- transactions ------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_transaction_does_all_and_tells_the_versions()
    {
        var table = await TableAsync();
        var replaced = (await table.AddEntityAsync(Row("replaced"), Cancelled)).Headers.ETag!.Value;
        var deleted = (await table.AddEntityAsync(Row("deleted"), Cancelled)).Headers.ETag!.Value;
        await table.AddEntityAsync(Row("forced"), Cancelled);
        var response = await table.SubmitTransactionAsync(
            [
                new(TableTransactionActionType.Add, Row("added", 1)),
                new(TableTransactionActionType.UpdateReplace, Row("replaced", 2), replaced),
                new(TableTransactionActionType.UpsertReplace, Row("upserted", 3)),
                new(TableTransactionActionType.Delete, Row("deleted"), deleted),
                new(TableTransactionActionType.Delete, Row("forced"), ETag.All),
            ],
            Cancelled
        );
        Assert.Equal([204, 204, 204, 204, 204], response.Value.Select(r => r.Status));
        var rows = await QueryAsync(table, "PartitionKey eq 'p'");
        Assert.Equal(["added=1", "replaced=2", "upserted=3"], rows.Select(Show));
        Assert.Equal(rows.Select(row => (ETag?)row.ETag), response.Value.Take(3).Select(r => r.Headers.ETag));
    }

    [Theory]
    [InlineData("add", 409, "EntityAlreadyExists")]
    [InlineData("replace", 412, "UpdateConditionNotSatisfied")]
    [InlineData("replace missing", 404, "ResourceNotFound")]
    [InlineData("delete", 412, "UpdateConditionNotSatisfied")]
    [InlineData("delete missing", 404, "ResourceNotFound")]
    public async Task A_transaction_of_which_one_fails_does_nothing(string failing, int status, string code)
    {
        var table = await TableAsync();
        var old = (await table.AddEntityAsync(Row("there", 1), Cancelled)).Headers.ETag!.Value;
        await table.UpsertEntityAsync(Row("there", 2), TableUpdateMode.Replace, Cancelled);
        await table.AddEntityAsync(Row("other", 1), Cancelled);
        var action = failing switch
        {
            "add" => new TableTransactionAction(TableTransactionActionType.Add, Row("there", 3)),
            "replace" => new(TableTransactionActionType.UpdateReplace, Row("there", 3), old),
            "replace missing" => new(TableTransactionActionType.UpdateReplace, Row("missing", 3), old),
            "delete" => new(TableTransactionActionType.Delete, Row("there", 3), old),
            _ => new(TableTransactionActionType.Delete, Row("missing", 3), ETag.All),
        };
        var failure = await Assert.ThrowsAsync<TableTransactionFailedException>(() =>
            table.SubmitTransactionAsync(
                [
                    new(TableTransactionActionType.Add, Row("new", 3)),
                    new(TableTransactionActionType.Delete, Row("other"), ETag.All),
                    action,
                    new(TableTransactionActionType.UpsertReplace, Row("newer", 3)),
                ],
                Cancelled
            )
        );
        Assert.Equal((status, code, 2), (failure.Status, failure.ErrorCode, failure.FailedTransactionActionIndex));
        Assert.Equal(["other=1", "there=2"], (await QueryAsync(table, "PartitionKey eq 'p'")).Select(Show));
    }

    [Fact]
    public async Task A_transaction_has_at_most_a_hundred_changes()
    {
        var table = await TableAsync();
        var actions = Enumerable
            .Range(0, 101)
            .Select(i => new TableTransactionAction(TableTransactionActionType.UpsertReplace, Row(Number(i))))
            .ToArray();
        // What Azurite answers is no multipart body, so that the client does not understand it.
        if (!IsAzurite)
        {
            Assert.Equal(new(400, "InvalidInput"), await Outcome.FailureOf(() => table.SubmitTransactionAsync(actions, Cancelled)));
        }

        Assert.Empty(await KeysAsync(table, "PartitionKey eq 'p'"));
        Assert.Equal(100, (await table.SubmitTransactionAsync(actions.Take(100), Cancelled)).Value.Count);
    }

    [Fact]
    public async Task A_transaction_changes_no_row_twice()
    {
        var table = await TableAsync();
        var failure = await Outcome.FailureOf(() =>
            table.SubmitTransactionAsync(
                [new(TableTransactionActionType.UpsertReplace, Row("r", 1)), new(TableTransactionActionType.UpsertReplace, Row("r", 2))],
                Cancelled
            )
        );
        Assert.Equal(new(400, "InvalidDuplicateRow"), failure);
        Assert.Empty(await KeysAsync(table, "PartitionKey eq 'p'"));
    }

    // ---- queries -----------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_query_gives_the_rows_of_its_range_in_ordinal_order()
    {
        var table = await TableAsync();
        string[] keys = ["hold", "l:1", "l:2", "l;", "m", "o:c:1", "o:f:1", "o;", "L:3", "s:ß", "s:z", "s:Z"];
        foreach (var key in keys)
        {
            await table.AddEntityAsync(Row(key), Cancelled);
        }

        await table.AddEntityAsync(new TableEntity("p2", "l:1"), Cancelled);
        Assert.Equal(["l:1", "l:2"], await KeysAsync(table, "PartitionKey eq 'p' and RowKey gt 'l:' and RowKey lt 'l;'"));
        Assert.Equal(["l:2"], await KeysAsync(table, "PartitionKey eq 'p' and RowKey gt 'l:1' and RowKey lt 'l;'"));
        Assert.Equal(["o:c:1", "o:f:1"], await KeysAsync(table, "PartitionKey eq 'p' and RowKey ge 'o:' and RowKey lt 'o;'"));
        Assert.Equal(keys.Order(StringComparer.Ordinal), await KeysAsync(table, "PartitionKey eq 'p'"));
        Assert.Equal(["l:1", "l:1"], await KeysAsync(table, "RowKey eq 'l:1'"));
        Assert.Equal(13, (await KeysAsync(table, null)).Count);
    }

    [Fact]
    public async Task A_query_finds_due_rows_or_deferred_ones()
    {
        var table = await TableAsync();
        var now = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
        TableEntity[] rows =
        [
            new("p", "o:due") { ["DueAt"] = now },
            new("p", "o:later") { ["DueAt"] = now.AddMilliseconds(1) },
            new("p", "o:deferred") { ["DueAt"] = now.AddHours(1), ["DeferredSince"] = now.AddHours(-1) },
            new("p", "o:both") { ["DueAt"] = now.AddHours(-1), ["DeferredSince"] = now.AddHours(-1) },
            new("p", "o:neither"),
            new("p", "x") { ["DueAt"] = now },
        ];
        foreach (var row in rows)
        {
            await table.AddEntityAsync(row, Cancelled);
        }

        Assert.Equal(
            ["o:both", "o:deferred", "o:due"],
            await KeysAsync(
                table,
                TableClient.CreateQueryFilter(
                    $"PartitionKey eq {"p"} and RowKey ge 'o:' and RowKey lt 'o;' and (DueAt le {now} or DeferredSince le {now})"
                )
            )
        );
    }

    [Theory]
    [InlineData("N eq 2", "b")]
    [InlineData("N gt 1 and N le 3", "b c")]
    [InlineData("N ge 2 or S eq 'x'", "a b c")]
    [InlineData("not (N eq 2) and N lt 10", "a c")]
    [InlineData("(N eq 1 or N eq 2) and (S eq 'x' or S eq 'it''s')", "a b")]
    [InlineData("L eq 5000000000L", "a")]
    [InlineData("F eq true", "a")]
    [InlineData("F eq false", "b")]
    [InlineData("D gt 0.5", "c")]
    [InlineData("G eq guid'01234567-89ab-cdef-0123-456789abcdef'", "a")]
    [InlineData("T lt datetime'2026-01-02T00:00:00Z'", "a")]
    [InlineData("T ge datetime'2026-01-02T00:00:00Z'", "b")]
    [InlineData("S gt 'it'", "a b")]
    [InlineData("Missing eq 'x'", "")]
    [InlineData("Missing lt 3", "")]
    public async Task A_query_understands(string filter, string found)
    {
        var table = await TableAsync();
        var day = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var guid = new Guid("01234567-89ab-cdef-0123-456789abcdef");
        await table.AddEntityAsync(
            new TableEntity("p", "a")
            {
                ["N"] = 1,
                ["S"] = "x",
                ["L"] = 5_000_000_000,
                ["F"] = true,
                ["G"] = guid,
                ["T"] = day,
            },
            Cancelled
        );
        await table.AddEntityAsync(
            new TableEntity("p", "b")
            {
                ["N"] = 2,
                ["S"] = "it's",
                ["L"] = 7L,
                ["F"] = false,
                ["T"] = day.AddDays(1),
                ["D"] = 0.25,
            },
            Cancelled
        );
        await table.AddEntityAsync(new TableEntity("p", "c") { ["N"] = 3, ["D"] = 1.5 }, Cancelled);
        Assert.Equal(found, string.Join(' ', await KeysAsync(table, $"PartitionKey eq 'p' and ({filter})")));
    }

    [Fact]
    public async Task A_query_that_cannot_be_understood_is_refused()
    {
        var table = await TableAsync();
        Assert.Equal(400, (await Outcome.FailureOf(() => KeysAsync(table, "PartitionKey equals 'p'"))).Status);
    }

    [Fact]
    public async Task A_query_can_ask_for_some_properties()
    {
        var table = await TableAsync();
        await table.AddEntityAsync(new TableEntity("p", "r") { ["A"] = 1, ["B"] = 2 }, Cancelled);
        var rows = await table
            .QueryAsync<TableEntity>("PartitionKey eq 'p'", select: ["RowKey", "B"], cancellationToken: Cancelled)
            .ToListAsync(Cancelled);
        Assert.Equal(("r", false, 2), (rows.Single().RowKey, rows.Single().ContainsKey("A"), rows.Single().GetInt32("B")));
    }

    [Fact]
    public async Task A_query_gives_a_thousand_rows_at_a_time()
    {
        var table = await TableAsync();
        foreach (var rows in Enumerable.Range(0, 1001).Chunk(100))
        {
            await table.SubmitTransactionAsync(
                rows.Select(i => new TableTransactionAction(TableTransactionActionType.Add, Row(Number(i)))),
                Cancelled
            );
        }

        Assert.Equal([1000, 1], await PagesAsync(null));
        Assert.Equal([.. Enumerable.Repeat(300, 3), 101], await PagesAsync(300));

        async Task<List<int>> PagesAsync(int? size)
        {
            List<string> keys = [];
            List<int> pages = [];
            await foreach (var page in table.QueryAsync<TableEntity>("PartitionKey eq 'p'", size, cancellationToken: Cancelled).AsPages())
            {
                pages.Add(page.Values.Count);
                keys.AddRange(page.Values.Select(row => row.RowKey));
            }

            Assert.Equal(Enumerable.Range(0, 1001).Select(Number), keys);
            return pages;
        }
    }

    [Fact]
    public async Task A_page_goes_on_where_the_last_one_ended_whatever_was_deleted_and_added()
    {
        var table = await TableAsync();
        foreach (var key in (string[])["a", "b", "c", "d"])
        {
            await table.AddEntityAsync(Row(key), Cancelled);
        }

        var first = await FirstPageAsync(null);
        Assert.Equal(["a", "b"], first.Values.Select(row => row.RowKey));
        await table.DeleteEntityAsync("p", "c", cancellationToken: Cancelled);
        await table.AddEntityAsync(Row("aa"), Cancelled);
        await table.AddEntityAsync(Row("e"), Cancelled);
        var second = await FirstPageAsync(first.ContinuationToken);
        Assert.Equal(["d", "e"], second.Values.Select(row => row.RowKey));
        Assert.Null(second.ContinuationToken);

        async Task<Page<TableEntity>> FirstPageAsync(string? token) =>
            await table
                .QueryAsync<TableEntity>("PartitionKey eq 'p'", 2, cancellationToken: Cancelled)
                .AsPages(token)
                .FirstAsync(Cancelled);
    }

    // ---- limits ------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_property_has_at_most_64_KiB()
    {
        var table = await TableAsync();
        await table.AddEntityAsync(new TableEntity("p", "fits") { ["S"] = new string('x', 32 * 1024) }, Cancelled);
        Assert.Equal(
            new(400, "PropertyValueTooLarge"),
            await Outcome.FailureOf(() =>
                table.AddEntityAsync(new TableEntity("p", "r") { ["S"] = new string('x', (32 * 1024) + 1) }, Cancelled)
            )
        );
    }

    [Fact]
    public async Task A_row_has_at_most_one_MiB()
    {
        var table = await TableAsync();
        // Azure counts two bytes for each character; Azurite takes more than that.
        if (!IsAzurite)
        {
            Assert.Equal(new(400, "EntityTooLarge"), await Outcome.FailureOf(() => table.AddEntityAsync(Large(17), Cancelled)));
        }

        await table.AddEntityAsync(Large(15), Cancelled);

        static TableEntity Large(int properties)
        {
            var row = new TableEntity("p", "r");
            for (var i = 0; i < properties; i++)
            {
                row["S" + Number(i)] = new string('x', 32 * 1024);
            }

            return row;
        }
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\tb")]
    [InlineData("a\u0085b")]
    public async Task A_key_with_characters_that_may_not_be_in_it_is_refused(string key)
    {
        var table = await TableAsync();
        Assert.Equal(400, (await Outcome.FailureOf(() => table.AddEntityAsync(Row(key), Cancelled))).Status);
    }

    /// <summary>Whether what Azurite is known to do otherwise than Azure is to be left out.</summary>
    protected virtual bool IsAzurite => false;

    private static TableEntity Row(string key, int number = 0) => new("p", key) { ["N"] = number };

    private static string Show(TableEntity row) => $"{row.RowKey}={row.GetInt32("N")}";

    private static string Number(int i) => i.ToString("D4", CultureInfo.InvariantCulture);

    private static async Task<List<TableEntity>> QueryAsync(TableClient table, string? filter) =>
        await table.QueryAsync<TableEntity>(filter, cancellationToken: Cancelled).ToListAsync(Cancelled);

    private static async Task<List<string>> KeysAsync(TableClient table, string? filter) =>
        [.. (await QueryAsync(table, filter)).Select(row => row.RowKey)];

    private async Task<TableClient> TableAsync()
    {
        var table = account.Tables.GetTableClient("ledger");
        await table.CreateAsync(Cancelled);
        return table;
    }
}
