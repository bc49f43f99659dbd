namespace Laaffic.Simulation.Api;

/// <summary>An answer of the API, or of something in its place.</summary>
/// <param name="Http">The HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="IsJson">Whether its type is JSON.</param>
internal sealed record ApiAnswer(int Http, string Body, bool IsJson = true);
