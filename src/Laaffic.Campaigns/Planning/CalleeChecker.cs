using System.Globalization;
using System.Text;
using Laaffic.Api;
using Laaffic.Campaigns.Mapping;
using Laaffic.Campaigns.Numbers;
using Laaffic.Campaigns.Parsing;
using Laaffic.Campaigns.Screening;

namespace Laaffic.Campaigns.Planning;

/// <summary>Looks whether a callee can be called, by itself: its number, what its list requires, and whether it may be called.</summary>
internal sealed class CalleeChecker(ListSettings settings, CalleeRequirements requirements, RegionalNumbers? region, CallScreen screen)
{
    /// <summary>Whether a check takes so long that it is worth a thread of its own.</summary>
    public bool IsCostly => region is not null;

    /// <summary>Gives a callee its digits, or the reason why it is rejected.</summary>
    public void Check(Callee callee)
    {
        int count;
        string? reason;
        var isNumber = region is null
            ? NumberNormalizer.TryNormalize(callee.Number, callee.Digits, out count, out reason)
            : region.TryRead(callee.Number, callee.Digits, out count, out _, out reason);
        callee.DigitCount = isNumber ? count : 0;
        callee.Rejection = reason ?? requirements.FindMissing(callee) ?? FindTooLong(callee);
        if (callee.Rejection is null && screen.Check(callee) is { } refusal)
        {
            (callee.Rejection, callee.IsSuppressed) = (refusal.Reason, refusal.IsSuppression);
        }
    }

    /// <summary>Which texts of a callee the platform would cut, as bits, the lowest for text1.</summary>
    public static int LongTextsOf(Callee callee)
    {
        var bits = 0;
        if (callee.Length <= CalleeRules.MaxTextLength)
        {
            return bits; // nearly always
        }

        for (var i = 0; i < callee.TextCount; i++)
        {
            if (IsLong(callee.GetText(i, out var index)))
            {
                bits |= 1 << index;
            }
        }

        return bits;
    }

    private string? FindTooLong(Callee callee)
    {
        if (callee.Length > CampaignLimits.MaxCalleeBytes)
        {
            return $"its number and texts are larger than {CampaignLimits.MaxCalleeBytes / 1024} KB together";
        }

        if (!settings.RejectsLongTexts)
        {
            return null;
        }

        for (var i = 0; i < callee.TextCount; i++)
        {
            if (callee.GetText(i, out var index) is var text && IsLong(text))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"text{index + 1} has {Encoding.UTF8.GetCharCount(text)} characters, and Laaffic cuts it after {CalleeRules.MaxTextLength}"
                );
            }
        }

        return null;
    }

    private static bool IsLong(ReadOnlySpan<byte> text) =>
        text.Length > CalleeRules.MaxTextLength && Encoding.UTF8.GetCharCount(text) > CalleeRules.MaxTextLength;
}
