using System.Net;

namespace Laaffic.Simulator;

/// <summary>
/// The customer's account as the platform sees it. Every property may be changed, from any thread, while the
/// simulator runs; it holds from the next request on.
/// </summary>
public sealed class SimulatorAccount
{
    private readonly Lock _gate = new();

    /// <summary>The application id that a task's <c>appId</c> must be (else status -24).</summary>
    public string AppId { get; set; } = "2Xql9RBI";

    /// <summary>The <c>Api-Key</c> header that requests must bear (else status -1).</summary>
    public string ApiKey { get; set; } = "bDqJFiq9";

    /// <summary>The secret that requests must be signed with (else status -1).</summary>
    public string ApiSecret { get; set; } = "7bz1lzh9";

    /// <summary>What the account holds. A task is refused with -10 unless it is above 0; tasks cost nothing.</summary>
    public decimal Balance
    {
        get
        {
            lock (_gate)
            {
                return field;
            }
        }
        set
        {
            lock (_gate)
            {
                field = value;
            }
        }
    } = 100;

    /// <summary>Whether the user is locked: every request is refused with -13.</summary>
    public bool Locked { get; set; }

    /// <summary>The addresses requests may come from (else status -2); null, the default, for any.</summary>
    public IReadOnlyList<IPAddress>? AllowedAddresses { get; set; }

    /// <summary>How many unfinished tasks there may be (one more is refused with -37); null, the default, for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? MaxTasksAtOnce
    {
        get
        {
            lock (_gate)
            {
                return field;
            }
        }
        set
        {
            if (value < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The number of tasks at once cannot be negative.");
            }

            lock (_gate)
            {
                field = value;
            }
        }
    }

    /// <summary>
    /// How long a task takes from its start (its <c>sendTime</c>, or when it was accepted) until it is finished;
    /// 30 seconds by default. Holds for tasks already accepted too: zero finishes all that have started.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan TaskDuration
    {
        get
        {
            lock (_gate)
            {
                return field;
            }
        }
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            lock (_gate)
            {
                field = value;
            }
        }
    } = TimeSpan.FromSeconds(30);

    /// <summary>The agents that exist (others: status -60); null, the default, when any agent id will do.</summary>
    public IReadOnlyList<SimulatedAgent>? Agents { get; set; }
}
