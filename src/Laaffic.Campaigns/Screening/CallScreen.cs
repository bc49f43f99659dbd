using Laaffic.Campaigns.Numbers;
using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Screening;

/// <summary>All rules that say who may be called, in their order: the first that refuses a callee gives the reason.</summary>
internal sealed class CallScreen(IScreeningRule[] rules)
{
    /// <summary>The rules of a campaign.</summary>
    /// <param name="onlyNumbers">Nobody else is called by this app; null: there is no such list.</param>
    /// <param name="destinations">Where the campaign may call.</param>
    public static CallScreen For(NumberList? onlyNumbers, Destinations destinations)
    {
        // What keeps a test system from customers comes first, so that its reason is the one that is read there.
        var rules = new List<IScreeningRule>();
        if (onlyNumbers is not null)
        {
            rules.Add(new OnlyNumbersRule(onlyNumbers));
        }

        rules.Add(new SpecialRangesRule(destinations));
        if (destinations.Countries.Count > 0)
        {
            rules.Add(new CountriesRule(destinations.Countries));
        }

        return new CallScreen([.. rules]);
    }

    /// <summary>Why a callee is not called; null if no rule refuses it.</summary>
    public Refusal? Check(Callee callee)
    {
        foreach (var rule in rules)
        {
            if (rule.Check(callee) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }
}
