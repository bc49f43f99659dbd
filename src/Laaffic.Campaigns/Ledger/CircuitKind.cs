namespace Laaffic.Campaigns.Ledger;

internal enum CircuitKind
{
    /// <summary>Laaffic refuses the account as a whole: a person has to act.</summary>
    Hold,

    /// <summary>Laaffic cannot be reached or fails: an open circuit breaker, which closes by itself.</summary>
    Breaker,
}
