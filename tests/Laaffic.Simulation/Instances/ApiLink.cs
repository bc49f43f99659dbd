using System.Net;
using System.Text;
using Laaffic.Simulation.Api;
using Laaffic.Simulation.Faults;

namespace Laaffic.Simulation.Instances;

/// <summary>
/// The way from one instance to the API. A body takes its time, and counts as received only when all of it has arrived;
/// from then on the request takes effect whatever becomes of its sender.
/// </summary>
internal sealed class ApiLink(World world, Instance from) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var isCreate = path.EndsWith("send/agent", StringComparison.Ordinal);
        var beganAt = world.Now;
        var fault = world.Faults.Next(Target.Api, world.Now, isCreate);
        if (isCreate)
        {
            world.Watch.CreateBegins(from);
        }

        if (fault == FaultKind.Unreachable)
        {
            world.Note(from, () => $"{path} -> no connection");
            await from.Process.DelayAsync(TimeSpan.FromSeconds(world.Random.Next(2) == 0 ? 0.01 : 10), cancellationToken);
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The connection was refused.");
        }

        var answer = new PendingAnswer<Reply>(from.Process);
        Call? call = null;
        var body = new ArrivingBody(
            from,
            request.Content!.Headers.ContentLength ?? 0,
            BodyDelay(fault),
            bytes =>
            {
                call = new Call(path, isCreate, Header(request, "Api-Key"), Header(request, "Timestamp"), bytes);
                Travel(call, fault, answer.Give);
            }
        );
        try
        {
            await request.Content.CopyToAsync(body, cancellationToken);
            var reply = await answer.WaitAsync(cancellationToken);
            return reply.Answer is { } got
                ? ResponseOf(got)
                : throw new HttpRequestException(HttpRequestError.ResponseEnded, "The connection was reset.");
        }
        catch (Exception e) when (e is not HttpRequestException)
        {
            world.Note(
                from,
                () =>
                    $"{path} {call?.Name} given up "
                    + $"{(call is null ? "before its body was complete" : "while waiting for its answer")}: {e.Message}"
            );
            if (isCreate)
            {
                world.Watch.CreateGivenUp(from, call, beganAt);
            }

            throw;
        }
    }

    private TimeSpan BodyDelay(FaultKind fault) =>
        fault == FaultKind.Slow && world.Random.Next(2) == 0 ? world.Faults.Delay(Target.Api, FaultKind.Slow) : TimeSpan.Zero;

    private void Travel(Call call, FaultKind fault, Action<Reply> done)
    {
        var (there, back) = (world.Faults.Delay(Target.Api, FaultKind.None), world.Faults.Delay(Target.Api, fault));
        switch (fault)
        {
            case FaultKind.Refused:
                Answer(
                    new(
                        world.Random.Next(3) switch
                        {
                            0 => 500,
                            1 => 502,
                            _ => 503,
                        },
                        "<html>unavailable</html>",
                        IsJson: false
                    )
                );
                break;
            case FaultKind.TooMany:
                Answer(new(429, "slow down", IsJson: false));
                break;
            case FaultKind.Firewall:
                Answer(
                    new(
                        world.Random.Next(4) switch
                        {
                            0 => 401,
                            1 => 403,
                            2 => 404,
                            _ => 405,
                        },
                        "<html>not here</html>",
                        IsJson: false
                    )
                );
                break;
            case FaultKind.Swallowed:
                world.Note(from, () => $"{call.Path} {call.Name} ({call.Callees} callees) swallowed");
                // Some proxy gives up at last; usually the sender does before.
                world.Scheduler.After(TimeSpan.FromMinutes(20), () => done(new(null)));
                break;
            default:
                world.Scheduler.After(
                    there,
                    () =>
                    {
                        var answer = Handle(call);
                        if (fault is FaultKind.Repeated)
                        {
                            answer = Handle(call);
                        }

                        if (fault is FaultKind.RepeatedLater)
                        {
                            world.Scheduler.After(TimeSpan.FromSeconds(world.Random.Next(1, 60)), () => world.HandleAgain(call));
                        }

                        if (fault is FaultKind.ReplySwallowed)
                        {
                            world.Note(from, () => $"{call.Path} {call.Name} ({call.Callees} callees) -> {answer.Body}, reply swallowed");
                            world.Scheduler.After(TimeSpan.FromMinutes(20), () => done(new(null)));
                            return;
                        }

                        ApiAnswer? seen = fault switch
                        {
                            FaultKind.ReplyLost => null,
                            FaultKind.ErrorThoughDone => new(504, "<html>gateway timeout</html>", IsJson: false),
                            _ => answer,
                        };
                        world.Note(
                            from,
                            () =>
                                $"{call.Path} {call.Name} ({call.Callees} callees) -> "
                                + $"{Short(answer)}{(fault == FaultKind.None ? "" : $", {fault}")}"
                        );
                        world.Scheduler.After(back, () => done(new(seen)));
                    }
                );
                break;
        }

        void Answer(ApiAnswer answer)
        {
            world.Note(from, () => $"{call.Path} {call.Name} -> HTTP {answer.Http} without effect");
            world.Scheduler.After(there + back, () => done(new(answer)));
        }
    }

    private ApiAnswer Handle(Call call) => world.Handle(call);

    private static string Short(ApiAnswer answer) => answer.Body.Length <= 300 ? answer.Body : answer.Body[..300];

    private HttpResponseMessage ResponseOf(ApiAnswer answer)
    {
        var response = new HttpResponseMessage((HttpStatusCode)answer.Http)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(answer.Body)),
        };
        response.Content.Headers.ContentType = new(answer.IsJson ? "application/json" : "text/html");
        response.Headers.Date = world.Now;
        return response;
    }

    private static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? values.First() : null;

    private sealed record Reply(ApiAnswer? Answer);

    /// <summary>What has arrived of a body. Whatever the sender does after the last byte, the whole is on its way.</summary>
    private sealed class ArrivingBody(Instance from, long length, TimeSpan delay, Action<byte[]> whole) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            if (Length == length)
            {
                whole(ToArray());
            }

            if (delay > TimeSpan.Zero)
            {
                await from.Process.DelayAsync(delay, cancellationToken);
            }
        }

        public override async Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            await WriteAsync(buffer.AsMemory(offset, count), cancellationToken);
    }
}
