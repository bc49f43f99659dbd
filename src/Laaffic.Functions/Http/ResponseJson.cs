using System.Text.Json.Serialization;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;

namespace Laaffic.Functions.Http;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(CampaignReport))]
[JsonSerializable(typeof(CampaignPage))]
[JsonSerializable(typeof(ScheduleReports))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ResponseJson : JsonSerializerContext;
