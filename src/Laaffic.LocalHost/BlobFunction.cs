using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Laaffic.LocalHost;

/// <summary>
/// Calls a function once for every version of every blob of a container, by looking through the container. Where it
/// fails, it is called up to five times for that version, as Azure does. What was seen is forgotten when the host ends:
/// the next one calls the function for every blob again.
/// </summary>
internal sealed class BlobFunction(
    Function function,
    BlobContainerClient container,
    string nameParameter,
    int parallelCalls,
    TimeSpan interval,
    IServiceProvider services,
    TimeProvider time,
    ILogger logger
) : BackgroundService
{
    private const int MaxAttempts = 5;

    /// <summary>How many intervals pass before the next attempt.</summary>
    private const int RetryFactor = 20;

    /// <summary>A look that took long is followed by as long a pause, but for no longer than this.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, ETag> _seen = new();
    private readonly SemaphoreSlim _slots = new(parallelCalls);

    /// <summary>Takes a blob path apart.</summary>
    /// <param name="path">Such as <c>campaigns/{name}</c>.</param>
    /// <param name="functionName">Named in the exception.</param>
    /// <returns>The container and the name in the braces.</returns>
    /// <exception cref="InvalidOperationException">The path has another form.</exception>
    public static (string Container, string NameParameter) Parse(string path, string functionName) =>
        path.Split('/') is [var container, ['{', .. var name, '}']] && container.Length > 0 && name.AsSpan().IndexOfAny('{', '}') < 0
            ? (container, name)
            : throw new InvalidOperationException(
                $"The local host does not know blob paths such as '{path}' of the function {functionName}, only 'container/{{name}}'."
            );

    /// <inheritdoc />
    public override void Dispose()
    {
        _slots.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<Task> calls = [];
        try
        {
            while (true)
            {
                calls.RemoveAll(call => call.IsCompleted);
                var began = time.GetTimestamp();
                calls.AddRange((await ListNewAsync(stoppingToken)).Select(blob => CallAsync(blob.Name, blob.Version, stoppingToken)));
                var took = time.GetElapsedTime(began);
                await Task.Delay(
                    took < interval ? interval
                        : took < LongestPause ? took
                        : LongestPause,
                    time,
                    stoppingToken
                );
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }

        await Task.WhenAll(calls);
    }

    private async Task<IReadOnlyList<(string Name, ETag Version)>> ListNewAsync(CancellationToken stoppingToken)
    {
        List<(string, ETag)> found = [];
        try
        {
            await foreach (var blob in container.GetBlobsAsync(cancellationToken: stoppingToken))
            {
                if (blob.Properties.ETag is not { } version || (_seen.TryGetValue(blob.Name, out var seen) && seen == version))
                {
                    continue;
                }

                _seen[blob.Name] = version;
                found.Add((blob.Name, version));
            }
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            logger.ContainerNotListed(e, container.Name);
        }

        return found;
    }

    private async Task CallAsync(string name, ETag version, CancellationToken stoppingToken)
    {
        // A newer version has calls of its own.
        for (var attempt = 1; attempt <= MaxAttempts && _seen[name] == version; attempt++)
        {
            try
            {
                if (attempt > 1)
                {
                    await Task.Delay(interval * RetryFactor, time, stoppingToken);
                }

                await _slots.WaitAsync(stoppingToken);
                try
                {
                    await function.InvokeAsync(
                        services,
                        container.GetBlobClient(name),
                        parameter => parameter == nameParameter ? name : null,
                        logger,
                        stoppingToken
                    );
                    return;
                }
                finally
                {
                    _slots.Release();
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (attempt < MaxAttempts)
            {
                logger.BlobFailed(e, function.Name, container.Name, name, attempt, MaxAttempts);
            }
            catch (Exception e)
            {
                logger.BlobGivenUp(e, function.Name, container.Name, name, MaxAttempts);
            }
        }
    }
}
