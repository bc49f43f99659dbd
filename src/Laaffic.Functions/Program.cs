using Azure.Monitor.OpenTelemetry.Exporter;
using Laaffic.Functions;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddLaafficFunctions(builder.Configuration);
builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = RequestLimit.Bytes);

// With nowhere to send it, the worker's telemetry stays with the host, which shows it on its console.
if (!string.IsNullOrWhiteSpace(builder.Configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"]))
{
    builder.Services.AddOpenTelemetry()
        .UseFunctionsWorkerDefaults()
        .WithTracing(tracing => tracing.AddSource("Laaffic.*"))
        .WithMetrics(metrics => metrics.AddMeter("Laaffic.*"))
        .UseAzureMonitorExporter();
}

builder.Build().Run();
