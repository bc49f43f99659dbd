using Laaffic.Campaigns.Numbers;
using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Screening;

/// <summary>In an environment that has a list of them, nobody but its numbers is called: a test system cannot call customers.</summary>
internal sealed class OnlyNumbersRule(NumberList numbers) : IScreeningRule
{
    private static readonly Refusal NotAmongThem = new(
        "only the numbers of the setting Campaigns__OnlyNumbers are called here, and this is none of them",
        IsSuppression: true
    );

    /// <inheritdoc/>
    public Refusal? Check(Callee callee) => numbers.Contains(callee.Digits.AsSpan(0, callee.DigitCount)) ? null : NotAmongThem;
}
