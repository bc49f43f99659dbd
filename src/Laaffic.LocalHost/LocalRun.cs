using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Laaffic.Functions.Settings;
using Laaffic.Simulator;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace Laaffic.LocalHost;

/// <summary>One run of the program: starts what is needed, drops a folder or serves, and stops it all again.</summary>
internal sealed class LocalRun(CommandLine commandLine)
{
    private const string BaseUrl = "Laaffic:BaseUrl";

    // Log lines go through it too, so that they come above the bars and not into them.
    private readonly IAnsiConsole _errors = Terminal.For(Console.Error);

    /// <summary>Runs until all is done, or until it is cancelled.</summary>
    /// <returns>The program's exit code.</returns>
    /// <exception cref="InvalidOperationException">Something could not be started; the message says what and why.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (commandLine.Folder is { } folder)
        {
            FolderDrop.Find(folder); // Tells of a wrong folder before anything is started.
        }

        var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        await using var azurite = await StartAzuriteAsync(environment, cancellationToken);
        await using var simulator = string.IsNullOrEmpty(environment[BaseUrl])
            ? await VoiceApiSimulator.StartAsync(new SimulatorOptions(), cancellationToken)
            : null;
        var configuration = Configure(environment, azurite, simulator);
        var blobs = StorageClients.Blobs(configuration);
        await Containers.CreateAsync(blobs, cancellationToken);

        await using var host = await StartHostAsync(configuration, cancellationToken);
        if (commandLine.Folder is { } dropped)
        {
            return await DropAsync(dropped, blobs, host, isInMemory: azurite is not null && commandLine.Data is null, cancellationToken);
        }

        ShowHowToUse(host, blobs, azurite, simulator, configuration[BaseUrl]!);
        await Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        Console.WriteLine("Stopping.");
        return 0;
    }

    /// <summary>Starts Azurite unless the environment names other storage; then it is null.</summary>
    private async Task<Azurite?> StartAzuriteAsync(IConfiguration environment, CancellationToken cancellationToken)
    {
        if (
            environment[StorageClients.DefaultConnection]?.TrimEnd(';') is null or "" or "UseDevelopmentStorage=true"
            && !environment.GetSection(StorageClients.DefaultConnection).GetChildren().Any()
        )
        {
            return await Azurite.StartAsync(commandLine.Data, preferUsualPorts: true, cancellationToken: cancellationToken);
        }

        return commandLine.Data is null
            ? null
            : throw new InvalidOperationException(
                $"--data is for Azurite's data, but no Azurite is started as {StorageClients.DefaultConnection} names other storage."
            );
    }

    /// <summary>The app settings: those of the environment, but for what was started here.</summary>
    private static IConfiguration Configure(IConfiguration environment, Azurite? azurite, VoiceApiSimulator? simulator)
    {
        Dictionary<string, string?> defaults = new() { ["RetryDeferredSchedule"] = "*/5 * * * * *" };
        Dictionary<string, string?> started = [];
        if (azurite is not null)
        {
            started[StorageClients.DefaultConnection] = azurite.ConnectionString;
        }

        if (simulator is not null)
        {
            started[BaseUrl] = simulator.BaseAddress.AbsoluteUri;
            // The vendor's published sample. Real credentials from the environment or a vault are not for the simulator.
            started["Laaffic:AppId"] = simulator.Account.AppId;
            started["Laaffic:ApiKey"] = simulator.Account.ApiKey;
            started["Laaffic:ApiSecret"] = simulator.Account.ApiSecret;
            started["KeyVault:Uri"] = "";
        }

        return new ConfigurationBuilder()
            .AddInMemoryCollection(defaults)
            .AddConfiguration(environment)
            .AddInMemoryCollection(started)
            .Build();
    }

    /// <summary>Drops a folder, and shows what became of its campaigns.</summary>
    private async Task<int> DropAsync(
        string folder,
        BlobServiceClient blobs,
        FunctionHost host,
        bool isInMemory,
        CancellationToken cancellationToken
    )
    {
        IDropProgress progress = _errors.IsLive() ? new BarProgress(_errors) : new LineProgress(Console.Error);
        var reports = await new FolderDrop(blobs, folder, progress).RunAsync(cancellationToken);
        ReportTable.Write(reports, Terminal.For(Console.Out));
        var schedules = await ScheduleLines.ReadAsync(
            host.BaseAddress,
            FolderDrop.Find(folder).Others.Count(other => other.Container == Containers.Schedules),
            cancellationToken
        );
        ScheduleLines.Write(schedules, Terminal.For(Console.Out));
        if (isInMemory)
        {
            Console.WriteLine();
            Console.WriteLine("Storage was in memory and is gone now, reports included; --data DIR keeps it.");
        }

        return
            reports.Values.All(report => report is { IsSettled: true, NeedsPerson: false })
            && schedules.All(schedule => schedule.Errors.Count == 0)
            ? 0
            : 1;
    }

    private async Task<FunctionHost> StartHostAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        try
        {
            return await FunctionHost.StartAsync(
                new FunctionHostOptions
                {
                    Configuration = configuration,
                    Port = commandLine.Port,
                    Logging = logging =>
                        logging
                            .SetMinimumLevel(commandLine.Verbose ? LogLevel.Information : LogLevel.Warning)
                            .AddFilter("Microsoft", LogLevel.Warning)
                            // A failed start is shown by the program.
                            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical)
                            .AddProvider(new LineLoggerProvider(_errors, commandLine.Verbose)),
                },
                cancellationToken
            );
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new InvalidOperationException($"Port {commandLine.Port} is taken; --port N takes another.", e);
        }
    }

    private static void ShowHowToUse(
        FunctionHost host,
        BlobServiceClient blobs,
        Azurite? azurite,
        VoiceApiSimulator? simulator,
        string baseUrl
    )
    {
        Console.WriteLine(
            $"""
            HTTP       {host.BaseAddress} (function keys are not asked for here)
            Storage    {blobs.Uri}{(azurite is null ? "" : " (Azurite)")}
            Voice API  {baseUrl}{(simulator is null ? "" : " (simulator)")}

            """
        );

        ShowHowToDrop(blobs);
        Console.WriteLine(
            $"""
            Or submit it over HTTP:
              curl --data-binary @my.json -H "Content-Type: application/json" {host.BaseAddress}campaigns

            Ctrl+C stops it.
            """
        );
    }

    private static void ShowHowToDrop(BlobServiceClient blobs)
    {
        var campaigns = blobs.GetBlobContainerClient(Containers.Campaigns);
        if (!campaigns.CanGenerateSasUri)
        {
            Console.WriteLine(
                $"""
                Drop files into the container {campaigns.Uri} with any storage tool; their reports appear in the container results.

                """
            );
            return;
        }

        const BlobContainerSasPermissions write = BlobContainerSasPermissions.Create | BlobContainerSasPermissions.Write;
        const BlobContainerSasPermissions read = BlobContainerSasPermissions.Read | BlobContainerSasPermissions.List;
        var until = DateTimeOffset.UtcNow.AddDays(7);
        Console.WriteLine(
            $"""
            Drop a file from another terminal:
              curl -X PUT -H "x-ms-blob-type: BlockBlob" -T my.csv "{AddressOf(Containers.Campaigns, "my.csv", write)}"
            Give CSV files their settings:
              curl -X PUT -H "x-ms-blob-type: BlockBlob" -T default.json "{AddressOf(Containers.Profiles, "default.json", write)}"
            Read what became of it:
              curl "{AddressOf(Containers.Results, CampaignReport.NameFor("my.csv"), read)}"

            """
        );

        string AddressOf(string container, string file, BlobContainerSasPermissions permissions)
        {
            var address = new UriBuilder(blobs.GetBlobContainerClient(container).GenerateSasUri(permissions, until));
            address.Path += $"/{file}";
            return address.Uri.AbsoluteUri;
        }
    }
}
