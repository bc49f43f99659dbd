using Laaffic.Simulation.Faults;
using Laaffic.Simulation.Storage;

namespace Laaffic.Simulation.Instances;

/// <summary>The way from one instance to the storage account.</summary>
internal sealed class StorageLink(World world, Instance from, Target target) : HttpMessageHandler
{
    /// <summary>The storage client gives an attempt so long until it has the answer's headers.</summary>
    private static readonly TimeSpan NetworkTimeout = TimeSpan.FromSeconds(100);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var fault = world.Faults.Next(target, world.Now);
        var asked = await HttpConversion.ToStorageAsync(request, cancellationToken);
        world.StorageRequests++;
        var result = await from.Process.WaitAsync<Result>(done => Travel(asked, fault, done), cancellationToken);
        if (result.IsTimeout)
        {
            throw new TaskCanceledException("The attempt took longer than the client's network time-out.");
        }

        if (result.Response is not { } response)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The connection was refused or reset.");
        }

        return HttpConversion.ToHttp(response, request);
    }

    private void Travel(StorageRequest asked, FaultKind fault, Action<Result> done)
    {
        var sentAt = world.Now;
        var (there, back) = (world.Faults.Delay(target, FaultKind.None), world.Faults.Delay(target, FaultKind.None));
        if (fault == FaultKind.Slow)
        {
            if (world.Random.Next(2) == 0)
            {
                there = world.Faults.Delay(target, FaultKind.Slow);
            }
            else
            {
                back = world.Faults.Delay(target, FaultKind.Slow);
            }
        }

        switch (fault)
        {
            case FaultKind.Unreachable:
                world.Note(from, asked, "no connection");
                world.Scheduler.After(there, () => done(new(null)));
                break;
            case FaultKind.Refused:
                var refusal =
                    world.Random.Next(2) == 0 ? StorageMessages.Refusal(503, "ServerBusy") : StorageMessages.Refusal(500, "InternalError");
                world.Note(from, asked, $"{refusal.Status} without effect");
                world.Scheduler.After(there, () => done(new(refusal)));
                break;
            case FaultKind.Swallowed:
                world.Note(from, asked, "swallowed");
                world.Scheduler.After(NetworkTimeout, () => done(new(null, IsTimeout: true)));
                break;
            default:
                world.Scheduler.After(
                    there,
                    () =>
                    {
                        var response = world.Handle(from, asked);
                        if (fault is FaultKind.Repeated)
                        {
                            response = world.Handle(from, asked);
                        }

                        world.Note(from, asked, $"{StorageMessages.StatusOf(response)}{(fault == FaultKind.None ? "" : $", {fault}")}");
                        if (fault is FaultKind.ReplySwallowed)
                        {
                            world.Scheduler.At(sentAt + NetworkTimeout, () => done(new(null, IsTimeout: true)));
                        }
                        else if (world.Now + back > sentAt + NetworkTimeout)
                        {
                            world.Scheduler.At(sentAt + NetworkTimeout, () => done(new(null, IsTimeout: true)));
                        }
                        else
                        {
                            world.Scheduler.After(back, () => done(new(fault is FaultKind.ReplyLost ? null : response)));
                        }
                    }
                );
                break;
        }
    }

    private sealed record Result(StorageResponse? Response, bool IsTimeout = false);
}
