using System.Diagnostics;
using Laaffic.Infra.Tests.Support;

namespace Laaffic.Infra.Tests;

/// <summary>The scripts, with stand-ins for the programs that they call, which note what they were called with.</summary>
public sealed class ScriptTests : IDisposable
{
    private const string Az = """
        #!/bin/sh
        printf '%s\n' "az $*" >>"$NOTES"
        case "$*" in
          *Microsoft.Web/sites*) echo func-name ;;
          *Microsoft.KeyVault/vaults*) echo kv-name ;;
          *Microsoft.EventGrid/systemTopics*) echo topic-name ;;
          *Microsoft.Storage/storageAccounts*) echo stname ;;
          "functionapp show"*) echo func-name.azurewebsites.net ;;
          "functionapp keys"*) if [ -e "$NOTES.slept" ]; then echo true; else echo false; fi ;;
          "keyvault secret set"*) while [ "$1" != --file ]; do shift; done; printf 'value %s\n' "$(cat "$2")" >>"$NOTES" ;;
        esac
        """;

    private const string Health = "https://func-name.azurewebsites.net/api/health";

    // Tells the details to whoever sends a key by standard input, and others only that it is bad.
    private const string Unhealthy = """
        #!/bin/sh
        printf '%s\n' "curl $*" >>"$NOTES"
        if [ "$1" = --config ]; then
          cat >>"$NOTES"
          echo '{"credentials": "no secret Laaffic--ApiKey", "isHealthy": false}'
          exit
        fi
        while [ "$1" != --output ]; do shift; done
        echo '{"isHealthy": false}' >"$2"
        printf 503
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("laaffic-scripts-").FullName;

    private string Notes => Path.Combine(_folder, "notes");

    public ScriptTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The scripts run under Linux, macOS and WSL.");
        Program("az", Az);
        Program("curl", "#!/bin/sh\necho \"curl $*\" >>\"$NOTES\"\nprintf 200\n");
        Program("sleep", "#!/bin/sh\ntouch \"$NOTES.slept\"\n");
    }

    [Fact]
    public async Task Secrets_are_set_one_by_one_and_never_as_arguments()
    {
        var (exitCode, text) = await RunAsync("set-secrets.sh", "app-1\n\ns3cret value\n", "rg");

        Assert.True(exitCode == 0, text);
        var notes = await NotesAsync();
        Assert.Equal(["value app-1", "value s3cret value"], notes.Where(n => n.StartsWith("value ", StringComparison.Ordinal)));
        var calls = notes.Where(n => n.StartsWith("az keyvault", StringComparison.Ordinal)).ToList();
        Assert.Collection(
            calls,
            c =>
                Assert.StartsWith("az keyvault secret set --vault-name kv-name --name Laaffic--AppId --file ", c, StringComparison.Ordinal),
            c =>
                Assert.StartsWith(
                    "az keyvault secret set --vault-name kv-name --name Laaffic--ApiSecret --file ",
                    c,
                    StringComparison.Ordinal
                )
        );
        Assert.DoesNotContain(calls, c => c.Contains("s3cret", StringComparison.Ordinal));
        Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_that_was_built_before_is_deployed_as_it_is()
    {
        var package = Path.Combine(_folder, "functions.zip");
        await File.WriteAllTextAsync(package, "zip", TestContext.Current.CancellationToken);

        var (exitCode, text) = await RunAsync("publish.sh", "", "rg", package);

        Assert.True(exitCode == 0, text);
        Assert.Contains(
            $"az functionapp deployment source config-zip --resource-group rg --name func-name --src {package} --output none",
            await NotesAsync()
        );
    }

    [Fact]
    public async Task Events_are_subscribed_to_once_the_app_has_made_its_key()
    {
        var (exitCode, text) = await RunAsync("subscribe-events.sh", "", "rg");

        Assert.True(exitCode == 0, text);
        var notes = await NotesAsync();
        Assert.Equal(2, notes.Count(n => n.StartsWith("az functionapp keys list", StringComparison.Ordinal)));
        Assert.Contains(
            notes,
            n =>
                n.StartsWith("curl ", StringComparison.Ordinal)
                && n.EndsWith(" https://func-name.azurewebsites.net/api/health", StringComparison.Ordinal)
        );
        var deployment = notes[^1];
        Assert.StartsWith("az deployment group create --resource-group rg ", deployment, StringComparison.Ordinal);
        Assert.EndsWith(
            "/infra/event-subscription.bicep --parameters functionAppName=func-name systemTopicName=topic-name storageAccountName=stname",
            deployment,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_resource_group_without_the_app_is_named()
    {
        Program("az", "#!/bin/sh\n");

        var (exitCode, text) = await RunAsync("subscribe-events.sh", "", "rg-empty");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("rg-empty holds no Microsoft.Web/sites", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_that_stays_bad_fails_with_the_details_to_whoever_has_a_function_key()
    {
        Program("curl", Unhealthy);

        var (exitCode, text) = await RunAsync([("FUNCTION_KEY", "k3y-value==")], "check-health.sh", "", Health);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("no secret Laaffic--ApiKey", text, StringComparison.Ordinal);
        Assert.Contains("HTTP 503", text, StringComparison.Ordinal);
        var notes = await NotesAsync();
        Assert.Contains(notes, n => n.EndsWith($" {Health}/details", StringComparison.Ordinal));
        Assert.Contains("header = \"x-functions-key: k3y-value==\"", notes);
        Assert.DoesNotContain(notes, n => n.StartsWith("curl ", StringComparison.Ordinal) && n.Contains("k3y", StringComparison.Ordinal));
        Assert.DoesNotContain("k3y", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_that_stays_bad_says_how_to_get_the_details_without_a_function_key()
    {
        Program("curl", Unhealthy);

        var (exitCode, text) = await RunAsync("check-health.sh", "", Health);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("\"isHealthy\": false", text, StringComparison.Ordinal);
        Assert.Contains("FUNCTION_KEY", text, StringComparison.Ordinal);
        Assert.Contains($"{Health}/details", text, StringComparison.Ordinal);
        Assert.DoesNotContain(await NotesAsync(), n => n.EndsWith("/details", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Good_health_shows_the_details_as_well()
    {
        Program("curl", Unhealthy.Replace("503", "200", StringComparison.Ordinal));

        var (exitCode, text) = await RunAsync([("FUNCTION_KEY", "k3y-value==")], "check-health.sh", "", Health);

        Assert.True(exitCode == 0, text);
        Assert.Contains("no secret Laaffic--ApiKey", text, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Program(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private async Task<string[]> NotesAsync() => await File.ReadAllLinesAsync(Notes, TestContext.Current.CancellationToken);

    private Task<(int ExitCode, string Text)> RunAsync(string script, string input, params string[] arguments) =>
        RunAsync([], script, input, arguments);

    private async Task<(int ExitCode, string Text)> RunAsync(
        (string Name, string Value)[] environment,
        string script,
        string input,
        params string[] arguments
    )
    {
        var start = new ProcessStartInfo("sh", [Path.Combine(BicepCli.Repository, "scripts", script), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PATH"] = $"{_folder}:{Environment.GetEnvironmentVariable("PATH")}", ["NOTES"] = Notes },
        };
        start.Environment.Remove("FUNCTION_KEY");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
