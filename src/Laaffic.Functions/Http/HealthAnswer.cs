namespace Laaffic.Functions.Http;

/// <summary>All that anybody may know of the app's health.</summary>
internal sealed record HealthAnswer(bool IsHealthy);
