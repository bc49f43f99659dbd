using Azure.Monitor.OpenTelemetry.Exporter;
using Laaffic.Campaigns.Telemetry;
using Laaffic.Functions.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;

namespace Laaffic.Functions;

/// <summary>Where traces, metrics and logs go.</summary>
public static class Telemetry
{
    private const string AzureMonitor = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string AzureMonitorAccess = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
    private const string Otlp = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>
    /// Exports what the app tells of itself, and its log, to Azure Monitor if <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> is
    /// set (by the app's identity if <c>APPLICATIONINSIGHTS_AUTHENTICATION_STRING</c> says so, as for the Functions host), and
    /// to OTLP if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is; the other variables of OpenTelemetry count too.
    /// </summary>
    /// <returns>To add more sources to; null if neither is set, and nothing is collected.</returns>
    public static OpenTelemetryBuilder? AddLaafficTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var toAzure = !string.IsNullOrWhiteSpace(configuration[AzureMonitor]);
        var toOtlp = !string.IsNullOrWhiteSpace(configuration[Otlp]);
        if (!toAzure && !toOtlp)
        {
            return null;
        }

        var builder = services
            .AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(CampaignTelemetry.Name))
            .WithMetrics(metrics => metrics.AddMeter(CampaignTelemetry.Name));
        if (toOtlp)
        {
            builder.UseOtlpExporter();
        }

        if (toAzure)
        {
            builder.UseAzureMonitorExporter(azure =>
            {
                azure.ConnectionString = configuration[AzureMonitor];
                // A campaign's trace is to be whole, over hours and instances; there are few of them. And no log line is to
                // depend on what is sampled.
                (azure.TracesPerSecond, azure.SamplingRatio, azure.EnableTraceBasedLogsSampler) = (null, 1, false);
                if (IdentityOf(configuration[AzureMonitorAccess]) is { } identity)
                {
                    azure.Credential = StorageClients.Credential(configuration, "managedidentity", identity.ClientId);
                }
            });
        }

        return builder;
    }

    // "Authorization=AAD", or "ClientId=…;Authorization=AAD" for a user-assigned identity: the Functions host's own form.
    private static Identity? IdentityOf(string? access)
    {
        var parts = (access ?? "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2, StringSplitOptions.TrimEntries))
            .Where(part => part.Length == 2)
            .ToLookup(part => part[0], part => part[1], StringComparer.OrdinalIgnoreCase);
        return parts["Authorization"].Contains("AAD", StringComparer.OrdinalIgnoreCase) ? new(parts["ClientId"].FirstOrDefault()) : null;
    }

    private sealed record Identity(string? ClientId);
}
