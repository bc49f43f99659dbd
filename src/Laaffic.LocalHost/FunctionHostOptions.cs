using Laaffic.Functions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Laaffic.LocalHost;

/// <summary>What a <see cref="FunctionHost"/> runs, and how.</summary>
public sealed record FunctionHostOptions
{
    /// <summary>The app settings. <c>AzureWebJobsStorage</c> is needed by blob functions, and what timers name in <c>%…%</c>.</summary>
    public required IConfiguration Configuration { get; init; }

    /// <summary>Where functions are looked for; the classes of the function app by default.</summary>
    public IReadOnlyCollection<Type> Functions { get; init; } = typeof(FunctionApp).Assembly.GetTypes();

    /// <summary>
    /// Registers what the functions need; what the function app registers by default. A <see cref="TimeProvider"/> and logging are there
    /// already.
    /// </summary>
    public Action<IServiceCollection, IConfiguration> Services { get; init; } =
        static (services, configuration) => services.AddLaafficFunctions(configuration).AddLaafficTelemetry(configuration);

    /// <summary>The TCP port on 127.0.0.1; 0 for any that is free.</summary>
    public int Port { get; init; }

    /// <summary>The clock of the timers and of looking through containers; registered for what the functions need, too.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// The least pause between two looks through a container; a failed blob waits twenty times as long for its next attempt.
    /// </summary>
    public TimeSpan BlobInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Adds log providers; none by default.</summary>
    public Action<ILoggingBuilder> Logging { get; init; } = static _ => { };
}
