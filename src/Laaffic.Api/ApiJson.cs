using System.Text.Json.Serialization;

namespace Laaffic.Api;

/// <summary>The body of a cancel request.</summary>
internal sealed record CancelRequest(long[] TaskIdList);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CancelRequest))]
internal sealed partial class ApiJson : JsonSerializerContext;
