using System.Text.RegularExpressions;
using Laaffic.Functions;
using Laaffic.Infra.Tests.Support;

namespace Laaffic.Infra.Tests;

public sealed partial class WorkflowTests
{
    private static readonly string Folder = Path.Combine(BicepCli.Repository, ".github", "workflows");

    [Fact]
    public void Every_action_is_pinned_by_its_commit()
    {
        var actions = Directory
            .EnumerateFiles(Folder, "*.yml")
            .SelectMany(File.ReadLines)
            .Select(l => l.TrimStart(' ', '-'))
            .Where(l => l.StartsWith("uses:", StringComparison.Ordinal))
            .ToList();

        Assert.NotEmpty(actions);
        Assert.All(actions, a => Assert.Matches(@"^uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", a));
    }

    [Fact]
    public void The_smoke_test_tries_the_deployed_flavour_under_a_pinned_Functions_host()
    {
        var workflow = File.ReadAllText(Path.Combine(Folder, "ci.yml"));
        var job = workflow[workflow.IndexOf("\n  functions-host:", StringComparison.Ordinal)..];

        Assert.Matches(@"azure-functions-core-tools@\d+\.\d+\.\d+\n", job);
        Assert.Contains(
            "dotnet build src/Laaffic.Functions --configuration Release -p:FunctionsWorker=Official",
            job,
            StringComparison.Ordinal
        );
        Assert.Contains($"FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '{RequestLimit.HostBytes}'", job, StringComparison.Ordinal);
        Assert.Contains("func start", job, StringComparison.Ordinal);
        Assert.Contains("scripts/smoke-test.sh", job, StringComparison.Ordinal);
    }

    [Fact]
    public void The_function_key_is_masked_before_it_is_used()
    {
        var workflow = File.ReadAllText(Path.Combine(Folder, "deploy.yml"));

        Assert.InRange(
            workflow.IndexOf("::add-mask::$FUNCTION_KEY", StringComparison.Ordinal),
            workflow.IndexOf("functionKeys.default", StringComparison.Ordinal),
            workflow.IndexOf("scripts/check-health.sh", StringComparison.Ordinal)
        );
        // Not for the steps after it.
        Assert.DoesNotMatch("FUNCTION_KEY=.*GITHUB_ENV", workflow);
    }

    [Fact]
    public void Each_environment_to_deploy_to_has_its_parameter_file()
    {
        var workflow = File.ReadAllText(Path.Combine(Folder, "deploy.yml"));

        var environments = Options().Match(workflow).Groups[1].Value.Split(", ");

        Assert.All(environments, e => Assert.True(File.Exists(Path.Combine(BicepCli.Repository, "infra", $"main.{e}.bicepparam")), e));
    }

    [Theory]
    [InlineData(".github/workflows/ci.yml")]
    [InlineData(".github/workflows/deploy.yml")]
    [InlineData("azure.yaml")]
    [InlineData("docs/deploy.md")]
    [InlineData("docs/settings.md")]
    [InlineData("docs/decisions/0004-credential-cache.md")]
    [InlineData("docs/decisions/0005-local-host.md")]
    public void Every_file_of_the_project_that_is_named_exists(string file)
    {
        var text = File.ReadAllText(Path.Combine(BicepCli.Repository, file));

        var missing = ProjectFile()
            .Matches(text)
            .Select(m => m.Value)
            .Distinct()
            .Where(p => !Path.Exists(Path.Combine(BicepCli.Repository, p)));

        Assert.Empty(missing);
    }

    [Fact]
    public void Dependabot_looks_after_every_folder_with_packages_of_npm()
    {
        var looked = File.ReadLines(Path.Combine(BicepCli.Repository, ".github", "dependabot.yml"))
            .Where(l => l.TrimStart().StartsWith("directory: ", StringComparison.Ordinal))
            .Select(l => l.Split(": ")[1]);

        Assert.Subset(
            looked.ToHashSet(),
            NpmFolders.Select(f => $"/{Path.GetRelativePath(BicepCli.Repository, f).Replace('\\', '/')}").ToHashSet()
        );
    }

    [Fact]
    public void Packages_of_npm_are_pinned_and_no_registry_is_named() =>
        Assert.All(
            NpmFolders,
            folder =>
            {
                Assert.DoesNotContain(
                    "\"resolved\"",
                    File.ReadAllText(Path.Combine(folder, "package-lock.json")),
                    StringComparison.Ordinal
                );
                Assert.DoesNotMatch("""\": "[\^~*]""", File.ReadAllText(Path.Combine(folder, "package.json")));
            }
        );

    private static List<string> NpmFolders { get; } = [.. Find(BicepCli.Repository)];

    private static IEnumerable<string> Find(string folder) =>
        Directory
            .EnumerateDirectories(folder)
            .Where(d => Path.GetFileName(d) is not ("node_modules" or "bin" or "obj" or ".git"))
            .SelectMany(d => File.Exists(Path.Combine(d, "package.json")) ? Find(d).Prepend(d) : Find(d));

    [GeneratedRegex(@"options: \[([^\]]+)\]")]
    private static partial Regex Options();

    [GeneratedRegex(@"(?<![\w/.-])(?:scripts|infra|samples|src|\.ci)/[\w./-]*[\w-](?![\w./-]*[$<])")]
    private static partial Regex ProjectFile();
}
