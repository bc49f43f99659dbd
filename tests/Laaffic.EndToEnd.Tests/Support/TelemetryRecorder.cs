using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Laaffic.EndToEnd.Tests.Support;

/// <summary>Keeps all that apps tell of themselves while it lives: log lines with their exceptions, spans and metrics.</summary>
public sealed class TelemetryRecorder : ILoggerProvider, ILogger
{
    /// <summary>Stands for what triggers the app: the span of a function, of which each trigger has one.</summary>
    public static readonly ActivitySource Triggers = new("Laaffic.EndToEnd.Tests");

    private readonly ConcurrentQueue<string> _lines = [];
    private readonly List<Activity> _spans = [];
    private readonly List<MetricSnapshot> _metrics = [];
    private readonly TracerProvider _tracer;
    private readonly MeterProvider _meter;

    public TelemetryRecorder()
    {
        Logs = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(this));
        _tracer = Sdk.CreateTracerProviderBuilder().AddSource(CampaignTelemetry.Name, Triggers.Name).AddInMemoryExporter(_spans).Build();
        _meter = Sdk.CreateMeterProviderBuilder().AddMeter(CampaignTelemetry.Name).AddInMemoryExporter(_metrics).Build();
    }

    public ILoggerFactory Logs { get; }

    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>The app's own spans, in the order in which they ended.</summary>
    public IReadOnlyList<Activity> Spans => [.. _spans.Where(s => s.Source.Name == CampaignTelemetry.Name)];

    /// <summary>What each instrument stands at: a number, or of a histogram the count, by its tags such as <c>state=accepted</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Metrics()
    {
        _metrics.Clear();
        _meter.ForceFlush();
        Dictionary<string, IReadOnlyDictionary<string, double>> all = [];
        foreach (var metric in _metrics)
        {
            all[metric.Name] = metric.MetricPoints.ToDictionary(
                Tags,
                point =>
                    metric.MetricType switch
                    {
                        MetricType.Histogram => point.GetHistogramCount(),
                        MetricType.DoubleGauge => point.GetGaugeLastValueDouble(),
                        _ => point.GetSumLong(),
                    }
            );
        }

        return all;

        static string Tags(MetricPoint point)
        {
            List<string> tags = [];
            foreach (var (key, value) in point.Tags)
            {
                tags.Add($"{key}={value}");
            }

            return string.Join(",", tags.Order(StringComparer.Ordinal));
        }
    }

    /// <summary>Everything that was told, as text.</summary>
    public string AllText() =>
        string.Join(
            '\n',
            [
                .. _lines,
                .. Spans.Select(s =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{s.OperationName} {s.DisplayName} {s.StatusDescription} {Text(s.TagObjects)} {Text(s.Baggage)} "
                            + $"{string.Join(' ', s.Events.Select(e => $"{e.Name} {Text(e.Tags)}"))} "
                            + $"{string.Join(' ', s.Links.Select(l => Text(l.Tags ?? [])))}"
                    )
                ),
                .. Metrics().Select(m => $"{m.Key} {string.Join(' ', m.Value.Keys)}"),
            ]
        );

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        _lines.Enqueue($"scope {state}");
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) =>
        _lines.Enqueue(
            $"{formatter(state, exception)} {(state is IEnumerable<KeyValuePair<string, object?>> values ? Text(values) : "")} {exception}"
        );

    public void Dispose()
    {
        _tracer.Dispose();
        _meter.Dispose();
    }

    private static string Text<T>(IEnumerable<KeyValuePair<string, T>> tags) => string.Join(' ', tags.Select(t => $"{t.Key}={t.Value}"));
}
