using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>
/// Whether a task may be sent now, for the whole account and all instances. While Laaffic is busy only whose turn it is may
/// (see <see cref="SendQueue"/>). Beside that it is a durable circuit breaker with a half-open probe.
/// It is closed to sending while Laaffic refuses the account (a hold, of <see cref="CampaignOptions.HoldDuration"/>) and
/// while Laaffic cannot be reached or fails (a breaker, short at first and longer with each probe that fails). When its time
/// is over one task is the probe; the others wait for its outcome and not for another closure.
/// </summary>
internal sealed class AccountCircuitBreaker(
    AccountLedger ledger,
    AccountCapacity capacity,
    CampaignOptions options,
    Backoff backoff,
    TimeProvider time,
    ILogger<AccountCircuitBreaker> log
)
{
    /// <summary>How soon whoever found a probe under way looks again.</summary>
    private static readonly TimeSpan ProbeTakes = TimeSpan.FromSeconds(15);

    // A time beyond that was set by a clock that was far ahead, and must not keep everything from being sent until then.
    private TimeSpan Longest => 2 * (options.HoldDuration + options.MaxDelay + options.LeaseDuration);

    // An open circuit closes at that time at the soonest, whatever instance closes it: until then nobody need ask the ledger.
    private long _openUntilTicks;

    /// <summary>Whether the circuit is known to be open without asking the ledger.</summary>
    public bool IsKnownOpen => time.GetUtcNow().UtcTicks < Volatile.Read(ref _openUntilTicks);

    /// <summary>Asks for the permit to send one task. A probe's must be answered by one of the other members.</summary>
    /// <param name="hasTurn">Whether it is the first in the queue.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<SendPermit> AcquireAsync(bool hasTurn, CancellationToken cancellationToken)
    {
        if (!hasTurn && await capacity.FindAsync(cancellationToken) is not null)
        {
            return new(IsAllowed: false, null, time.GetUtcNow(), IsBusy: true);
        }

        while (true)
        {
            var now = time.GetUtcNow();
            var circuit = await ledger.FindCircuitAsync(cancellationToken);
            if (circuit is null)
            {
                return new(IsAllowed: true, null, default);
            }

            if (now < circuit.Until && circuit.Until < now + Longest)
            {
                return Denied(circuit, circuit.Until);
            }

            if (circuit.ProbeUntil > now && circuit.ProbeUntil < now + Longest)
            {
                return Denied(circuit, Sooner(circuit.ProbeUntil.Value, now + ProbeTakes));
            }

            // The reservation is a lease: a probe that dies is followed by another.
            if (await ledger.TryReplaceAsync(circuit with { ProbeUntil = now + options.LeaseDuration }, cancellationToken) is { } probe)
            {
                return new(IsAllowed: true, probe, default);
            }
        }
    }

    /// <summary>The answer was one that a working account gets. A circuit that was opened anew since the probe began stays open.</summary>
    public async Task RecordSuccessAsync(SendPermit permit, CancellationToken cancellationToken)
    {
        if (permit.Probe is not { } probe || !await ledger.TryCloseCircuitAsync(probe, cancellationToken))
        {
            return;
        }

        Volatile.Write(ref _openUntilTicks, 0);
        log.AccountReleased(NameOf(probe.Kind), probe.Since);
    }

    /// <summary>The probe was not sent, or told nothing about the account: another one may be made.</summary>
    public async Task ReleaseProbeAsync(SendPermit permit, CancellationToken cancellationToken)
    {
        if (permit.Probe is { } probe)
        {
            await ledger.TryReplaceAsync(probe with { ProbeUntil = null }, cancellationToken);
        }
    }

    /// <summary>Laaffic refused the account, or did not do its part. Returns until when nothing is sent.</summary>
    /// <param name="kind">Which of the two.</param>
    /// <param name="reason">The reason for people.</param>
    /// <param name="permit">With which the request was sent.</param>
    /// <param name="atLeast">What Laaffic asked to wait, if it did.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<DateTimeOffset> TripAsync(
        CircuitKind kind,
        string reason,
        SendPermit permit,
        TimeSpan? atLeast,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var standing = await ledger.FindCircuitAsync(cancellationToken);
            var next = Next(standing, kind, reason, permit, atLeast);
            if (next == standing)
            {
                return next.Until;
            }

            if (
                (
                    standing is null
                        ? await ledger.TryOpenCircuitAsync(next, cancellationToken)
                        : await ledger.TryReplaceAsync(next, cancellationToken)
                )
                is not { } written
            )
            {
                continue;
            }

            Volatile.Write(ref _openUntilTicks, written.Until.UtcTicks);
            LogChange(standing, written);
            return written.Until;
        }
    }

    private CircuitRow Next(CircuitRow? standing, CircuitKind kind, string reason, SendPermit permit, TimeSpan? atLeast)
    {
        var now = time.GetUtcNow();
        var trips = 1 + (standing?.Trips ?? 0);
        var until = now + (kind == CircuitKind.Hold ? options.HoldDuration : backoff.After(trips, atLeast, options.HoldDuration));
        if (standing is null)
        {
            return new CircuitRow
            {
                Since = now,
                Until = until,
                Reason = reason,
                Kind = kind,
                Trips = trips,
            };
        }

        // A probe has failed, or somebody was let through before the circuit was opened and was answered after it fell due.
        if (standing.ETag == permit.Probe?.ETag || now >= standing.Until)
        {
            return standing with
            {
                Until = until,
                Reason = reason,
                Kind = kind,
                Trips = trips,
                ProbeUntil = null,
                Since = kind == standing.Kind ? standing.Since : now,
            };
        }

        // Others were under way when it was closed: they make it no longer, but a refused account is worse news than a failure.
        return (kind, standing.Kind) switch
        {
            (CircuitKind.Hold, CircuitKind.Breaker) => standing with
            {
                Since = now,
                Until = until,
                Reason = reason,
                Kind = kind,
                ProbeUntil = null,
            },
            (CircuitKind.Hold, CircuitKind.Hold) => standing with { Reason = reason },
            _ => standing,
        };
    }

    private void LogChange(CircuitRow? before, CircuitRow circuit)
    {
        var reason = LogText.Mask(circuit.Reason);
        if (circuit.Kind == CircuitKind.Breaker)
        {
            log.AccountPaused(circuit.Until, reason);
        }
        else if (before?.Kind != CircuitKind.Hold)
        {
            CampaignTelemetry.CountHold();
            log.AccountOnHold(circuit.Until, reason);
        }
    }

    private SendPermit Denied(CircuitRow circuit, DateTimeOffset notBefore)
    {
        Volatile.Write(ref _openUntilTicks, notBefore.UtcTicks);
        return new(IsAllowed: false, null, notBefore);
    }

    private static DateTimeOffset Sooner(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static string NameOf(CircuitKind kind) => kind == CircuitKind.Hold ? "The hold" : "The circuit breaker";
}
