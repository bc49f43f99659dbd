using System.Text.Json.Serialization;

namespace Laaffic.Campaigns.Reports;

/// <summary>Reports as JSON: camel case, indented, nulls written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(CampaignReport))]
public sealed partial class ReportJson : JsonSerializerContext;
