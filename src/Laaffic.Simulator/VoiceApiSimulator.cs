using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Laaffic.Simulator;

/// <summary>
/// Laaffic's voice API over HTTP, in memory, as strict as its documents, with faults on demand. It is bound to the
/// loopback interface and remembers every task it accepted and every call it received.
/// </summary>
/// <remarks>
/// A create request is judged in this order, and the first that fails is answered: address (-2), key and signature
/// (-1), time-stamp within 5 minutes (-16), locked user (-13); missing, unknown or mistyped fields (-22), broken
/// rules (-21), foreign appId (-24), no callees (-35), more than 200,000 (-23), unknown agent (-60), intents of
/// another or of several industries (-68); then, in one step with accepting, the name (-41), the balance (-10) and
/// the tasks at once (-37). Other endpoints: the same first four, then their own fields, then -54.
/// </remarks>
public sealed class VoiceApiSimulator : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1);

    private readonly SimulatorOptions _options;
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CallLog _calls = new();
    private readonly TaskBook _tasks;
    private readonly ControlSurface _control;
    private long _clockOffset,
        _queryVisibleAfter;

    private VoiceApiSimulator(SimulatorOptions options)
    {
        _options = options;
        ClockOffset = options.ClockOffset;
        QueryVisibleAfter = options.QueryVisibleAfter;
        _tasks = new(options.Account, options.TimeZone, Now);
        _control = new(this);

        // The empty builder reads no environment, files or signals: a simulator does only what its options say.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = null;
                kestrel.Limits.MinRequestBodyDataRate = null;
                kestrel.Listen(IPAddress.Loopback, options.Port);
            });
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    /// <summary>Where it listens: <c>http://127.0.0.1:port/</c>.</summary>
    public Uri BaseAddress { get; private set; } = null!;

    /// <summary>The account, which can be changed at any time.</summary>
    public SimulatorAccount Account => _options.Account;

    /// <summary>The faults to come.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>What the server's clock, and with it the Date header, is ahead of the time it was given; may be negative.</summary>
    public TimeSpan ClockOffset
    {
        get => new(Volatile.Read(ref _clockOffset));
        set => Volatile.Write(ref _clockOffset, value.Ticks);
    }

    /// <summary>How long after it was accepted a task is first found by the query; zero for at once.</summary>
    public TimeSpan QueryVisibleAfter
    {
        get => new(Volatile.Read(ref _queryVisibleAfter));
        set => Volatile.Write(ref _queryVisibleAfter, value.Ticks);
    }

    /// <summary>All tasks accepted so far, in the order they were accepted; a snapshot.</summary>
    public IReadOnlyList<AcceptedTask> AcceptedTasks => _tasks.Tasks;

    /// <summary>All requests received so far except those to <c>/simulator</c>, in order of arrival; a snapshot.</summary>
    public IReadOnlyList<ReceivedCall> Calls => _calls.Calls;

    /// <summary>How many create requests have arrived, answered or not.</summary>
    public int CreateCallsReceived => _calls.Count(ApiEndpoint.Create);

    /// <summary>How many query requests have arrived, answered or not.</summary>
    public int QueryCallsReceived => _calls.Count(ApiEndpoint.Query);

    /// <summary>How many cancel requests have arrived, answered or not.</summary>
    public int CancelCallsReceived => _calls.Count(ApiEndpoint.Cancel);

    /// <summary>How many balance requests have arrived, answered or not.</summary>
    public int BalanceCallsReceived => _calls.Count(ApiEndpoint.Balance);

    /// <summary>Starts a simulator; it serves until it is disposed.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<VoiceApiSimulator> StartAsync(SimulatorOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var simulator = new VoiceApiSimulator(options);
        try
        {
            await simulator._app.StartAsync(cancellationToken);
        }
        catch
        {
            await simulator.DisposeAsync();
            throw;
        }

        var addresses = simulator._app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        simulator.BaseAddress = new(addresses.Addresses.Single());
        return simulator;
    }

    /// <summary>The accepted task of exactly this name; null when there is none.</summary>
    public AcceptedTask? FindTask(string name) => _tasks.Find(name);

    /// <summary>Stops serving. Requests that a fault keeps waiting are closed without an answer.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        using (var patience = new CancellationTokenSource(StopPatience))
        {
            await _app.StopAsync(patience.Token);
        }

        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private DateTimeOffset Now() => _options.Time.GetUtcNow() + ClockOffset;

    private async Task ServeAsync(HttpContext http)
    {
        var arrived = Now();
        http.Response.Headers.Date = HeaderUtilities.FormatDate(arrived);
        if (http.Request.Path.StartsWithSegments("/simulator", StringComparison.Ordinal))
        {
            await (await _control.ServeAsync(http)).SendAsync(http);
            return;
        }

        var endpoint = EndpointOf(http.Request);
        var call = _calls.Add(new(arrived, http.Request.Method, http.Request.Path, endpoint, http.Request.ContentLength));
        Reply? reply;
        try
        {
            reply = endpoint is { } known
                ? await HandleAsync(http, known, arrived, call)
                : Reply.Text(StatusCodes.Status404NotFound, $"The voice API has no {http.Request.Method} {http.Request.Path}.");
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException)
        {
            // The caller went away in the middle of its request, or the simulator is stopping.
            reply = null;
        }

        _calls.Update(call, entry => entry with { HttpStatus = reply?.HttpStatus, Status = reply?.Status, Closed = reply is null });
        if (reply is null)
        {
            http.Abort();
        }
        else
        {
            await reply.SendAsync(http);
        }
    }

    // The vendor shows the voice endpoints both under the host and under its /v3.
    private static ApiEndpoint? EndpointOf(HttpRequest request) =>
        (request.Method, request.Path.Value) switch
        {
            ("POST", "/voice/group/call/send/agent" or "/v3/voice/group/call/send/agent") => ApiEndpoint.Create,
            ("POST", "/voice/group/call/query" or "/v3/voice/group/call/query") => ApiEndpoint.Query,
            ("POST", "/voice/group/call/cancel" or "/v3/voice/group/call/cancel") => ApiEndpoint.Cancel,
            ("GET", "/v3/getBalance") => ApiEndpoint.Balance,
            _ => null,
        };

    /// <summary>Answers a request, faults included; null when the connection is to be closed instead.</summary>
    private async Task<Reply?> HandleAsync(HttpContext http, ApiEndpoint endpoint, DateTimeOffset arrived, int call)
    {
        var fault = Faults.TakeBeforeReading(endpoint);
        Func<Reply>? handle = null;
        if (fault is null)
        {
            (var taskName, handle) = await ReadAsync(http, endpoint, arrived);
            _calls.Update(call, entry => entry with { TaskName = taskName });
            fault = Faults.Take(endpoint, taskName);
        }

        if (fault is null)
        {
            return handle!();
        }

        var truth = fault.AcceptFirst ? handle!() : null;
        // Not ended by the caller's leaving: the platform would not notice either.
        if (fault.Delay > TimeSpan.Zero)
        {
            await Task.Delay(fault.Delay, _options.Time, _stopping.Token);
        }

        return fault.Effect switch
        {
            FaultEffect.None => truth ?? handle!(),
            FaultEffect.Status => Reply.Refused(endpoint, new(fault.Status)),
            FaultEffect.Reply => new(fault.HttpStatus, fault.ContentType, System.Text.Encoding.UTF8.GetBytes(fault.Body)),
            _ => null,
        };
    }

    /// <summary>Reads a request to its end, and judges all of it that does not depend on the tasks there are.</summary>
    /// <returns>The task it is about, and what does the rest and answers.</returns>
    private async Task<(string? TaskName, Func<Reply> Handle)> ReadAsync(HttpContext http, ApiEndpoint endpoint, DateTimeOffset arrived)
    {
        var refusal = Admission.Judge(http.Request.Headers, http.Connection.RemoteIpAddress, Account, arrived);
        if (endpoint is not ApiEndpoint.Balance)
        {
            refusal ??= JudgeContentType(http.Request);
        }

        Func<Reply> Unless(Refusal? own, Func<Reply> handle) =>
            (refusal ?? own) is { } wrong ? () => Reply.Refused(endpoint, wrong) : handle;

        switch (endpoint)
        {
            case ApiEndpoint.Create:
                var reader = new CreateRequestReader(Account, _options.RememberTexts);
                var create = await reader.ReadAsync(http.Request.BodyReader, http.RequestAborted);
                return (create.TaskName, Unless(create.Refusal, () => Create(create)));
            case ApiEndpoint.Balance:
                return (null, Unless(null, () => Reply.Balance(Account.Balance)));
        }

        if (endpoint is ApiEndpoint.Query)
        {
            var (query, unreadable) = await ReadSmallAsync(http, QueryRequest.Judge);
            return (query?.Search, Unless(unreadable ?? query!.Refusal, () => Reply.Found(query!.Answer(VisibleTasks(), _tasks.Local))));
        }

        var (cancel, noCancel) = await ReadSmallAsync(http, CancelRequest.Judge);
        return (null, Unless(noCancel ?? cancel!.Refusal, () => Cancel(cancel!)));
    }

    private Reply Create(CreateRequest request)
    {
        var (task, refusal) = _tasks.Accept(request);
        if (task is null)
        {
            return Reply.Refused(ApiEndpoint.Create, refusal!);
        }

        _options.OnAccepted?.Invoke(task);
        return Reply.Created(task.KeyId);
    }

    private Reply Cancel(CancelRequest request) =>
        _tasks.Cancel(request.KeyIds) is { } refusal ? Reply.Refused(ApiEndpoint.Cancel, refusal) : Reply.Cancelled();

    private IEnumerable<AcceptedTask> VisibleTasks()
    {
        var newest = Now() - QueryVisibleAfter;
        return _tasks.Tasks.Where(task => task.SubmittedAt <= newest);
    }

    private static Refusal? JudgeContentType(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && type.Charset.Equals("UTF-8", StringComparison.OrdinalIgnoreCase)
            ? null
            : new(-22, "Content-Type must be application/json;charset=UTF-8");

    private static async Task<(T? Request, Refusal? Unreadable)> ReadSmallAsync<T>(HttpContext http, Func<JsonElement, T> judge)
        where T : class
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(
                http.Request.Body,
                new() { AllowDuplicateProperties = false },
                http.RequestAborted
            );
            return (judge(document.RootElement), null);
        }
        catch (Exception wrong) when (CreateRequestReader.WhyUnreadable(wrong) is not null)
        {
            return (null, new(-22, CreateRequestReader.WhyUnreadable(wrong)));
        }
    }
}
