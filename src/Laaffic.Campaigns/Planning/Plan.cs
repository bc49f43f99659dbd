using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Storage.Blobs;

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
    public IReadOnlyList<PlanError> Errors { get; init; } = [];

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

    /// <summary>Whether the content could not be read to its end as a campaign, rather than that it breaks a rule.</summary>
    public bool IsMalformed { get; init; }

    /// <summary>Whether an error keeps the whole campaign from being submitted.</summary>
    [JsonIgnore]
    public bool IsRejected => Errors.Count > 0;

    /// <summary>The name, in the container <c>tasks</c>, of a plan's record.</summary>
    public static string BlobNameOf(string planId) => $"{planId}/plan.json";

    /// <summary>The name, in the container <c>tasks</c>, of the list of a plan's rejected callees.</summary>
    public static string RejectedBlobNameOf(string planId) => $"{planId}/rejected.csv";

    /// <summary>A source of which nothing is submitted, for a reason that is not in its content.</summary>
    public static Plan Reject(string planId, string source, string message) =>
        new Plan { PlanId = planId, Source = source, ContentHash = "" }.WithError(null, message);

    /// <summary>This plan, rejected for one more reason.</summary>
    public Plan WithError(string? field, string message) =>
        this with { Errors = [.. Errors, new PlanError(field, null, message)], ErrorCount = ErrorCount + 1 };

    /// <summary>Reads a stored plan; null if it is not there.</summary>
    /// <param name="plans">The container <c>tasks</c>.</param>
    /// <param name="planId">Its id.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal static async Task<Plan?> LoadAsync(BlobContainerClient plans, string planId, CancellationToken cancellationToken)
    {
        try
        {
            var stored = await plans.GetBlobClient(BlobNameOf(planId)).DownloadContentAsync(cancellationToken);
            return FromJson(stored.Value.Content);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>The plan as the JSON it is stored as.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, PlanJson.Default.Plan);

    /// <summary>A stored plan.</summary>
    /// <exception cref="JsonException">This is no plan.</exception>
    public static Plan FromJson(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, PlanJson.Default.Plan) ?? throw new JsonException("The stored plan is null.");
}

/// <summary>A task whose request body is stored.</summary>
/// <param name="Number">Its place in the campaign, from 1.</param>
/// <param name="Name">Its task name: the campaign's for the first, with -2, -3, … for the next ones.</param>
/// <param name="BlobName">The name of its body in the container <c>tasks</c>.</param>
/// <param name="Length">The body's length in bytes.</param>
/// <param name="Callees">How many callees it has.</param>
/// <param name="AppIdOffset">Where the account's application id stands in the body, in bytes; null if the campaign names its own.</param>
/// <param name="AppIdLength">How many bytes it has there.</param>
public sealed record PlannedTask(int Number, string Name, string BlobName, long Length, int Callees, long? AppIdOffset = null, int? AppIdLength = null);

/// <summary>How many callees a campaign has. If it is not rejected, those read are the sum of the others.</summary>
/// <param name="Read">All of them; blank lines are none.</param>
/// <param name="Valid">Those that can be called, each number once.</param>
/// <param name="Duplicate">Those whose number was there before.</param>
/// <param name="Rejected">Those that cannot be called, listed with their reasons.</param>
public sealed record PlanCounts(long Read, long Valid, long Duplicate, long Rejected);

/// <summary>A callee that cannot be called.</summary>
/// <param name="Line">Its physical line in the campaign, from 1.</param>
/// <param name="Reason">Why it cannot be called; its number is not repeated.</param>
public sealed record RejectedCallee(long Line, string Reason);

/// <summary>Something wrong with a campaign as a whole.</summary>
/// <param name="Field">The field, such as <c>recallFlow.recallNum</c>, or the column; null if it is about none.</param>
/// <param name="Line">The physical line in the campaign, from 1; null if it is about none.</param>
/// <param name="Message">What is wrong and what to do about it.</param>
public sealed record PlanError(string? Field, long? Line, string Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Plan))]
internal sealed partial class PlanJson : JsonSerializerContext;
