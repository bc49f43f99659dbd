using System.Text.Json.Serialization;

namespace Laaffic.Api;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CancelRequest))]
[JsonSerializable(typeof(QueryRequest))]
internal sealed partial class ApiJson : JsonSerializerContext;
