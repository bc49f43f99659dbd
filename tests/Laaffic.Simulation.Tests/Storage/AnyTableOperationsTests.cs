using System.Globalization;
using Azure;
using Azure.Data.Tables;
using CsCheck;
using Laaffic.Simulation.Storage;
using Laaffic.Testing;

namespace Laaffic.Simulation.Tests.Storage;

/// <summary>Whatever is done to a table, the simulated one and Azurite's answer the same and hold the same.</summary>
public sealed class AnyTableOperationsTests(StorageFixture storage)
{
    private static readonly Gen<Operation> AnyOperation = Gen.Select(
        Gen.Enum<TableTransactionActionType>(),
        Gen.OneOf("a", "b", "ö'x", "z"),
        Gen.OneOf("A", "B"),
        Gen.Int[0, 9],
        Gen.Enum<Version>(),
        (type, key, property, value, version) => new Operation(type, key, property, value, version)
    );

    // One operation is a request of its own; more are a transaction.
    private static readonly Gen<Operation[]> AnyRequest = Gen.Frequency((3, AnyOperation.Array[1]), (2, AnyOperation.Array[2, 4]));

    private enum Version
    {
        Any,
        Newest,
        First,
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_answer_the_same_and_hold_the_same()
    {
        var azurite = AccountUnderTest.OfAzurite(storage).Tables.GetTableClient("ledger");
        var simulated = AccountUnderTest.Of(new SimulatedAccount(() => DateTimeOffset.UnixEpoch)).Tables.GetTableClient("ledger");
        await azurite.CreateAsync(Cancelled);
        await simulated.CreateAsync(Cancelled);
        var partitions = 0;
        await AnyRequest
            .Array[1, 25]
            .SampleAsync(
                async requests =>
                {
                    var partition = "p" + Interlocked.Increment(ref partitions).ToString(CultureInfo.InvariantCulture);
                    var (expected, actual) = (new Side(azurite, partition), new Side(simulated, partition));
                    foreach (var request in requests)
                    {
                        Assert.Equal(await expected.SendAsync(request), await actual.SendAsync(request));
                        Assert.Equal(await expected.RowsAsync(), await actual.RowsAsync());
                    }
                },
                iter: 40,
                threads: 2
            );
    }

    private sealed record Operation(TableTransactionActionType Type, string Key, string Property, int Value, Version Version);

    /// <summary>A table, and the versions of its rows that a caller has seen.</summary>
    private sealed class Side(TableClient table, string partition)
    {
        private readonly Dictionary<string, ETag> _first = [];
        private readonly Dictionary<string, ETag> _newest = [];

        /// <summary>What a caller can tell of the answer.</summary>
        public async Task<string> SendAsync(Operation[] operations)
        {
            try
            {
                return operations.Length == 1 ? await SendAsync(operations[0]) : await TransactAsync(operations);
            }
            catch (TableTransactionFailedException e)
            {
                return $"{e.Status} {e.ErrorCode} at {e.FailedTransactionActionIndex}";
            }
            catch (RequestFailedException e)
            {
                return $"{e.Status} {e.ErrorCode}";
            }
        }

        public async Task<string> RowsAsync()
        {
            var rows = await table
                .QueryAsync<TableEntity>($"PartitionKey eq '{partition}'", cancellationToken: Cancelled)
                .ToListAsync(Cancelled);
            foreach (var row in rows)
            {
                Saw(row.RowKey, row.ETag);
            }

            return string.Join(' ', rows.Select(row => $"{row.RowKey}:{row.GetInt32("A")},{row.GetInt32("B")}"));
        }

        private async Task<string> SendAsync(Operation operation)
        {
            var row = RowOf(operation);
            var response = operation.Type switch
            {
                TableTransactionActionType.Add => await table.AddEntityAsync(row, Cancelled),
                TableTransactionActionType.UpdateMerge => await table.UpdateEntityAsync(
                    row,
                    ETagOf(operation),
                    TableUpdateMode.Merge,
                    Cancelled
                ),
                TableTransactionActionType.UpdateReplace => await table.UpdateEntityAsync(
                    row,
                    ETagOf(operation),
                    TableUpdateMode.Replace,
                    Cancelled
                ),
                TableTransactionActionType.UpsertMerge => await table.UpsertEntityAsync(row, TableUpdateMode.Merge, Cancelled),
                TableTransactionActionType.UpsertReplace => await table.UpsertEntityAsync(row, TableUpdateMode.Replace, Cancelled),
                _ => await table.DeleteEntityAsync(partition, operation.Key, ETagOf(operation), Cancelled),
            };
            return Took(operation, response);
        }

        private async Task<string> TransactAsync(Operation[] operations)
        {
            var actions = operations.Select(operation => new TableTransactionAction(operation.Type, RowOf(operation), ETagOf(operation)));
            var responses = await table.SubmitTransactionAsync(actions, Cancelled);
            return string.Join(' ', operations.Zip(responses.Value, Took));
        }

        private string Took(Operation operation, Response response)
        {
            if (response.Headers.ETag is { } etag)
            {
                Saw(operation.Key, etag);
            }

            return $"{response.Status} {(response.Headers.ETag is null ? "without" : "with")} ETag";
        }

        private TableEntity RowOf(Operation operation) => new(partition, operation.Key) { [operation.Property] = operation.Value };

        private ETag ETagOf(Operation operation) =>
            operation.Version switch
            {
                Version.Newest => _newest.GetValueOrDefault(operation.Key, ETag.All),
                Version.First => _first.GetValueOrDefault(operation.Key, ETag.All),
                _ => ETag.All,
            };

        private void Saw(string key, ETag etag)
        {
            _first.TryAdd(key, etag);
            _newest[key] = etag;
        }
    }
}
