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
        get { lock (_gate) return field; }
        set { lock (_gate) field = value; }
    } = 100;

    /// <summary>Whether the user is locked: every request is refused with -13.</summary>
    public bool Locked { get; set; }

    /// <summary>The addresses requests may come from (else status -2); null, the default, for any.</summary>
    public IReadOnlyList<IPAddress>? AllowedAddresses { get; set; }

    /// <summary>How many unfinished tasks there may be (one more is refused with -37); null, the default, for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? MaxTasksAtOnce
    {
        get { lock (_gate) return field; }
        set
        {
            if (value < 0)
                throw new ArgumentOutOfRangeException(nameof(value), value, "The number of tasks at once cannot be negative.");
            lock (_gate)
                field = value;
        }
    }

    /// <summary>
    /// How long a task takes from its start (its <c>sendTime</c>, or when it was accepted) until it is finished;
    /// 30 seconds by default. Holds for tasks already accepted too: zero finishes all that have started.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan TaskDuration
    {
        get { lock (_gate) return field; }
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            lock (_gate)
                field = value;
        }
    } = TimeSpan.FromSeconds(30);

    /// <summary>The agents that exist (others: status -60); null, the default, when any agent id will do.</summary>
    public IReadOnlyList<SimulatedAgent>? Agents { get; set; }
}

/// <summary>An AI agent of the account.</summary>
/// <param name="Id">The id that <c>agentId</c> or <c>scriptId</c> gives.</param>
/// <param name="Industry">The industry whose recall intents it knows (others: status -68); null when it knows all.</param>
/// <param name="Texts">The numbers (1-10) of the texts its template uses; a callee without one of them: status -21.</param>
public sealed record SimulatedAgent(int Id, Industry? Industry = null, params IReadOnlyList<int> Texts);

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
