using Laaffic.Campaigns.Planning;

namespace Laaffic.Campaigns.Intake;

/// <summary>What is wrong with a campaign as a whole. The first errors are kept, all are counted.</summary>
internal sealed class CampaignErrors
{
    /// <summary>How many errors are kept.</summary>
    public const int Kept = 100;

    private readonly List<PlanError> errors = [];

    /// <summary>How many errors there are, kept or not.</summary>
    public long Count { get; private set; }

    /// <summary>The errors that were kept, in the order in which they were found.</summary>
    public IReadOnlyList<PlanError> List => errors;

    /// <summary>Adds an error.</summary>
    public void Add(string? field, long? line, string message)
    {
        Count++;
        if (errors.Count < Kept)
            errors.Add(new PlanError(field, line, message));
    }
}
