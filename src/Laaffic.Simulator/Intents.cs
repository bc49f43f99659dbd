namespace Laaffic.Simulator;

/// <summary>The documents' table of intent codes.</summary>
internal static class Intents
{
    /// <summary>Whether the code is one of every industry: not called, or called but not connected.</summary>
    public static bool IsGlobal(string code) => code is "99998" or "99999";

    /// <summary>The industry of a code that is not global; null when the table has no such code.</summary>
    public static Industry? IndustryOf(string code) =>
        code switch
        {
            "101" or "102" or "104" or "105" or "106" => Industry.IgMarketing,
            "201" or "202" or "204" or "205" or "206" or "207" or "208" or "209" or "2010" => Industry.FinancialCollection,
            "301" or "302" or "304" or "305" or "306" => Industry.FinancialMarketing,
            _ => null,
        };
}
