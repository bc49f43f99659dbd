using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;

namespace Laaffic.Infra.Tests.Support;

/// <summary>The Bicep CLI on a copy of the templates, as it writes beside what it reads.</summary>
public sealed class BicepCli : IDisposable
{
    public const string SubscriptionId = "00000000-0000-0000-0000-000000000001";
    public const string ResourceGroup = "rg-laaffic";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public BicepCli()
    {
        Folder = Directory.CreateTempSubdirectory("laaffic-infra-").FullName;
        Copy(Path.Combine(Repository, "infra"), Path.Combine(Folder, "infra"));
        File.Copy(Path.Combine(Repository, "bicepconfig.json"), Path.Combine(Folder, "bicepconfig.json"));
    }

    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = Metadata("RepositoryFolder");

    /// <summary>The copy's root.</summary>
    public string Folder { get; }

    /// <summary>Runs the CLI in the copy. Both outputs are in <c>Text</c>.</summary>
    public async Task<(int ExitCode, string Output, string Text)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Metadata("BicepPath"), arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Start(start);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await output + await errors);
    }

    /// <summary>Compiles a template to the JSON that Azure receives.</summary>
    public async Task<JsonObject> BuildAsync(string template)
    {
        var (exitCode, output, text) = await RunAsync("build", template, "--stdout");
        Assert.True(exitCode == 0 && text == output, text);
        return JsonNode.Parse(output)!.AsObject();
    }

    /// <summary>Compiles a parameter file together with its template.</summary>
    public async Task<(JsonObject Parameters, JsonObject Template)> BuildParametersAsync(string parameterFile)
    {
        var (exitCode, output, text) = await RunAsync("build-params", parameterFile, "--stdout");
        Assert.True(exitCode == 0 && text == output, text);
        var both = JsonNode.Parse(output)!;
        return (JsonNode.Parse((string)both["parametersJson"]!)!.AsObject(), JsonNode.Parse((string)both["templateJson"]!)!.AsObject());
    }

    /// <summary>Evaluates a template with a parameter file: every resource that Azure would be asked for.</summary>
    public async Task<Deployment> EvaluateAsync(string parameterFile)
    {
        var (exitCode, _, text) = await RunAsync(
            "snapshot",
            parameterFile,
            "--mode",
            "overwrite",
            "--subscription-id",
            SubscriptionId,
            "--tenant-id",
            "00000000-0000-0000-0000-000000000002",
            "--resource-group",
            ResourceGroup,
            "--location",
            "westeurope"
        );
        Assert.True(exitCode == 0, text);
        var snapshot = Path.Combine(Folder, Path.ChangeExtension(parameterFile, ".snapshot.json"));
        return new Deployment(JsonNode.Parse(await File.ReadAllTextAsync(snapshot, TestContext.Current.CancellationToken))!.AsObject());
    }

    /// <summary>Writes a file into the copy's folder <c>infra</c> and returns its path.</summary>
    public string Write(string name, string content)
    {
        var path = Path.Combine("infra", name);
        File.WriteAllText(Path.Combine(Folder, path), content);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException(
                $"The Bicep CLI did not start ({start.FileName}: {e.Message}). Build with -p:BicepPath=<path of bicep>.",
                e
            );
        }
    }

    private static string Metadata(string key) =>
        typeof(BicepCli).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
