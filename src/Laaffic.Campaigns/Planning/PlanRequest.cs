namespace Laaffic.Campaigns.Planning;

/// <summary>What is known of a campaign besides its bytes.</summary>
/// <param name="PlanId">A name that no plan had before; whatever is stored is stored under it.</param>
/// <param name="Format">The campaign's form.</param>
/// <param name="Source">Where it came from, such as <c>campaigns/a/b.csv</c> or <c>POST /api/campaigns</c>.</param>
/// <param name="Profile">For CSV: the profile with its settings, such as <c>default</c> or <c>a/b</c>; null is none.</param>
/// <param name="FileName">The file's name without folders and extension, for <c>{file}</c> in a task name.</param>
/// <param name="ReceivedAt">When it came, for <c>{date}</c> and <c>{time}</c> in a task name.</param>
internal sealed record PlanRequest(
    string PlanId,
    CampaignFormat Format,
    string Source,
    string? Profile,
    string FileName,
    DateTimeOffset ReceivedAt
)
{
    /// <summary>Called after each read of the content, stored block and blob. What it throws ends the planning.</summary>
    public Func<CancellationToken, ValueTask> OnProgress { get; init; } = static _ => ValueTask.CompletedTask;

    /// <summary>Whether content of a hash was submitted from there before: that is so whatever is known by now.</summary>
    public Func<string, Task<bool>> WasSubmitted { get; init; } = static _ => Task.FromResult(false);
}
