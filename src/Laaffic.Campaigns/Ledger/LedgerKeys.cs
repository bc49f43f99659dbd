using System.Security.Cryptography;
using System.Text;

namespace Laaffic.Campaigns.Ledger;

/// <summary>The keys of the ledger's rows. They are stored: whatever changes here no longer finds what is there.</summary>
internal static class LedgerKeys
{
    /// <summary>The partition of all rows but the tasks', which have their plan's.</summary>
    public const string Main = "campaigns";

    /// <summary>The row of the account's circuit breaker, as the first release named it.</summary>
    public const string Circuit = "hold";

    public const string Capacity = "busy";
    public const string Acceptances = "accepted";
    public const string Tick = "tick";
    public const string Reconciliation = "sweep";
    public const string ScheduleListing = "schedules";

    public static string Campaign(string taskName) => "c:" + Hash(taskName);

    /// <summary>The place in the list of campaigns, the newest first.</summary>
    public static string Index(string newestFirst, string taskName) => $"l:{newestFirst}:{Hash(taskName)}";

    public static string File(string path) => "s:" + Hash(path);

    public static string Idempotency(string source, string contentHash) => "v:" + Hash(source + "\n" + contentHash);

    public static string WorkItem(WorkItemKind kind, string subject) => (kind == WorkItemKind.File ? "o:f:" : "o:c:") + Hash(subject);

    /// <summary>What guards the names that are this one and a number.</summary>
    public static string ReservedName(string name) => "b:" + Hash(name);

    /// <summary>The campaigns made of the rejected rows of this one.</summary>
    public static string Family(string taskName) => "r:" + Hash(taskName);

    public static string Schedule(string name) => "p:" + Hash(name);

    /// <summary>An occurrence of a schedule, the newest first.</summary>
    public static string Occurrence(string schedule, string newestFirst) => $"q:{Hash(schedule)}:{newestFirst}";

    /// <summary>Task names and paths may hold any character and length; row keys may not.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 16);
}
