using Laaffic.Campaigns.Ledger;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>Whether to send.</summary>
/// <param name="IsAllowed">One task may be sent.</param>
/// <param name="Probe">The circuit's row, if that task is its probe; else null.</param>
/// <param name="NotBefore">If it is not allowed: when to ask again.</param>
/// <param name="IsBusy">It is not allowed because others are before it.</param>
internal sealed record SendPermit(bool IsAllowed, CircuitRow? Probe, DateTimeOffset NotBefore, bool IsBusy = false);
