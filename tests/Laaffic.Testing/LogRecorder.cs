using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Laaffic.Testing;

/// <summary>Keeps what is logged.</summary>
public sealed class LogRecorder : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = [];

    /// <summary>All lines, each with its exception.</summary>
    public IReadOnlyList<string> Lines => [.. _lines.Select(line => line.Text)];

    /// <summary>How many lines there are of a level.</summary>
    public int Count(LogLevel level) => _lines.Count(line => line.Level == level);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => _lines.Enqueue((logLevel, exception is null ? formatter(state, null) : $"{formatter(state, exception)} {exception}"));

    public void Dispose() { }
}
