using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Laaffic.Campaigns;
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
        Dictionary<string, string?> defaults = new() { ["RetryDeferredSchedule"] = "*/5 * * * * *" };
        Dictionary<string, string?> started = [];

        var ownStorage =
            environment[StorageClients.DefaultConnection]?.TrimEnd(';') is null or "" or "UseDevelopmentStorage=true"
            && !environment.GetSection(StorageClients.DefaultConnection).GetChildren().Any();
        if (!ownStorage && commandLine.Data is not null)
        {
            throw new InvalidOperationException(
                $"--data is for Azurite's data, but no Azurite is started as {StorageClients.DefaultConnection} names other storage."
            );
        }

        await using var azurite = ownStorage
            ? await Azurite.StartAsync(commandLine.Data, preferUsualPorts: true, cancellationToken: cancellationToken)
            : null;
        if (azurite is not null)
        {
            started[StorageClients.DefaultConnection] = azurite.ConnectionString;
        }

        await using var simulator = string.IsNullOrEmpty(environment[BaseUrl])
            ? await VoiceApiSimulator.StartAsync(new SimulatorOptions(), cancellationToken)
            : null;
        if (simulator is not null)
        {
            started[BaseUrl] = simulator.BaseAddress.AbsoluteUri;
            // The vendor's published sample. Real credentials from the environment or a vault are not for the simulator.
            started["Laaffic:AppId"] = simulator.Account.AppId;
            started["Laaffic:ApiKey"] = simulator.Account.ApiKey;
            started["Laaffic:ApiSecret"] = simulator.Account.ApiSecret;
            started["KeyVault:Uri"] = "";
        }

        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(defaults)
            .AddConfiguration(environment)
            .AddInMemoryCollection(started)
            .Build();
        var blobs = StorageClients.Blobs(configuration);
        await Containers.CreateAsync(blobs, cancellationToken);

        await using var host = await StartHostAsync(configuration, cancellationToken);
        if (commandLine.Folder is not { } dropped)
        {
            ShowHowToUse(host, blobs, azurite, simulator, configuration[BaseUrl]!);
            await Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            Console.WriteLine("Stopping.");
            return 0;
        }

        IDropProgress progress = _errors.IsLive() ? new BarProgress(_errors) : new LineProgress(Console.Error);
        var reports = await new FolderDrop(blobs, dropped, progress).RunAsync(cancellationToken);
        ReportTable.Write(reports, Terminal.For(Console.Out));
        if (azurite is not null && commandLine.Data is null)
        {
            Console.WriteLine();
            Console.WriteLine("Storage was in memory and is gone now, reports included; --data DIR keeps it.");
        }

        return reports.Values.All(report => report is { IsSettled: true, NeedsPerson: false }) ? 0 : 1;
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

        var campaigns = blobs.GetBlobContainerClient(Containers.Campaigns);
        if (campaigns.CanGenerateSasUri)
        {
            var until = DateTimeOffset.UtcNow.AddDays(7);
            var drop = Writable(campaigns, "/my.csv");
            var profile = Writable(blobs.GetBlobContainerClient(Containers.Profiles), "/default.json");
            var read = new UriBuilder(
                blobs
                    .GetBlobContainerClient(Containers.Results)
                    .GenerateSasUri(BlobContainerSasPermissions.Read | BlobContainerSasPermissions.List, until)
            );
            read.Path += "/my.csv.report.json";
            Console.WriteLine(
                $"""
                Drop a file from another terminal:
                  curl -X PUT -H "x-ms-blob-type: BlockBlob" -T my.csv "{drop.Uri.AbsoluteUri}"
                Give CSV files their settings:
                  curl -X PUT -H "x-ms-blob-type: BlockBlob" -T default.json "{profile.Uri.AbsoluteUri}"
                Read what became of it:
                  curl "{read.Uri.AbsoluteUri}"

                """
            );

            UriBuilder Writable(BlobContainerClient container, string file)
            {
                var address = new UriBuilder(
                    container.GenerateSasUri(BlobContainerSasPermissions.Create | BlobContainerSasPermissions.Write, until)
                );
                address.Path += file;
                return address;
            }
        }
        else
        {
            Console.WriteLine(
                $"""
                Drop files into the container {campaigns.Uri} with any storage tool; their reports appear in the container results.

                """
            );
        }

        Console.WriteLine(
            $"""
            Or submit it over HTTP:
              curl --data-binary @my.json -H "Content-Type: application/json" {host.BaseAddress}campaigns

            Ctrl+C stops it.
            """
        );
    }
}
