using System.Security.Cryptography;
using System.Text;
using Laaffic.Simulation.Storage;

namespace Laaffic.Simulation.Checks;

/// <summary>What the app's ledger says, read as it is stored.</summary>
internal static class Ledger
{
    public const string Table = "ledger";
    private const string Main = "campaigns";

    public static IReadOnlyList<StoredTask> TasksNamed(SimulatedAccount account, string name) =>
        [.. account.Rows(Table).Where(r => r.PartitionKey != Main && (string?)r["Name"] == name).Select(Task)];

    public static IReadOnlyList<StoredTask> TasksOf(SimulatedAccount account, string planId) =>
        [.. account.Rows(Table).Where(r => r.PartitionKey == planId).Select(Task)];

    public static int TaskCount(SimulatedAccount account) => account.Rows(Table).Count(r => r.PartitionKey != Main);

    public static StoredCampaign? Campaign(SimulatedAccount account, string name) =>
        account.FindRow(Table, Main, "c:" + Key(name)) is { } row
            ? new(
                (string)row["TaskName"]!,
                (string)row["PlanId"]!,
                (string)row["ContentHash"]!,
                (string?)row["Path"],
                (DateTimeOffset)row["Deadline"]!,
                (DateTimeOffset)row["CommittedAt"]!
            )
            : null;

    public static IReadOnlyList<(string Key, string Subject, DateTimeOffset DueAt)> Open(SimulatedAccount account) =>
        [
            .. account
                .Rows(Table)
                .Where(r => r.PartitionKey == Main && r.RowKey.StartsWith("o:", StringComparison.Ordinal))
                .Select(r => (r.RowKey, (string)r["Subject"]!, (DateTimeOffset)r["DueAt"]!)),
        ];

    /// <summary>The version of a schedule's file that the app read last.</summary>
    public static string? SeenVersion(SimulatedAccount account, string schedule) =>
        (string?)account.FindRow(Table, Main, "p:" + Key(schedule))?["SeenETag"];

    /// <summary>The settled occurrences of a schedule, in order.</summary>
    public static IReadOnlyList<(DateTimeOffset At, string State, string? TaskName, string? Reason)> Occurrences(
        SimulatedAccount account,
        string schedule
    ) =>
        [
            .. account
                .Rows(Table)
                .Where(r => r.PartitionKey == Main && r.RowKey.StartsWith($"q:{Key(schedule)}:", StringComparison.Ordinal))
                .Select(r => ((DateTimeOffset)r["At"]!, (string)r["State"]!, (string?)r["TaskName"], (string?)r["Reason"]))
                .OrderBy(one => one.Item1),
        ];

    /// <summary>What stands in row keys for a name or a path.</summary>
    public static string Key(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 16);

    private static StoredTask Task(StoredRow row) =>
        new(
            row.PartitionKey,
            (string)row["Name"]!,
            (int)row["Callees"]!,
            (string)row["State"]!,
            (long?)row["KeyId"],
            (string?)row["Reason"],
            (DateTimeOffset?)row["LastAttemptAt"],
            row["MayBeAtLaaffic"] is true
        );
}
