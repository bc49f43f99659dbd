using System.Text.Json.Serialization;

namespace Laaffic.Campaigns.Dispatch;

[JsonSerializable(typeof(List<Acceptance>))]
internal sealed partial class AcceptanceJson : JsonSerializerContext;
