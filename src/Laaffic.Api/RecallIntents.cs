using System.Collections.Frozen;

namespace Laaffic.Api;

/// <summary>The documented intent codes and the industry of each.</summary>
internal static class RecallIntents
{
    /// <summary>The codes that belong to no industry: not called, and called but not connected.</summary>
    public const string Global = "global";

    private static readonly FrozenDictionary<string, string> Industries = new Dictionary<string, string>
    {
        ["99998"] = Global,
        ["99999"] = Global,
        ["101"] = "IG marketing",
        ["102"] = "IG marketing",
        ["104"] = "IG marketing",
        ["105"] = "IG marketing",
        ["106"] = "IG marketing",
        ["201"] = "financial collection",
        ["202"] = "financial collection",
        ["204"] = "financial collection",
        ["205"] = "financial collection",
        ["206"] = "financial collection",
        ["207"] = "financial collection",
        ["208"] = "financial collection",
        ["209"] = "financial collection",
        ["2010"] = "financial collection",
        ["301"] = "financial marketing",
        ["302"] = "financial marketing",
        ["304"] = "financial marketing",
        ["305"] = "financial marketing",
        ["306"] = "financial marketing",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The industry of a code, <see cref="Global"/> for the global ones, null if it is not documented.</summary>
    public static string? IndustryOf(string code) => Industries.GetValueOrDefault(code);
}
