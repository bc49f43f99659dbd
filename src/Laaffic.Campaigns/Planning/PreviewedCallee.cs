namespace Laaffic.Campaigns.Planning;

/// <summary>A callee as the agent will get it.</summary>
/// <param name="Line">Where it stands in its campaign.</param>
/// <param name="CalleeNumber">Its number, of which only the first and last digits are shown.</param>
/// <param name="Texts">Its texts by name, cut where the platform cuts them.</param>
public sealed record PreviewedCallee(long Line, string CalleeNumber, IReadOnlyDictionary<string, string> Texts);
