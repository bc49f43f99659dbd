namespace Laaffic.Campaigns.Ledger;

internal enum FileState
{
    /// <summary>Being read, under the lease of its open row.</summary>
    Reading,

    /// <summary>This version of the file belongs to <see cref="FileRow.Campaign"/>.</summary>
    Planned,
    Rejected,
}
