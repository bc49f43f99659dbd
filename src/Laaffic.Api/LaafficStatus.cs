using System.Collections.Frozen;
using System.Globalization;

namespace Laaffic.Api;

/// <summary>A status of the API, as its pages document it, and what it means for the caller.</summary>
public sealed class LaafficStatus
{
    private static readonly FrozenDictionary<int, LaafficStatus> Documented = new LaafficStatus[]
    {
        new(0, Verdict.Accepted, "success", ""),
        new(
            -1,
            Verdict.FixCredentials,
            "account authentication failed",
            "Check the API key and the API secret, and that both belong to this account."
        ),
        new(-2, Verdict.Hold, "IP address not allowed", "Have Laaffic allow the address that this app calls from."),
        new(-10, Verdict.Hold, "balance too low", "Top up the account's balance."),
        new(-13, Verdict.Hold, "user locked", "Have Laaffic unlock the account."),
        new(-16, Verdict.ClockSkew, "timestamp expired", "Set this machine's clock."),
        new(-18, Verdict.Defer, "system error", ""),
        new(-20, Verdict.Exists, "data exists already", "Look the name up in Laaffic's console before anything is submitted again."),
        new(-21, Verdict.Reject, "data failed validation", "Check the campaign's fields against the API's rules."),
        new(-22, Verdict.Reject, "bad parameter", "Check the campaign's fields, the appId first."),
        new(-23, Verdict.Defer, "data limit reached", ""),
        new(-24, Verdict.Reject, "data does not exist", "Check that the agent or script id exists in this account."),
        new(-26, Verdict.Defer, "rate lookup failed", "If it goes on, ask Laaffic whether the account has a rate for these countries."),
        new(-35, Verdict.Reject, "no callee numbers", "Give at least one callee number."),
        new(-37, Verdict.Busy, "too many group-call tasks at once; submit again once some have finished", ""),
        new(-38, Verdict.Reject, "text to convert and language type are required", "Give the agent a text and a language at Laaffic."),
        new(-39, Verdict.Reject, "language type lookup failed", "Check the language of the agent's text at Laaffic."),
        new(-41, Verdict.Exists, "task name exists already", "Look the name up in Laaffic's console before anything is submitted again."),
        new(
            -46,
            Verdict.DailyLimit,
            "long text-to-speech is limited to 5 a day and they are used up",
            "Nothing needs to be done: it is submitted again the next day. For more on one day, ask Laaffic to raise the allowance."
        ),
        new(-53, Verdict.Reject, "the hang-up SMS needs one trigger condition", "Set a trigger condition for the hang-up SMS at Laaffic."),
        new(-54, Verdict.Reject, "wrong task", "Check that the task ids belong to this account and can still be cancelled."),
        new(-60, Verdict.Reject, "AI script template does not exist", "Check the agentId or scriptId."),
        new(
            -68,
            Verdict.Reject,
            "the agent's industry intents and the recall intents do not match",
            "Use the recallIntent codes of the agent's own industry."
        ),
    }.ToFrozenDictionary(status => status.Code);

    private LaafficStatus(int code, Verdict verdict, string vendorText, string advice) =>
        (Code, Verdict, VendorText, Advice) = (code, verdict, vendorText, advice);

    /// <summary>The number, 0 or negative where documented.</summary>
    public int Code { get; }

    /// <summary>What it means for the caller; <see cref="Verdict.Unknown"/> if the number is not documented.</summary>
    public Verdict Verdict { get; }

    /// <summary>The vendor's text for it, in English; empty if the number is not documented.</summary>
    public string VendorText { get; }

    /// <summary>What the user should fix, as a sentence; empty where there is nothing to fix.</summary>
    public string Advice { get; }

    /// <summary>The status with this number; any number will do.</summary>
    /// <param name="code">The number that the API answered.</param>
    public static LaafficStatus Of(int code) => Documented.TryGetValue(code, out var status) ? status : new(code, Verdict.Unknown, "", "");

    /// <summary>For example <c>-10 (balance too low)</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Code} ({(Verdict == Verdict.Unknown ? "not a documented status" : VendorText)})");
}
