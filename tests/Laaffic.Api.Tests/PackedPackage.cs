using System.Diagnostics;
using System.Reflection;

namespace Laaffic.Api.Tests;

/// <summary>
/// The package, of what was built for these tests, in a folder of its own. Nothing is left beside that: another run may be
/// packing too.
/// </summary>
public sealed class PackedPackage : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("laaffic-api-package-");

    /// <summary>A version that no other run has.</summary>
    public string Version { get; } = $"0.0.0-test.{Guid.NewGuid():N}";

    /// <summary>The package.</summary>
    public string Path => At($"packages/Laaffic.Api.{Version}.nupkg");

    /// <summary>Its symbols.</summary>
    public string SymbolsPath => At($"packages/Laaffic.Api.{Version}.snupkg");

    public async ValueTask InitializeAsync() =>
        await DotnetAsync(
            "pack",
            Metadata("PackedProject"),
            "--no-build",
            "-c",
            Metadata("Configuration"),
            "-o",
            At("packages"),
            $"-p:PackageVersion={Version}",
            $"-p:NuspecOutputPath={At("nuspec")}/"
        );

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Where a file is in the folder.</summary>
    public string At(string name) => System.IO.Path.Combine(_folder.FullName, name);

    /// <summary>Writes a file into the folder.</summary>
    public void Write(string name, string content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), content);
    }

    /// <summary>Runs dotnet, which must succeed.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> DotnetAsync(params string[] arguments)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            // Outside of the repository, whose settings would hold for what is built.
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Those of a surrounding build would steer this one, and a process that stays would keep the output open.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            var text = await output + await errors;
            Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{text}");
            return text;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static string Metadata(string key) =>
        typeof(PackedPackage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
