using Laaffic.Campaigns.Opening;

namespace Laaffic.Campaigns.Planning;

/// <summary>What is known of a campaign besides its bytes.</summary>
/// <param name="PlanId">A name that no plan had before; whatever is stored is stored under it.</param>
/// <param name="FileName">The file's name without folders, such as <c>list.csv.gz</c>; its endings say what it is.</param>
/// <param name="Source">Where it came from, such as <c>campaigns/a/b.csv</c> or <c>POST /api/campaigns</c>.</param>
/// <param name="Profile">For a list: the profile with its settings, such as <c>default</c> or <c>a/b</c>; null is none.</param>
/// <param name="ReceivedAt">When it came.</param>
internal sealed record PlanRequest(string PlanId, string FileName, string Source, string? Profile, DateTimeOffset ReceivedAt)
{
    /// <summary>What <c>{file}</c> stands for in a task name.</summary>
    public string NameWithoutEndings { get; init; } = ListFile.NameWithoutEndings(FileName);

    /// <summary>What all placeholders stand for, if a schedule makes it; null: the time is when it came, in the app's zone.</summary>
    public NamePlaceholders? Placeholders { get; init; }

    /// <summary>Called after each read of the content, stored block and blob. What it throws ends the planning.</summary>
    public Func<CancellationToken, ValueTask> OnProgress { get; init; } = static _ => ValueTask.CompletedTask;

    /// <summary>Whether content of a hash was submitted from there before: that is so whatever is known by now.</summary>
    public Func<string, Task<bool>> WasSubmitted { get; init; } = static _ => Task.FromResult(false);

    /// <summary>The family of a campaign, by its task name. To be read before its members' numbers are.</summary>
    public Func<string, Task<CampaignFamily>> FindFamily { get; init; } = static name => Task.FromResult(new CampaignFamily(name, [], ""));
}
