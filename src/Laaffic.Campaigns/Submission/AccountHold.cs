using Laaffic.Campaigns.Ledger;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Submission;

/// <summary>
/// While Laaffic refuses the account as a whole, nothing is sent; once the hold is over, one task is the probe that
/// lifts it or starts it anew.
/// </summary>
internal sealed class AccountHold(CampaignLedger ledger, CampaignOptions options, TimeProvider time, ILogger<AccountHold> log)
{
    /// <summary>
    /// Whether a request may be sent now. A probe's permission prolongs the hold first, so that there is only one probe
    /// at a time, and a probe that dies is followed by another.
    /// </summary>
    public async Task<SendPermission> AskAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var hold = await ledger.FindHoldAsync(ct);
        if (hold is null) return new(Allowed: true, null);
        if (now < hold.Until) return new(Allowed: false, hold);

        hold.Until = now + options.HoldDuration;
        return new(Allowed: await ledger.TryReplaceAsync(hold, ct), hold);
    }

    /// <summary>Laaffic refused the account. Returns until when nothing is sent.</summary>
    public async Task<DateTimeOffset> ImposeAsync(string reason, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var hold = new HoldRow { Since = now, Until = now + options.HoldDuration, Reason = reason };
        if (await ledger.TryAddHoldAsync(hold, ct))
        {
            CampaignTelemetry.CountHold();
            log.LogCritical(
                "The account is on hold until {Until:u}, and all its tasks wait: {Reason} The first task due then is the probe that lifts the hold.",
                hold.Until, CampaignTelemetry.Mask(reason));
            return hold.Until;
        }

        return (await ledger.FindHoldAsync(ct))?.Until ?? hold.Until;
    }

    /// <summary>The probe was answered as by a working account. A hold that is not the probe's any more stays.</summary>
    public async Task LiftAsync(HoldRow hold, CancellationToken ct)
    {
        if (await ledger.TryRemoveHoldAsync(hold, ct)) log.LogWarning("The hold of the account since {Since:u} is lifted.", hold.Since);
    }
}

/// <summary>Whether to send. With a hold and permission, the request is the hold's probe.</summary>
internal sealed record SendPermission(bool Allowed, HoldRow? Hold);
