using Laaffic.Campaigns.Ledger;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>What a look came to.</summary>
/// <param name="Busy">The row as it is to be stored.</param>
/// <param name="Tasks">How many tasks may be sent.</param>
/// <param name="IsProbe">Whether that is to find out if there is room.</param>
internal sealed record CapacityCheck(CapacityRow Busy, int Tasks, bool IsProbe = false);
