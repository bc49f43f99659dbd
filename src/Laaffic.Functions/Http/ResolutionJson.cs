using System.Text.Json.Serialization;

namespace Laaffic.Functions.Http;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false
)]
[JsonSerializable(typeof(ResolutionRequest))]
internal sealed partial class ResolutionJson : JsonSerializerContext;
