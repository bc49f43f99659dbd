namespace Laaffic.Simulator;

/// <summary>The industries that have intents of their own.</summary>
public enum Industry
{
    /// <summary>IG marketing, codes 10….</summary>
    IgMarketing,

    /// <summary>Financial collection, codes 20….</summary>
    FinancialCollection,

    /// <summary>Financial marketing, codes 30….</summary>
    FinancialMarketing,
}
