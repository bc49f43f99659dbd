using System.Text.Json.Serialization;
using Laaffic.Campaigns.Planning;

namespace Laaffic.Campaigns.Reports;

/// <summary>
/// What became of a campaign: the content of <c>results/….report.json</c> and of the HTTP endpoints' answers.
/// </summary>
public sealed record CampaignReport
{
    /// <summary>Where the campaign came from: <c>campaigns/a/b.csv</c> or <c>POST /api/campaigns</c>.</summary>
    public required string Source { get; init; }

    /// <summary>One of <see cref="CampaignStates"/>.</summary>
    public required string State { get; init; }

    /// <summary>The campaign's identity; null when the file was rejected before it had one.</summary>
    public string? TaskName { get; init; }

    /// <summary>What a person must do, or null when nothing needs one.</summary>
    public string? NeedsAction { get; init; }

    /// <summary>When the campaign was committed: from then on each callee is followed to its end.</summary>
    public DateTimeOffset? CommittedAt { get; init; }

    /// <summary>A task that was not accepted by then expires.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>
    /// Its place in the queue for a busy account, from 1, or a later one if <see cref="WaitsFor"/> says "at least"; null if it does not
    /// stand in line, or too many do to be counted. As of this report.
    /// </summary>
    public int? PlaceInQueue { get; init; }

    /// <summary>Why its tasks are not sent at present; null if nothing keeps them.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>Where the callees are now.</summary>
    public required CalleeCounts Counts { get; init; }

    /// <summary>The tasks, in order.</summary>
    public IReadOnlyList<TaskReport> Tasks { get; init; } = [];

    /// <summary>Why the whole campaign was rejected; at most 100 of <see cref="ErrorCount"/>.</summary>
    public IReadOnlyList<CampaignError> Errors { get; init; } = [];

    /// <summary>How many errors there were in all.</summary>
    public long ErrorCount { get; init; }

    /// <summary>What was taken as it is but deserves a look.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What the file was read as; null if it could not be opened.</summary>
    public ReadAs? ReadAs { get; init; }

    /// <summary>The valid numbers by country, as ISO codes, the commonest first; <c>unknown</c> where no country has the code.</summary>
    public IReadOnlyDictionary<string, long> Countries { get; init; } = new Dictionary<string, long>();

    /// <summary>Columns of a list that feed no field.</summary>
    public IReadOnlyList<string> IgnoredColumns { get; init; } = [];

    /// <summary>What would become of it, if it was only checked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CampaignPreview? Preview { get; init; }

    /// <summary>The rejected rows and the duplicates, with line and reason; null if there are none.</summary>
    public string? RejectedFile { get; init; }

    /// <summary>The first rejected callees by line, with the reason but without the number; at most 20 of <c>counts.rejected</c>.</summary>
    public IReadOnlyList<RejectedCallee> RejectedCallees { get; init; } = [];

    /// <summary>
    /// Campaigns, ready to be dropped, that hold the callees of the tasks which are certainly not at Laaffic, each callee once;
    /// empty while the campaign waits and if there are none. Usually one: what turns out later comes in a further one.
    /// </summary>
    public IReadOnlyList<string> NotSubmittedFiles { get; init; } = [];

    /// <summary>Whether nothing more happens by itself.</summary>
    [JsonIgnore]
    public bool IsSettled => State != CampaignStates.Waiting;

    /// <summary>The blob in the container <c>results</c> that is the report of a dropped file.</summary>
    /// <param name="path">The file's path in the container <c>campaigns</c>.</param>
    public static string NameFor(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return BlobNames.Report(BlobNames.PlaceOf(path));
    }

    /// <summary>Whether a person has something to do.</summary>
    [JsonIgnore]
    public bool NeedsPerson =>
        State is not (CampaignStates.Accepted or CampaignStates.Waiting or CampaignStates.Duplicate or CampaignStates.Checked)
        || NeedsAction is not null;
}
