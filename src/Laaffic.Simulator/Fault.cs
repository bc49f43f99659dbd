namespace Laaffic.Simulator;

/// <summary>
/// Something that goes wrong at the platform. Faults are switched on with <see cref="FaultPlan.Add"/>; each
/// request takes at most one.
/// </summary>
public sealed record Fault
{
    /// <summary>What happens.</summary>
    public required FaultEffect Effect { get; init; }

    /// <summary>The endpoint it happens at: create unless said otherwise; null for all.</summary>
    public ApiEndpoint? Endpoint { get; init; } = ApiEndpoint.Create;

    /// <summary>The exact name of the task it happens to (a create's taskName, a query's searchCondition); null for all.</summary>
    public string? TaskName { get; init; }

    /// <summary>How many requests it happens to: 1 unless said otherwise; null for all that come.</summary>
    public int? Times { get; init; } = 1;

    /// <summary>
    /// Whether the request is handled first as if there were no fault, so that a task without mistakes is
    /// accepted, and only its answer is spoilt. False: the request has no effect.
    /// With <see cref="FaultEffect.None"/> it says which of handling and <see cref="Delay"/> comes first.
    /// </summary>
    public bool AcceptFirst { get; init; }

    /// <summary>
    /// How long the request is kept waiting, by the simulator's <see cref="SimulatorOptions.Time"/>. It goes on
    /// even if the caller has gone: a task may so be accepted after its caller's time-out.
    /// </summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The API status that <see cref="FaultEffect.Status"/> answers, such as -37.</summary>
    public int Status { get; init; }

    /// <summary>The HTTP status that <see cref="FaultEffect.Reply"/> answers, 200-599.</summary>
    public int HttpStatus { get; init; } = 200;

    /// <summary>The body that <see cref="FaultEffect.Reply"/> answers; empty by default.</summary>
    public string Body { get; init; } = "";

    /// <summary>The content type of <see cref="Body"/>.</summary>
    public string ContentType { get; init; } = "application/json;charset=UTF-8";

    /// <summary>Answers an API status without accepting; use <c>with</c> for anything else.</summary>
    public static Fault Answer(int status) => new() { Effect = FaultEffect.Status, Status = status };

    /// <summary>Answers an HTTP status with a body of the given content type without accepting.</summary>
    public static Fault Reply(int httpStatus, string body = "", string contentType = "application/json;charset=UTF-8") =>
        new()
        {
            Effect = FaultEffect.Reply,
            HttpStatus = httpStatus,
            Body = body,
            ContentType = contentType,
        };

    /// <summary>Closes the connection without an answer, after having accepted or without accepting.</summary>
    public static Fault Close(bool acceptFirst) => new() { Effect = FaultEffect.Close, AcceptFirst = acceptFirst };

    /// <summary>Closes the connection before the body was read.</summary>
    public static Fault CloseBeforeReading() => new() { Effect = FaultEffect.CloseBeforeReading };

    /// <summary>Answers truly but late, the task accepted before or after the delay.</summary>
    public static Fault Late(TimeSpan delay, bool acceptFirst) =>
        new()
        {
            Effect = FaultEffect.None,
            Delay = delay,
            AcceptFirst = acceptFirst,
        };

    /// <summary>Says what makes this fault impossible; null when nothing does.</summary>
    internal string? Mistake() =>
        this switch
        {
            _ when !Enum.IsDefined(Effect) => "effect: there is no such effect",
            { Endpoint: { } endpoint } when !Enum.IsDefined(endpoint) => "endpoint: there is no such endpoint",
            { Times: < 1 } => "times: must be at least 1, or null for ever",
            { Delay.Ticks: < 0 } => "delay: cannot be negative",
            { Delay.TotalDays: > 1 } => "delay: cannot be above a day",
            { HttpStatus: < 200 or > 599 } => "httpStatus: must be 200-599",
            { Body: null } or { ContentType: null } => "body, contentType: cannot be null",
            { Effect: FaultEffect.None, Delay.Ticks: 0 } => "delay: missing, and without it the effect None does nothing",
            { Effect: FaultEffect.CloseBeforeReading, TaskName: not null } => "taskName: is not known before the body was read",
            { Effect: FaultEffect.CloseBeforeReading, AcceptFirst: true } => "acceptFirst: impossible before the body was read",
            _ => null,
        };
}
