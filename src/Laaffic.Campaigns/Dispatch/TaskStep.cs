using Laaffic.Campaigns.Ledger;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>What working on a task came to.</summary>
/// <param name="Task">The task as it is now.</param>
/// <param name="NotBefore">Until when nothing is sent at present; null if that is not so.</param>
/// <param name="Outcome">What became of its turn.</param>
internal sealed record TaskStep(TaskRow Task, DateTimeOffset? NotBefore = null, SendOutcome Outcome = SendOutcome.None);
