using System.Text.Json;
using System.Text.Json.Serialization;

namespace Laaffic.Campaigns.Planning;

/// <summary>What a campaign became: the tasks whose request bodies are stored, or the errors that keep it from being submitted.</summary>
public sealed record Plan
{
    /// <summary>The plan's id, under which everything of it is stored in the container <c>tasks</c>.</summary>
    public required string PlanId { get; init; }

    /// <summary>Where the campaign came from, such as <c>campaigns/a/b.csv</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The campaign's name, which is the name of its first task; null if it has none that can be read.</summary>
    public string? TaskName { get; init; }

    /// <summary>SHA-256 of all bytes of the campaign, in lower-case hexadecimal digits.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Whether the campaign or its profile names an application id; null in plans of the first release.</summary>
    public bool? NamesAppId { get; init; }

    /// <summary>Nothing is submitted before; null is at once.</summary>
    public DateTimeOffset? SubmitAt { get; init; }

    /// <summary>Nothing is submitted from then on; null if the campaign does not say.</summary>
    public DateTimeOffset? ExpireAt { get; init; }

    /// <summary>What goes before the order in which campaigns came.</summary>
    public Priority Priority { get; init; }

    /// <summary>When the platform is to call, <c>sendTime</c> as an instant; null is at once.</summary>
    public DateTimeOffset? SendTime { get; init; }

    /// <summary>The tasks in the order of the campaign's callees; empty if it is rejected.</summary>
    public IReadOnlyList<PlannedTask> Tasks { get; init; } = [];

    /// <summary>How many callees there are.</summary>
    public PlanCounts Counts { get; init; } = new(0, 0, 0, 0);

    /// <summary>What is wrong with the campaign as a whole, in the order in which it was found; at most 100 are kept.</summary>
    public IReadOnlyList<CampaignError> Errors { get; init; } = [];

    /// <summary>How many errors there are, kept or not.</summary>
    public long ErrorCount { get; init; }

    /// <summary>What may surprise whoever sent the campaign but does not keep it from being submitted.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Columns of a CSV campaign that mean nothing here.</summary>
    public IReadOnlyList<string> IgnoredColumns { get; init; } = [];

    /// <summary>Whether <c>tasks/{planId}/rejected.csv</c> lists callees that cannot be called.</summary>
    public bool HasRejectedFile { get; init; }

    /// <summary>The first of the callees that cannot be called, without their numbers; at most 20.</summary>
    public IReadOnlyList<RejectedCallee> FirstRejected { get; init; } = [];

    /// <summary>What the file was read as; null if that is not known.</summary>
    public ReadAs? ReadAs { get; init; }

    /// <summary>The countries of the numbers, by ISO code, the commonest first.</summary>
    public IReadOnlyDictionary<string, long> Countries { get; init; } = new Dictionary<string, long>();

    /// <summary>The commonest reasons for which callees are rejected; at most 10.</summary>
    public IReadOnlyList<CommonReason> CommonReasons { get; init; } = [];

    /// <summary>The object <c>list</c> of its settings; null if it has none.</summary>
    public JsonElement? List { get; init; }

    /// <summary>What its own <c>delivery.allowedCountries</c> names; null if it has none, and in plans of earlier releases.</summary>
    public IReadOnlyList<string>? AllowedCountries { get; init; }

    /// <summary>The first campaign whose rejected rows these are, perhaps by way of others; null if they are none.</summary>
    public string? RowsOf { get; init; }

    /// <summary>Whom it leaves out is who had been submitted by this version of its family; known to whoever has made the plan.</summary>
    [JsonIgnore]
    internal CampaignFamily? Family { get; init; }

    /// <summary>The first callees as the agent will get them; known to whoever has made the plan.</summary>
    [JsonIgnore]
    public IReadOnlyList<PreviewedCallee> FirstCallees { get; init; } = [];

    /// <summary>How often one person is called at most: once, and each time that the campaign has them called again.</summary>
    [JsonIgnore]
    public int MaxCallsPerCallee { get; init; } = 1;

    /// <summary>Whether the content could not be read to its end as a campaign, rather than that it breaks a rule.</summary>
    public bool IsMalformed { get; init; }

    /// <summary>Whether an error keeps the whole campaign from being submitted.</summary>
    [JsonIgnore]
    public bool IsRejected => Errors.Count > 0;

    /// <summary>A source of which nothing is submitted, for a reason that is not in its content.</summary>
    public static Plan Reject(string planId, string source, string message) =>
        new Plan
        {
            PlanId = planId,
            Source = source,
            ContentHash = "",
        }.WithError(null, message);

    /// <summary>This plan, rejected for one more reason.</summary>
    public Plan WithError(string? field, string message) =>
        this with
        {
            Errors = [.. Errors, new CampaignError(field, null, message)],
            ErrorCount = ErrorCount + 1,
        };

    /// <summary>The plan as the JSON it is stored as.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, PlanJson.Default.Plan);

    /// <summary>A stored plan.</summary>
    /// <exception cref="JsonException">This is no plan.</exception>
    public static Plan FromJson(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, PlanJson.Default.Plan) ?? throw new JsonException("The stored plan is null.");
}
