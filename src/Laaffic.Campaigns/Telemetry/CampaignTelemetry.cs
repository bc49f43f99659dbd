using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Reports;

namespace Laaffic.Campaigns.Telemetry;

/// <summary>
/// What the app tells of itself: a trace for each campaign and the metrics, both by the name <c>Laaffic.Campaigns</c>.
/// Nothing here, and nothing in the log, holds a callee's number, a text or a secret.
/// </summary>
public static class CampaignTelemetry
{
    /// <summary>The name of the activity source and of the meter, to be named to an exporter.</summary>
    public const string Name = "Laaffic.Campaigns";

    /// <summary>How long the last tick's word on deferred tasks counts: by then the timer may run in another instance.</summary>
    private static readonly TimeSpan TickCountsFor = TimeSpan.FromMinutes(15);

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static Tick? _lastTick;

    private static readonly Counter<long> Campaigns = Meter.CreateCounter<long>(
        "laaffic.campaigns",
        "{campaign}",
        "Campaigns that settled, by their report's state."
    );

    private static readonly Counter<long> Callees = Meter.CreateCounter<long>(
        "laaffic.callees",
        "{callee}",
        "Callees of campaigns that settled: accepted, rejected, duplicate, or not submitted."
    );

    private static readonly Counter<long> Tasks = Meter.CreateCounter<long>(
        "laaffic.tasks.settled",
        "{task}",
        "Tasks that were accepted, were rejected or expired."
    );

    private static readonly Counter<long> Holds = Meter.CreateCounter<long>(
        "laaffic.account.holds",
        "{hold}",
        "How often the account was put on hold."
    );

    private static readonly Counter<long> Schedules = Meter.CreateCounter<long>(
        "laaffic.schedules",
        "{occurrence}",
        "Occurrences of schedules, by what became of them (made, missed, list_missing, …), and wrong_file for each wrong schedule file."
    );

    private static readonly Counter<long> RefusedRequests = Meter.CreateCounter<long>(
        "laaffic.api.refused",
        "{request}",
        "Creates of a task that Laaffic answered with a refusal."
    );

    private static readonly Counter<long> RefusedBytes = Meter.CreateCounter<long>(
        "laaffic.api.refused_bytes",
        "By",
        "The request bodies of those."
    );

    private static readonly Histogram<double> ApiDuration = Meter.CreateHistogram(
        "laaffic.api.duration",
        "s",
        "How long a call of Laaffic's API took, the stored body's way included.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 240] }
    );

    static CampaignTelemetry()
    {
        Meter.CreateObservableGauge(
            "laaffic.tasks.oldest_deferred",
            () => OfLastTick(t => t.Now.TotalSeconds),
            "s",
            "For how long the task that is deferred or stands in line longest, or the file that waits longest for the secrets, has "
                + "waited, at the timer's last tick."
        );
        Meter.CreateObservableGauge(
            "laaffic.queue.length",
            () => OfLastTick(t => t.InLine),
            "{campaign}",
            "How many campaigns stand in line because Laaffic is busy, at the timer's last tick."
        );
        Meter.CreateObservableGauge(
            "laaffic.queue.oldest",
            () => OfLastTick(t => t.OldestInLine.TotalSeconds),
            "s",
            "For how long the campaign that became ready first has stood in line, at the timer's last tick."
        );
        Meter.CreateObservableGauge(
            "laaffic.tasks.running",
            () => OfLastTick(t => t.Running),
            "{task}",
            "How many tasks Laaffic has, while it is busy."
        );
    }

    /// <summary>A campaign, or a file that is none, came to its end: counted by what its report says.</summary>
    internal static void CountSettled(CampaignReport report)
    {
        Campaigns.Add(1, State(report.State));
        Count("accepted", report.Counts.Accepted);
        Count("rejected", report.Counts.Rejected);
        Count("duplicate", report.Counts.Duplicate);
        Count("suppressed", report.Counts.Suppressed);
        Count("not_submitted", report.Counts.NotSubmitted);

        static void Count(string state, long callees)
        {
            if (callees > 0)
            {
                Callees.Add(callees, State(state));
            }
        }
    }

    internal static void CountSettled(TaskState state) => Tasks.Add(1, State(state.ToString().ToLowerInvariant()));

    internal static void CountOccurrence(OccurrenceState state) =>
        Schedules.Add(1, State(JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString())));

    internal static void CountWrongSchedule() => Schedules.Add(1, State("wrong_file"));

    internal static void CountHold() => Holds.Add(1);

    /// <summary>Laaffic has refused a task, with all of its body.</summary>
    internal static void CountRefused(long bytes)
    {
        RefusedRequests.Add(1);
        RefusedBytes.Add(bytes);
    }

    /// <summary>How many tasks Laaffic has, as its list just told; null if it did not.</summary>
    internal static void RecordRunning(int? running)
    {
        if (Volatile.Read(ref _lastTick) is { } tick)
        {
            tick.Running = running;
        }
    }

    internal static void RecordCall(string endpoint, string outcome, TimeSpan duration) =>
        ApiDuration.Record(duration.TotalSeconds, new("endpoint", endpoint), new("outcome", outcome));

    /// <summary>The timer has looked at all due work, and works on it until the result is disposed.</summary>
    /// <param name="oldest">How long the longest deferred task or file has been so; zero if none is.</param>
    /// <param name="inLine">How many campaigns wait because Laaffic is busy.</param>
    /// <param name="oldestInLine">For how long the first of them has been ready.</param>
    /// <param name="running">How many tasks Laaffic has, if it is busy and that is known.</param>
    internal static IDisposable RecordTick(TimeSpan oldest, int inLine, TimeSpan oldestInLine, int? running)
    {
        var tick = new Tick(oldest)
        {
            InLine = inLine,
            OldestInLine = oldestInLine,
            Running = running,
        };
        Volatile.Write(ref _lastTick, tick);
        return tick;
    }

    /// <summary>The first span of a campaign's trace: a file or a request is taken up.</summary>
    internal static Activity? StartCampaign(string source) => StartApart("campaign", default)?.SetTag("laaffic.source", source);

    /// <summary>A run of work, whoever triggered it, in the trace of its campaign.</summary>
    internal static Activity? StartRun(CampaignRow campaign)
    {
        ActivityContext.TryParse(campaign.TraceParent, null, isRemote: true, out var began);
        return StartApart("campaign.round", began)?.SetTag("laaffic.campaign", campaign.TaskName);
    }

    internal static Activity? StartPlan() => Source.StartActivity("campaign.plan");

    internal static Activity? StartTask(TaskRow task) =>
        Source.StartActivity("task")?.SetTag("laaffic.task", task.Name).SetTag("laaffic.callees", task.Callees);

    internal static Activity? StartAttempt(TaskRow task) =>
        Source
            .StartActivity("task.attempt", ActivityKind.Client)
            ?.SetTag("laaffic.task", task.Name)
            .SetTag("laaffic.attempt", task.Attempts);

    internal static Activity? StartLookup(TaskRow task) =>
        Source
            .StartActivity("task.lookup", ActivityKind.Client)
            ?.SetTag("laaffic.task", task.Name)
            .SetTag("laaffic.attempt", task.Attempts);

    /// <summary>What a call came to; an <paramref name="error"/> is masked.</summary>
    internal static void SetOutcome(this Activity? span, string outcome, string? error)
    {
        span?.SetTag("laaffic.outcome", outcome);
        if (error is not null)
        {
            span?.SetStatus(ActivityStatusCode.Error, LogText.Mask(error));
        }
    }

    /// <summary>To be kept with a campaign, so that its later rounds join its trace; null when it is not traced.</summary>
    internal static string? TraceParent => Activity.Current is { Source.Name: Name } span ? span.Id : null;

    /// <summary>A verdict as a tag's value: <c>fix_credentials</c>.</summary>
    internal static string Tag(Verdict verdict) => JsonNamingPolicy.SnakeCaseLower.ConvertName(verdict.ToString());

    // A campaign outlives what triggers it, and one tick works on many: so its trace is its own, with a link to the trigger.
    private static Activity? StartApart(string name, ActivityContext parent)
    {
        var trigger = Activity.Current;
        var links = trigger is null || trigger.TraceId == parent.TraceId ? null : new[] { new ActivityLink(trigger.Context) };
        Activity.Current = null; // without a parent, the current one would be it
        var span = Source.StartActivity(name, ActivityKind.Internal, parent, links: links);
        if (span is null)
        {
            Activity.Current = trigger;
        }

        return span;
    }

    private static IEnumerable<Measurement<double>> OfLastTick(Func<Tick, double?> value) =>
        Volatile.Read(ref _lastTick) is { Counts: true } tick && value(tick) is { } measured ? [new(measured)] : [];

    private static KeyValuePair<string, object?> State(string state) => new("state", state);

    /// <summary>
    /// What a tick says: for a while after it has ended, and for as long as it takes, so that one that is stuck is not silent.
    /// </summary>
    private sealed class Tick(TimeSpan oldest) : IDisposable
    {
        private readonly long _at = Stopwatch.GetTimestamp();
        private bool _ended;

        public bool Counts => !Volatile.Read(ref _ended) || Stopwatch.GetElapsedTime(_at) < TickCountsFor;

        public TimeSpan Now => !Volatile.Read(ref _ended) && oldest > TimeSpan.Zero ? oldest + Stopwatch.GetElapsedTime(_at) : oldest;

        public int InLine { get; init; }

        public TimeSpan OldestInLine { get; init; }

        public int? Running { get; set; }

        public void Dispose() => Volatile.Write(ref _ended, true);
    }
}
