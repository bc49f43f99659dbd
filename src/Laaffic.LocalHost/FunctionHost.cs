using System.Net;
using System.Text.RegularExpressions;
using Laaffic.Functions;
using Laaffic.Functions.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Laaffic.LocalHost;

/// <summary>
/// Runs functions as the Functions host does, in this process and without it: HTTP triggers through Kestrel on
/// loopback, timers by their schedule, blob triggers by looking through the container.
/// </summary>
public sealed partial class FunctionHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FunctionHost(WebApplication app) => _app = app;

    /// <summary>Where the HTTP functions are served, route prefix included: <c>http://127.0.0.1:7071/api/</c>.</summary>
    public required Uri BaseAddress { get; init; }

    /// <summary>Finds the functions and starts to serve and call them.</summary>
    /// <param name="options">What is run.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="InvalidOperationException">A function, a schedule or a setting cannot be used; the message says which.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<FunctionHost> StartAsync(FunctionHostOptions options, CancellationToken cancellationToken = default)
    {
        // host.json comes with the function app's output.
        var hostJson = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "host.json"), optional: true).Build();
        var routePrefix = hostJson["extensions:http:routePrefix"] ?? "api";
        // 8 is the default that Azure documents.
        var parallelBlobs = hostJson.GetValue("extensions:blobs:maxDegreeOfParallelism", 8);

        var builder = CreateBuilder(options);
        var functions = Function.Discover(options.Functions);
        foreach (var function in functions)
        {
            if (function.Trigger is TimerTriggerAttribute timer)
            {
                AddTimer(builder.Services, function, timer, options);
            }
            else if (function.Trigger is BlobTriggerAttribute blob)
            {
                AddBlob(builder.Services, function, blob, parallelBlobs, options);
            }
        }

        var app = builder.Build();
        try
        {
            foreach (var function in functions)
            {
                if (function.Trigger is HttpTriggerAttribute http)
                {
                    app.MapFunction(function, http, routePrefix, Logger(app.Services, function), app.Lifetime.ApplicationStopping);
                }
            }

            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new FunctionHost(app) { BaseAddress = new Uri(new Uri(address), routePrefix.Length == 0 ? "/" : $"/{routePrefix}/") };
    }

    /// <summary>Stops: takes no new work, cancels what runs, and waits for it to end for up to 30 seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static WebApplicationBuilder CreateBuilder(FunctionHostOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddConfiguration(options.Configuration);
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.Limits.MaxRequestBodySize = RequestLimit.HostBytes;
                kestrel.Listen(IPAddress.Loopback, options.Port);
            });
        options.Logging(builder.Logging);
        builder.Services.AddSingleton(options.Time).AddSingleton<IHostLifetime, OwnedLifetime>().AddMvcCore();
        options.Services(builder.Services, builder.Configuration);
        return builder;
    }

    private static void AddTimer(
        IServiceCollection hostServices,
        Function function,
        TimerTriggerAttribute trigger,
        FunctionHostOptions options
    )
    {
        var schedule = TimerFunction.Parse(Resolve(trigger.Schedule, options.Configuration, function.Name), function.Name);
        hostServices.AddSingleton<IHostedService>(services => new TimerFunction(
            function,
            schedule,
            trigger.RunOnStartup,
            services,
            options.Time,
            Logger(services, function)
        ));
    }

    private static void AddBlob(
        IServiceCollection hostServices,
        Function function,
        BlobTriggerAttribute trigger,
        int parallelCalls,
        FunctionHostOptions options
    )
    {
        var (containerName, nameParameter) = BlobFunction.Parse(trigger.BlobPath, function.Name);
        var container = StorageClients
            .Blobs(options.Configuration, trigger.Connection ?? StorageClients.DefaultConnection)
            .GetBlobContainerClient(containerName);
        hostServices.AddSingleton<IHostedService>(services => new BlobFunction(
            function,
            container,
            nameParameter,
            parallelCalls,
            options.BlobInterval,
            services,
            options.Time,
            Logger(services, function)
        ));
    }

    private static string Resolve(string expression, IConfiguration configuration, string functionName) =>
        Setting()
            .Replace(
                expression,
                match =>
                    configuration[match.Groups[1].Value] is { Length: > 0 } value
                        ? value
                        : throw new InvalidOperationException(
                            $"The setting {match.Groups[1].Value}, which the function {functionName} needs, is not set."
                        )
            );

    private static ILogger Logger(IServiceProvider services, Function function) =>
        services.GetRequiredService<ILoggerFactory>().CreateLogger($"Function.{function.Name}");

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Setting();

    /// <summary>Whoever started the host ends it, not a signal.</summary>
    private sealed class OwnedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
