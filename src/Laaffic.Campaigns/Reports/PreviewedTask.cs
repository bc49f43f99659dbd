namespace Laaffic.Campaigns.Reports;

/// <summary>A task that a campaign would become.</summary>
/// <param name="Name">Its name at Laaffic.</param>
/// <param name="Callees">How many callees it would have.</param>
public sealed record PreviewedTask(string Name, int Callees);
