using Azure.Core;
using Azure.Core.Pipeline;

namespace Laaffic.EndToEnd.Tests.Support;

/// <summary>
/// Watches every request that an app sends, to storage and to Laaffic, in their real order, and lets one of them be the
/// last or go wrong. What it counts is what is sent, so an operation added to the app later is covered too.
/// </summary>
public sealed class Outage
{
    private readonly List<string> _operations = [];
    private readonly Func<int, string, bool> _isStruck;
    private readonly OutageKind _kind;

    /// <summary>Strikes one request.</summary>
    /// <param name="at">Which, from 0.</param>
    /// <param name="kind">How.</param>
    public Outage(int at, OutageKind kind) => (_isStruck, _kind) = ((i, _) => i == at, kind);

    /// <summary>Dies before the first request of a kind.</summary>
    public Outage(Func<string, bool> isStruck) => (_isStruck, _kind) = ((_, operation) => isStruck(operation), OutageKind.DeathBefore);

    /// <summary>Nothing goes wrong; the requests are only listed.</summary>
    public static Outage None() => new(int.MaxValue, OutageKind.DeathBefore);

    public IReadOnlyList<string> Operations
    {
        get
        {
            lock (_operations)
            {
                return [.. _operations];
            }
        }
    }

    /// <summary>Whether the outage has come.</summary>
    public bool Struck { get; private set; }

    /// <summary>What it struck.</summary>
    public string Where { get; private set; } = "no outage";

    public HttpPipelinePolicy ForStorage() => new Policy(this);

    public DelegatingHandler ForHttp(HttpMessageHandler inner) => new Handler(this, inner);

    private async ValueTask RunAsync(string operation, Func<ValueTask> send)
    {
        bool strikes;
        lock (_operations)
        {
            // After a death nothing of the process reaches anyone any more.
            if (Struck && _kind != OutageKind.LostAnswer)
            {
                throw new DeadProcessException();
            }

            strikes = !Struck && _isStruck(_operations.Count, operation);
            if (strikes)
            {
                (Struck, Where) = (true, $"{_kind} at operation {_operations.Count}: {operation}");
            }

            _operations.Add(operation);
        }

        if (strikes && _kind == OutageKind.DeathBefore)
        {
            throw new DeadProcessException();
        }

        await send();
        if (strikes)
        {
            throw _kind == OutageKind.DeathAfter ? new DeadProcessException() : new IOException("The connection was reset.");
        }
    }

    private sealed class Policy(Outage outage) : HttpPipelinePolicy
    {
        public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            outage.RunAsync($"{message.Request.Method} {message.Request.Uri.Path}", () => ProcessNextAsync(message, pipeline));

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            throw new NotSupportedException("The app has no business with synchronous requests.");
    }

    private sealed class Handler(Outage outage, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage? response = null;
            await outage.RunAsync(
                $"{request.Method} {request.RequestUri!.AbsolutePath}",
                async () => response = await base.SendAsync(request, cancellationToken)
            );
            return response!;
        }
    }
}
