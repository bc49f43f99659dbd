using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace Laaffic.LocalHost;

/// <summary>Writes each log entry as one line to standard error; exceptions by their message only, unless all of it is wanted.</summary>
/// <param name="output">Standard error.</param>
/// <param name="verbose">Shows exceptions in full.</param>
internal sealed class LineLoggerProvider(IAnsiConsole output, bool verbose) : ILoggerProvider
{
    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new LineLogger(categoryName, output, verbose);

    /// <inheritdoc />
    public void Dispose() { }

    private sealed class LineLogger(string category, IAnsiConsole output, bool verbose) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            var level = logLevel switch
            {
                LogLevel.Critical or LogLevel.Error => "error",
                LogLevel.Warning => "warning",
                _ => "info",
            };
            var reason = exception is null || verbose ? "" : $" {exception.GetType().Name}: {exception.Message}";
            var text = $"{level}: {category[(category.LastIndexOf('.') + 1)..]}: {formatter(state, exception)}{reason}".ReplaceLineEndings(
                " "
            );
            output.WritePlainLines([
                text,
                .. verbose && exception is not null ? exception.ToString().ReplaceLineEndings("\n").Split('\n') : [],
            ]);
        }
    }
}
