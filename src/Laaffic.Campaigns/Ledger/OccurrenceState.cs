namespace Laaffic.Campaigns.Ledger;

/// <summary>What became of an occurrence of a schedule. The names are stored.</summary>
internal enum OccurrenceState
{
    Made,
    Missed,
    ListMissing,
    ListEmpty,
    ListUnchanged,
    ListTooOld,
    ListBeingWritten,
    Rejected,
}
