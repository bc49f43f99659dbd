namespace Laaffic.Campaigns.Ledger;

internal enum WorkItemKind
{
    File,
    Campaign,
}
