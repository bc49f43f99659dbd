using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Screening;

/// <summary>A rule that says of one callee whether it may be called.</summary>
internal interface IScreeningRule
{
    /// <summary>Looks at one callee, whose number is valid.</summary>
    /// <returns>Null if it may be called; else why not.</returns>
    Refusal? Check(Callee callee);
}
