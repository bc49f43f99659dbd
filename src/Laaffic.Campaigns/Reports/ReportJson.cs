using System.Text.Json.Serialization;

namespace Laaffic.Campaigns.Reports;

/// <summary>Reports as JSON: camel case, indented, nulls written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(CampaignReport))]
[JsonSerializable(typeof(ScheduleFileReport))]
[JsonSerializable(typeof(ScheduleReports))]
[JsonSerializable(typeof(List<CampaignError>))]
public sealed partial class ReportJson : JsonSerializerContext;
