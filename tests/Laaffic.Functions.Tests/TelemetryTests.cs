using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.IO.Compression;
using System.Net;
using System.Text;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Laaffic.Campaigns.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Laaffic.Functions.Tests;

public sealed class TelemetryTests
{
    private const string Connection = "InstrumentationKey=00000000-0000-0000-0000-000000000001";

    [Fact]
    public void With_nowhere_to_send_it_nothing_is_collected()
    {
        var services = new ServiceCollection();

        Assert.Null(services.AddLaafficTelemetry(Configuration([])));
        Assert.Empty(services);
    }

    [Fact]
    public async Task Traces_metrics_and_the_log_go_to_an_otlp_endpoint()
    {
        await using var collector = await Collector.StartAsync();

        await SendAsync(("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));

        Assert.Contains("a span of the test", collector.Received("/v1/traces"), StringComparison.Ordinal);
        Assert.Contains("test.counter", collector.Received("/v1/metrics"), StringComparison.Ordinal);
        Assert.Contains("a line of the test", collector.Received("/v1/logs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Traces_metrics_and_the_log_go_to_azure_monitor()
    {
        await using var collector = await Collector.StartAsync();

        await SendAsync(
            (
                "APPLICATIONINSIGHTS_CONNECTION_STRING",
                $"{Connection};IngestionEndpoint={collector.Address}/;LiveEndpoint={collector.Address}/"
            )
        );

        var received = collector.Received("/v2.1/track");
        Assert.Contains("a span of the test", received, StringComparison.Ordinal);
        Assert.Contains("test.counter", received, StringComparison.Ordinal);
        Assert.Contains("a line of the test", received, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("Authorization=None", null)]
    [InlineData("Authorization=AAD", typeof(ManagedIdentityCredential))]
    [InlineData("ClientId=11111111-0000-4000-8000-000000000000;Authorization=AAD", typeof(ManagedIdentityCredential))]
    public void Azure_monitor_is_told_the_identity_that_the_functions_host_uses_and_keeps_traces_and_logs_whole(
        string? access,
        Type? credential
    )
    {
        var services = new ServiceCollection();
        services.AddLaafficTelemetry(
            Configuration([("APPLICATIONINSIGHTS_CONNECTION_STRING", Connection), ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", access)])
        );
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<AzureMonitorExporterOptions>>().Value;

        Assert.Equal(credential, options.Credential?.GetType());
        Assert.Equal(Connection, options.ConnectionString);
        Assert.Equal((null, 1f, false), (options.TracesPerSecond, options.SamplingRatio, options.EnableTraceBasedLogsSampler));
    }

    private static async Task SendAsync(params (string, string?)[] settings)
    {
        var configuration = Configuration(settings);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddConfiguration(configuration);
        Assert.NotNull(builder.Services.AddLaafficTelemetry(builder.Configuration));
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        using (var source = new ActivitySource(CampaignTelemetry.Name))
        using (var meter = new Meter(CampaignTelemetry.Name))
        {
            using (var span = source.StartActivity("a span of the test"))
            {
                Assert.True(span!.Recorded);
            }

            meter.CreateCounter<int>("test.counter").Add(1);
            host.Services.GetRequiredService<ILogger<TelemetryTests>>().LogWarning("a line of the test");
            host.Services.GetRequiredService<MeterProvider>().ForceFlush();
            host.Services.GetRequiredService<TracerProvider>().ForceFlush();
            host.Services.GetRequiredService<LoggerProvider>().ForceFlush();
        }

        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static IConfiguration Configuration((string Name, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, s.Value))).Build();

    /// <summary>Takes in whatever is sent to it.</summary>
    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, string Text)> _requests = [];

        public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        public string Received(string path) => string.Concat(_requests.Where(r => r.Path == path).Select(r => r.Text));

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            var app = builder.Build();
            var collector = new Collector(app);
            app.Run(collector.TakeAsync);
            await app.StartAsync(TestContext.Current.CancellationToken);
            return collector;
        }

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        private async Task TakeAsync(HttpContext context)
        {
            Stream body = context.Request.Body;
            if (context.Request.Headers.ContentEncoding == "gzip")
            {
                body = new GZipStream(body, CompressionMode.Decompress);
            }

            using var reader = new StreamReader(body, Encoding.Latin1);
            var text = await reader.ReadToEndAsync(context.RequestAborted);
            _requests.Enqueue((context.Request.Path, text));
            if (context.Request.Path.Value!.EndsWith("/track", StringComparison.Ordinal))
            {
                var items = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
                await context.Response.WriteAsJsonAsync(
                    new
                    {
                        itemsReceived = items,
                        itemsAccepted = items,
                        errors = Array.Empty<string>(),
                    }
                );
            }
        }
    }
}
