using Laaffic.Api;
using Laaffic.Campaigns.Numbers;
using Laaffic.Campaigns.Ticks;

namespace Laaffic.Campaigns;

/// <summary>How campaigns are planned, submitted and retried. Every value has a default.</summary>
public sealed record CampaignOptions
{
    /// <summary>The zone in which Laaffic reads <c>sendTime</c>, and in which <c>{date}</c> and <c>{time}</c> are written.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Callees in one task, 1 to 200,000 (the documented limit of one create call).</summary>
    public int MaxCalleesPerTask { get; init; } = CalleeRules.MaxCalleesPerTask;

    /// <summary>How many due campaigns, or files that no event announced, one tick of the clock works on at once, 1 or more.</summary>
    public int MaxConcurrentCampaigns { get; init; } = 4;

    /// <summary>
    /// How many tasks of one campaign are sent at once while Laaffic takes them, 1 or more. An instance sends no more of all campaigns
    /// together than this or <see cref="MaxConcurrentCampaigns"/>, whichever is more.
    /// </summary>
    public int MaxConcurrentTasks { get; init; } = 4;

    /// <summary>
    /// How long a tick waits at most until it looks again whether a busy Laaffic has room; what comes later is left to the next
    /// tick. Zero: it does not wait.
    /// </summary>
    public TimeSpan WaitsForRoom { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a request that submits a campaign waits for its first run, from the request's beginning; then the work goes on
    /// without it. Azure's front end cuts a request at 230 seconds.
    /// </summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Where campaigns may call. Each may narrow it for itself.</summary>
    public Destinations AllowedCountries { get; init; } = Destinations.All;

    /// <summary>Nobody but these is called, as in a test environment; null: everybody may be.</summary>
    public NumberList? OnlyNumbers { get; init; }

    /// <summary>When the timer is to run, to tell when it does not; null if nobody is to be told.</summary>
    public TickSchedule? TickSchedule { get; init; }

    /// <summary>Wait after a first refusal; doubles with each further one.</summary>
    public TimeSpan InitialDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest wait between two attempts.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a task without <c>expireAt</c> is tried, from the moment it may first be sent.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>After a lost reply: how long Laaffic may take until the query endpoint must know a task that it accepted.</summary>
    public TimeSpan UncertainSettleTime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long nothing is sent after the account was refused as a whole.</summary>
    public TimeSpan HoldDuration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long work on a campaign or task is reserved. One attempt is cut off after four fifths of it.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What one attempt may take: less than the lease, so that it has ended when another worker may take over.</summary>
    internal TimeSpan AttemptTimeout => LeaseDuration * 0.8;
}
