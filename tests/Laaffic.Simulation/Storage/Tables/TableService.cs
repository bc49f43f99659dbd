using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Laaffic.Simulation.Storage.Tables;

/// <summary>The table service of an account.</summary>
internal sealed class TableService(Stamps stamps)
{
    private const int MaxChanges = 100;
    private const int MaxTransactionBytes = 4 * 1024 * 1024;

    private static readonly ImmutableSortedSet<StoredRow> Empty = ImmutableSortedSet.Create(StoredRow.ByKeys);

    /// <summary>The tables' rows, in order.</summary>
    public ImmutableDictionary<string, ImmutableSortedSet<StoredRow>> State { get; set; } =
        ImmutableDictionary.Create<string, ImmutableSortedSet<StoredRow>>(StringComparer.OrdinalIgnoreCase);

    public int MaxRowsPerPage { get; set; } = 1000;

    public void Handle(StorageRequest request, Reply reply)
    {
        var address = RequestAddress.Of(request.Uri);
        switch (request.Method, address.Resource)
        {
            case ("POST", "Tables"):
                CreateTable(request, reply);
                return;
            case ("POST", "$batch"):
                Transact(request, reply);
                return;
            case (_, var resource) when resource == "Tables" || resource.StartsWith("Tables(", StringComparison.Ordinal):
                throw Refusal.NotSimulated(request.Method + " of tables");
        }

        var target = TableAddress.Of(address.Resource);
        var rows = RowsOf(target.Table);
        if (request.Method != "GET")
        {
            State = State.SetItem(target.Table, Change(rows, request, target, reply));
        }
        else if (target.PartitionKey is null)
        {
            RowQuery.Answer(rows, address, MaxRowsPerPage, reply);
        }
        else
        {
            Get(rows, target, reply);
        }
    }

    private ImmutableSortedSet<StoredRow> RowsOf(string table) => State.GetValueOrDefault(table) ?? throw TableErrors.TableNotFound;

    private void CreateTable(StorageRequest request, Reply reply)
    {
        using var json = JsonDocument.Parse(request.Body);
        var name = json.RootElement.GetProperty("TableName").GetString()!;
        if (State.ContainsKey(name))
        {
            throw TableErrors.TableAlreadyExists;
        }

        State = State.Add(name, Empty);
        if (request.Header("Prefer") == "return-no-content")
        {
            reply.Status = 204;
            return;
        }

        reply.Status = 201;
        reply.SetBody(
            "application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
            RowJson.Write(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("odata.metadata"u8, "http://127.0.0.1/$metadata#Tables/@Element"u8);
                writer.WriteString("TableName"u8, name);
                writer.WriteEndObject();
            })
        );
    }

    private static void Get(ImmutableSortedSet<StoredRow> rows, TableAddress target, Reply reply)
    {
        if (rows.Find(target.PartitionKey!, target.RowKey!) is not { } row)
        {
            // The most usual of all refusals: without an exception, which would cost more than all the rest.
            TableErrors.Write(reply, TableErrors.ResourceNotFound);
            return;
        }

        reply.Add("ETag", row.ETag);
        reply.SetBody(
            "application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
            RowJson.Write(json => RowJson.Write(json, row, null, metadata: true))
        );
    }

    private void Transact(StorageRequest request, Reply reply)
    {
        if (request.Body.Length > MaxTransactionBytes)
        {
            throw new Refusal(413, "RequestBodyTooLarge", "The request body is too large and exceeds the maximum permissible limit.");
        }

        var changes = TransactionBody.Read(request);
        List<Reply> answers = [];
        try
        {
            if (changes.Count > MaxChanges)
            {
                throw TableErrors.InvalidInput("The batch request operation exceeds the maximum 100 changes per change set.");
            }

            string? table = null,
                partition = null;
            ImmutableSortedSet<StoredRow>? rows = null;
            HashSet<string> changed = [];
            foreach (var change in changes)
            {
                var target = TableAddress.Of(RequestAddress.Of(change.Uri).Resource);
                if (target.PartitionKey is null)
                {
                    target = Keys(change, target);
                }

                table ??= target.Table;
                partition ??= target.PartitionKey;
                rows ??= RowsOf(table);
                if (target.Table != table || target.PartitionKey != partition)
                {
                    throw new Refusal(
                        400,
                        "CommandsInBatchActOnDifferentPartitions",
                        "All commands in a batch must operate on same entity group."
                    );
                }

                if (!changed.Add(target.RowKey!))
                {
                    throw new Refusal(
                        400,
                        "InvalidDuplicateRow",
                        "The batch request contains multiple changes with same row key. An entity can appear only once in a batch request."
                    );
                }

                var answer = new Reply();
                rows = Change(rows, change, target, answer);
                answers.Add(answer);
            }

            if (table is not null)
            {
                State = State.SetItem(table, rows!);
            }
        }
        catch (Refusal refusal)
        {
            var answer = new Reply();
            var index = Math.Min(answers.Count, MaxChanges - 1);
            TableErrors.Write(
                answer,
                new Refusal(refusal.Status, refusal.Code, string.Create(CultureInfo.InvariantCulture, $"{index}:{refusal.Message}"))
            );
            answers = [answer];
        }

        TransactionBody.Write(reply, answers);
    }

    private static TableAddress Keys(StorageRequest insert, TableAddress target)
    {
        var (partitionKey, rowKey, _) = RowJson.Read(insert.Body.Span);
        return target with { PartitionKey = partitionKey ?? throw PropertiesNeedValue, RowKey = rowKey ?? throw PropertiesNeedValue };
    }

    private static Refusal PropertiesNeedValue =>
        new(400, "PropertiesNeedValue", "The values are not specified for all properties in the entity.");

    /// <summary>The rows after the change.</summary>
    private ImmutableSortedSet<StoredRow> Change(
        ImmutableSortedSet<StoredRow> rows,
        StorageRequest request,
        TableAddress target,
        Reply reply
    )
    {
        var isInsert = request.Method == "POST";
        if (!isInsert && target.PartitionKey is null)
        {
            throw Refusal.NotSimulated(request.Method + " of a table");
        }

        var (partitionKey, rowKey, properties) =
            request.Method == "DELETE" ? (target.PartitionKey, target.RowKey, []) : RowJson.Read(request.Body.Span);
        partitionKey ??= target.PartitionKey ?? throw PropertiesNeedValue;
        rowKey ??= target.RowKey ?? throw PropertiesNeedValue;
        var before = rows.Find(target.PartitionKey ?? partitionKey, target.RowKey ?? rowKey);
        if (isInsert)
        {
            RowLimits.Check(partitionKey, rowKey, properties);
            if (before is not null)
            {
                throw TableErrors.EntityAlreadyExists;
            }
        }
        else if (request.Header("If-Match") is { } condition)
        {
            if (before is null)
            {
                throw TableErrors.ResourceNotFound;
            }

            if (condition != "*" && condition != before.ETag)
            {
                throw TableErrors.ConditionNotSatisfied;
            }
        }
        else if (request.Method == "DELETE")
        {
            throw new Refusal(400, "MissingRequiredHeader", "An HTTP header that's mandatory for this request is not specified.");
        }

        reply.Status = 204;
        switch (request.Method)
        {
            case "DELETE":
                return rows.Remove(before!);
            case "PATCH" or "MERGE" when before is not null:
                foreach (var property in before.Properties)
                {
                    if (!properties.Exists(p => p.Name == property.Name))
                    {
                        properties.Add(property);
                    }
                }

                break;
            case "POST" or "PUT" or "PATCH" or "MERGE":
                break;
            default:
                throw Refusal.NotSimulated(request.Method);
        }

        RowLimits.Check(partitionKey, rowKey, properties);
        var row = new StoredRow(partitionKey, rowKey, stamps.Next(), [.. properties]);
        reply.Add("ETag", row.ETag);
        if (isInsert && request.Header("Prefer") != "return-no-content")
        {
            reply.Status = 201;
            reply.SetBody(
                "application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
                RowJson.Write(json => RowJson.Write(json, row, null, metadata: true))
            );
        }

        return (before is null ? rows : rows.Remove(before)).Add(row);
    }
}
