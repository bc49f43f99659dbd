using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using Laaffic.Simulation.Instances;

namespace Laaffic.Simulation.Checks;

/// <summary>What the app's ledger says, read as it is stored.</summary>
internal static class Ledger
{
    public static IReadOnlyList<StoredTask> TasksNamed(DirectClients clients, string name) =>
        [.. clients.Ledger.Query<TableEntity>(TableClient.CreateQueryFilter($"Name eq {name}")).Select(Task)];

    public static IReadOnlyList<StoredTask> TasksOf(DirectClients clients, string planId) =>
        [.. clients.Ledger.Query<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {planId}")).Select(Task)];

    public static StoredCampaign? Campaign(DirectClients clients, string name)
    {
        var found = clients.Ledger.GetEntityIfExists<TableEntity>("campaigns", "c:" + Key(name));
        return found.HasValue ? new(found.Value!.GetString("TaskName"), found.Value.GetString("PlanId"), found.Value.GetString("ContentHash"), found.Value.GetString("Path"), found.Value.GetDateTimeOffset("Deadline") ?? default, found.Value.GetDateTimeOffset("CommittedAt") ?? default) : null;
    }

    public static IReadOnlyList<(string Key, string Subject, DateTimeOffset DueAt)> Open(DirectClients clients) =>
        [.. clients.Ledger.Query<TableEntity>("PartitionKey eq 'campaigns' and RowKey ge 'o:' and RowKey lt 'o;'")
            .Select(e => (e.RowKey, e.GetString("Subject"), e.GetDateTimeOffset("DueAt") ?? default))];

    /// <summary>What stands in row keys for a name or a path.</summary>
    public static string Key(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 16);

    private static StoredTask Task(TableEntity row) =>
        new(row.PartitionKey, row.GetString("Name"), row.GetInt32("Callees") ?? 0, row["State"]?.ToString() ?? "", row.GetInt64("KeyId"), row.GetString("Reason"), row.GetBoolean("NameExists") ?? false);
}

internal sealed record StoredTask(string PlanId, string Name, int Callees, string State, long? KeyId, string? Reason, bool NameExists)
{
    public bool IsSettled => State is "Accepted" or "Rejected" or "Expired";
}

internal sealed record StoredCampaign(string Name, string PlanId, string ContentHash, string? Path, DateTimeOffset Deadline, DateTimeOffset CommittedAt);
