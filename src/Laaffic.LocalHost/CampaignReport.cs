using System.Text.Json;
using System.Text.Json.Serialization;

namespace Laaffic.LocalHost;

/// <summary>What the app wrote about a dropped file: <c>results/NAME.report.json</c>.</summary>
internal sealed record CampaignReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public string? Source { get; init; }

    public string State { get; init; } = "";

    public string? NeedsAction { get; init; }

    public ReportCounts Counts { get; init; } = new();

    public IReadOnlyList<ReportTask> Tasks { get; init; } = [];

    public IReadOnlyList<ReportError> Errors { get; init; } = [];

    public string? RejectedFile { get; init; }

    /// <summary>Whether nothing more will happen by itself.</summary>
    [JsonIgnore]
    public bool Settled => State is "accepted" or "partial" or "rejected" or "expired" or "duplicate";

    /// <summary>Whether a person has something to do.</summary>
    [JsonIgnore]
    public bool NeedsPerson => State is not ("accepted" or "duplicate") || !string.IsNullOrEmpty(NeedsAction);

    /// <summary>Reads a report.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static CampaignReport Read(BinaryData content) =>
        content.ToObjectFromJson<CampaignReport>(Json) ?? throw new JsonException("The report is null.");
}

internal sealed record ReportCounts
{
    public long Accepted { get; init; }

    public long Rejected { get; init; }

    public long Duplicate { get; init; }
}

internal sealed record ReportTask
{
    public string Name { get; init; } = "";

    public string State { get; init; } = "";

    public long? KeyId { get; init; }

    public string? Reason { get; init; }
}

internal sealed record ReportError
{
    public string? Field { get; init; }

    public long? Line { get; init; }

    public string Message { get; init; } = "";
}
