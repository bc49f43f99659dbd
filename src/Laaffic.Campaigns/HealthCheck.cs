using Azure;
using Azure.Storage.Blobs;
using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Telemetry;
using Laaffic.Campaigns.Ticks;
using Microsoft.Extensions.DependencyInjection;

namespace Laaffic.Campaigns;

/// <summary>Looks whether the app can do its work.</summary>
internal sealed class HealthCheck(
    StoragePreparation storage,
    [FromKeyedServices(Containers.Campaigns)] BlobContainerClient campaigns,
    AccountLedger ledger,
    TickMonitor timer,
    CredentialsProvider credentials,
    TimeProvider time
)
{
    /// <summary>Whoever asks does not wait for all that the storage clients try.</summary>
    private static readonly TimeSpan StorageTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Never throws for what is wrong.</summary>
    public async Task<HealthReport> CheckAsync(CancellationToken cancellationToken)
    {
        string? storageFault = null,
            timerFault = null,
            credentialsFault = null,
            hold = null;
        using var timeout = new CancellationTokenSource(StorageTimeout, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await storage.PrepareAsync(ending.Token);
            await campaigns.ExistsAsync(ending.Token);
            timerFault = await timer.FindFaultAsync(ending.Token);
            if (await ledger.FindCircuitAsync(ending.Token) is { } circuit)
            {
                hold =
                    $"{(circuit.Kind == CircuitKind.Hold ? "on hold" : "paused")} since {circuit.Since:u}, tried again at "
                    + $"{circuit.Until:u}: {LogText.Mask(circuit.Reason)}";
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            storageFault = $"The storage account did not answer within {StorageTimeout.TotalSeconds:0} seconds.";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            storageFault = e is RequestFailedException { Status: > 0 } refused
                ? $"The storage account answers HTTP {refused.Status} {refused.ErrorCode}."
                : $"The storage account does not answer: {LogText.FirstLine(e)}";
        }

        try
        {
            await credentials(refresh: false, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            credentialsFault = LogText.FirstLine(e);
        }

        return new(storageFault, credentialsFault, hold, timerFault);
    }
}
