namespace Laaffic.Simulator;

/// <summary>
/// How a <see cref="VoiceApiSimulator"/> starts. The defaults are an account that accepts everything the documents allow.
/// </summary>
public sealed record SimulatorOptions
{
    /// <summary>The loopback port to listen on; 0, the default, takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>The one account the simulator serves. It can be changed while the simulator runs.</summary>
    public SimulatorAccount Account { get; init; } = new();

    /// <summary>The clock behind time-stamps, task durations and the delays of faults; the system's by default.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Initial value of <see cref="VoiceApiSimulator.ClockOffset"/>.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>Initial value of <see cref="VoiceApiSimulator.QueryVisibleAfter"/>.</summary>
    public TimeSpan QueryVisibleAfter { get; init; }

    /// <summary>
    /// The zone of <c>sendTime</c> and of the query's times, none of which the documents give a zone for.
    /// UTC+8 by default: not UTC, so that a client that relies on UTC is found out.
    /// </summary>
    public TimeZoneInfo TimeZone { get; init; } =
        TimeZoneInfo.CreateCustomTimeZone("UTC+08:00", TimeSpan.FromHours(8), "UTC+08:00", "UTC+08:00");

    /// <summary>
    /// Whether callees' texts are remembered as well as their numbers (about the size of the request) or
    /// only the numbers (8 bytes a callee). True by default.
    /// </summary>
    public bool RememberTexts { get; init; } = true;

    /// <summary>Called once for each accepted task, before the request is answered; must not block for long.</summary>
    public Action<AcceptedTask>? OnAccepted { get; init; }
}
