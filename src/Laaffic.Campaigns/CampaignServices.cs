using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Laaffic.Api;
using Laaffic.Campaigns.Dispatch;
using Laaffic.Campaigns.Ingestion;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Schedules;
using Laaffic.Campaigns.Ticks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Laaffic.Campaigns;

/// <summary>The parts of which the app consists.</summary>
public static class CampaignServices
{
    /// <summary>
    /// Registers <see cref="CampaignService"/> and its parts. To be registered besides: a <see cref="BlobServiceClient"/>, a
    /// <see cref="TableServiceClient"/>, a <see cref="LaafficClient"/>, a <see cref="CredentialsProvider"/> and logging. There may be a
    /// <see cref="TimeProvider"/>, else it is the system's, and a <see cref="Random"/> for the jitter of waiting times.
    /// </summary>
    public static IServiceCollection AddCampaigns(this IServiceCollection services, CampaignOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);

        foreach (var name in Containers.All)
        {
            services.AddKeyedSingleton(name, (s, _) => s.GetRequiredService<BlobServiceClient>().GetBlobContainerClient(name));
        }

        services.AddSingleton(s => s.GetRequiredService<TableServiceClient>().GetTableClient(LedgerTable.TableName));
        services.AddSingleton<LedgerTable>();
        services.AddSingleton<FileLedger>();
        services.AddSingleton<CampaignLedger>();
        services.AddSingleton<AccountLedger>();
        services.AddSingleton<StoragePreparation>();
        services.AddSingleton<PlanStore>();

        services.AddSingleton<ProfileReader>();
        services.AddSingleton<Planner>();
        services.AddSingleton<CampaignCommitter>();
        services.AddSingleton<LargeInputLimiter>();
        services.AddSingleton<ProcessedFileCache>();
        services.AddSingleton<FileIngestor>();
        services.AddSingleton<FileReconciler>();
        services.AddSingleton<RequestIngestor>();

        services.AddSingleton<Backoff>();
        services.AddSingleton<AccountCapacity>();
        services.AddSingleton<AccountCircuitBreaker>();
        services.AddSingleton<RecentAcceptances>();
        services.AddSingleton<TaskRecorder>();
        services.AddSingleton<UncertainTaskResolver>();
        services.AddSingleton<SendLimiter>();
        services.AddSingleton<TaskSender>();
        services.AddSingleton<ReplyRecorder>();
        services.AddSingleton<TaskDispatcher>();
        services.AddSingleton<CampaignDispatcher>();
        services.AddSingleton<SendQueue>();
        services.AddSingleton<ManualTaskResolver>();

        services.AddSingleton<NotSubmittedFiles>();
        services.AddSingleton<ReportStore>();
        services.AddSingleton<ReportWriter>();

        services.AddSingleton<TickMonitor>();
        services.AddSingleton<ScheduleLedger>();
        services.AddSingleton<ListFinder>();
        services.AddSingleton<OccurrenceIngestor>();
        services.AddSingleton<ScheduleRunner>();
        services.AddSingleton<ScheduleList>();
        services.AddSingleton<DueWorkRunner>();
        services.AddSingleton<HealthCheck>();

        // By hand, as its parts are not for everybody.
        services.AddSingleton(s => new CampaignService(
            s.GetRequiredService<StoragePreparation>(),
            s.GetRequiredService<FileIngestor>(),
            s.GetRequiredService<RequestIngestor>(),
            s.GetRequiredService<ProfileReader>(),
            s.GetRequiredService<SendQueue>(),
            s.GetRequiredService<DueWorkRunner>(),
            s.GetRequiredService<ManualTaskResolver>(),
            s.GetRequiredService<CampaignLedger>(),
            s.GetRequiredService<ReportWriter>(),
            s.GetRequiredService<ScheduleList>(),
            s.GetRequiredService<HealthCheck>()
        ));
        return services;
    }
}
