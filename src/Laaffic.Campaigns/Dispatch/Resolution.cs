using Laaffic.Campaigns.Ledger;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>What asking for an uncertain task came to.</summary>
/// <param name="Task">The task as it stands now.</param>
/// <param name="IsProvenAbsent">It was certainly not accepted, and the caller goes on with it; nothing was recorded.</param>
internal sealed record Resolution(TaskRow Task, bool IsProvenAbsent = false);
