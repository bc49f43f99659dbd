using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Laaffic.LocalHost;

/// <summary>Where npm installed Azurite, and how it is started from there.</summary>
internal static class AzuriteInstallation
{
    /// <summary>The command that starts Azurite.</summary>
    /// <param name="ports">Where it is to listen.</param>
    /// <param name="accounts">The accounts it is to have.</param>
    /// <param name="dataFolder">Where it keeps its data; <see langword="null"/> for memory.</param>
    /// <exception cref="InvalidOperationException">Azurite is not installed.</exception>
    public static ProcessStartInfo CommandFor(AzuritePorts ports, AzuriteAccounts accounts, string? dataFolder)
    {
        string[] arguments =
        [
            Path.Combine(Folder(), "run.mjs"),
            "--blobHost",
            "127.0.0.1",
            "--blobPort",
            Text(ports.Blob),
            "--queueHost",
            "127.0.0.1",
            "--queuePort",
            Text(ports.Queue),
            "--tableHost",
            "127.0.0.1",
            "--tablePort",
            Text(ports.Table),
            "--silent",
            "--skipApiVersionCheck",
            "--disableTelemetry",
            .. dataFolder is null ? (string[])["--inMemoryPersistence"] : ["--location", dataFolder],
        ];
        var start = new ProcessStartInfo("node", arguments)
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["AZURITE_ACCOUNTS"] = accounts.EnvironmentValue;
        return start;
    }

    private static string Folder()
    {
        var folder = typeof(AzuriteInstallation)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(attribute => attribute.Key == "AzuriteFolder")
            .Value!;
        return File.Exists(Path.Combine(folder, "node_modules", "azurite", "package.json"))
            ? folder
            : throw new InvalidOperationException($"Azurite is not installed in {folder}: build src/Laaffic.LocalHost again.");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
