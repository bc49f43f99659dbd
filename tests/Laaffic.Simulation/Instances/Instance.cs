using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Security.KeyVault.Secrets;
using Azure.Storage.Blobs;
using Laaffic.Campaigns;
using Laaffic.Simulation.Faults;
using Laaffic.Simulation.Time;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Laaffic.Simulation.Instances;

/// <summary>One instance of the app: a process with clients, a clock and an app of its own.</summary>
internal sealed class Instance
{
    public static readonly Uri Vault = new("https://vault.example/");
    public static readonly Uri Blobs = new("http://127.0.0.1:10000/simulated");
    public static readonly Uri Tables = new("http://127.0.0.1:10002/simulated");

    private readonly World _world;
    private readonly IApp _app;
    private readonly CancellationTokenSource _stopping = new();

    public Instance(World world, string name, TimeSpan clockOffset, double clockRate, EarlierRelease? earlier)
    {
        (this._world, Name) = (world, name);
        Process = new ProcessState(world.Scheduler);
        Clock = new InstanceClock(world.Scheduler, Process, clockOffset, clockRate);
        var logs = new FailureLog(world, this);
        var vault = new SecretClient(
            Vault,
            new NoIdentity(),
            Over(
                new VaultLink(world, this),
                new SecretClientOptions { DisableChallengeResourceVerification = true, Retry = { MaxRetries = 2 } }
            )
        );
        var parts = new AppParts(
            new BlobServiceClient(Blobs, Over(new StorageLink(world, this, Target.Blobs), new BlobClientOptions())),
            new TableServiceClient(
                Tables,
                new AzureSasCredential("sig=simulated"),
                Over(new StorageLink(world, this, Target.Tables), new TableClientOptions())
            ),
            new HttpClient(new ApiLink(world, this)) { BaseAddress = new Uri("https://api.example/"), Timeout = Timeout.InfiniteTimeSpan },
            vault,
            Clock,
            logs,
            new Random(world.Random.Next())
        );
        _app = earlier?.NewApp(parts, world.Options) ?? new PresentApp(parts, world.Options);
        IsEarlier = earlier is not null;
    }

    /// <summary>It runs the release before.</summary>
    public bool IsEarlier { get; }

    public string Name { get; }

    public ProcessState Process { get; }

    public InstanceClock Clock { get; }

    /// <summary>Set while a deployment or a scale-in stops it: nothing new comes to it.</summary>
    public DateTimeOffset? StopsAt { get; private set; }

    public DateTimeOffset? StoppedAt { get; private set; }

    public bool WasFrozen { get; set; }

    public bool TakesWork => !Process.IsDead && !Process.IsFrozen && StopsAt is null;

    public bool IsTicking { get; private set; }

    /// <summary>The host asks it to end, and ends it after a while.</summary>
    public void Stop(TimeSpan drain)
    {
        (StoppedAt, StopsAt) = (_world.Now, _world.Now + drain);
        _stopping.Cancel();
        _world.Scheduler.After(
            drain,
            () =>
            {
                _world.Note(this, () => "is gone");
                Process.Kill();
            }
        );
    }

    /// <summary>The blob trigger.</summary>
    public Task<bool> TakeUpAsync(string path) =>
        RunAsync($"event of {path}", cancellationToken => _app.ProcessFileAsync(path, cancellationToken));

    /// <summary>The timer trigger.</summary>
    public async Task TickAsync()
    {
        IsTicking = true;
        var began = _world.Now;
        await RunAsync("tick", _app.RunDueAsync);
        IsTicking = false;
        _world.Watch.Ticked(this, began);
    }

    /// <summary>The HTTP trigger: the status and the body of its answer.</summary>
    public async Task<(int Status, string Body)> PostAsync(byte[] body, string contentType, string? profile)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.ContentType = contentType;
        context.Request.Body = new MemoryStream(body, writable: false);
        if (profile is not null)
        {
            context.Request.QueryString = QueryString.Create("profile", profile);
        }

        (int, string) answer = (500, "");
        await RunAsync(
            "POST",
            async cancellationToken =>
            {
                var result = (ContentResult)await _app.SubmitAsync(context.Request, cancellationToken);
                answer = (result.StatusCode ?? 200, result.Content ?? "");
            }
        );
        return answer;
    }

    /// <summary>A person's word for what became of a task.</summary>
    public Task<bool> ResolveAsync(string taskName, int number, TaskResolution resolution) =>
        RunAsync(
            $"resolving {taskName} {number}",
            cancellationToken => _app.ResolveTaskAsync(taskName, number, resolution, cancellationToken)
        );

    /// <summary>Runs a trigger. False if it failed; never ends if the process dies.</summary>
    private async Task<bool> RunAsync(string what, Func<CancellationToken, Task> trigger)
    {
        try
        {
            await trigger(_stopping.Token);
            return true;
        }
        catch (Exception e)
        {
            _world.Note(this, () => $"{what} failed: {e.GetType().Name} {e.Message.Split('\n')[0]}");
            if (!_stopping.IsCancellationRequested)
            {
                _world.Watch.Failed(this, what, e);
            }

            return false;
        }
    }

    private T Over<T>(HttpMessageHandler link, T options)
        where T : ClientOptions
    {
        options.Transport = new HttpClientTransport(link);
        options.RetryPolicy = new VirtualRetry(Process, options.Retry);
        options.Retry.NetworkTimeout = Timeout.InfiniteTimeSpan; // the link has it, in virtual time
        options.Diagnostics.IsDistributedTracingEnabled = false;
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsTelemetryEnabled = false;
        return options;
    }

    private sealed class NoIdentity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    /// <summary>The app's log: an error of a kind that no outage explains is a finding.</summary>
    private sealed class FailureLog(World world, Instance instance) : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) { }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is LogLevel.Debug or >= LogLevel.Warning || world.KeepsHistory;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            world.Note(
                instance,
                () =>
                    $"log: {formatter(state, exception)}"
                    + $"{(exception is null ? "" : $" [{exception.GetType().Name}: {exception.Message.Split('\n')[0]}]")}"
            );
            if (exception is not null)
            {
                world.Watch.Failed(instance, "the log", exception);
            }
        }

        public void Dispose() { }
    }
}
