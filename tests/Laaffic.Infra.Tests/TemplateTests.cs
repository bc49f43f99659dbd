using System.Text.Json.Nodes;
using Laaffic.Infra.Tests.Support;

namespace Laaffic.Infra.Tests;

public sealed class TemplateTests(Templates templates)
{
    private static readonly string[] Described = ["parameters", "outputs"];

    public static TheoryData<string> EveryTemplate => ["main.bicep", "event-subscription.bicep", "azd/main.bicep"];

    [Fact]
    public async Task Every_template_and_module_passes_the_linter_without_a_word()
    {
        var (exitCode, _, text) = await templates.Bicep.RunAsync("lint", "--pattern", "infra/**/*.bicep");

        Assert.Equal("", text);
        Assert.Equal(0, exitCode);
    }

    [Theory]
    [InlineData("test")]
    [InlineData("production")]
    public async Task Every_parameter_file_fits_its_template(string environment)
    {
        var parameters = await templates.ParametersAsync(environment);

        Assert.NotNull(parameters["parameters"]?["environmentName"]?["value"]);
    }

    [Fact]
    public async Task Every_file_is_formatted()
    {
        using var copy = new BicepCli();
        var (exitCode, _, text) = await copy.RunAsync("format", "--pattern", "infra/**/*.bicep");
        Assert.True(exitCode == 0, text);

        foreach (var file in Directory.EnumerateFiles(copy.Folder, "*.bicep", SearchOption.AllDirectories))
        {
            var original = Path.Combine(BicepCli.Repository, Path.GetRelativePath(copy.Folder, file));
            Assert.Equal(
                await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken),
                await File.ReadAllTextAsync(original, TestContext.Current.CancellationToken)
            );
        }
    }

    [Fact]
    public async Task The_linters_security_rules_are_errors()
    {
        using var copy = new BicepCli();
        var file = copy.Write(
            "careless.bicep",
            """
            @secure()
            param secret string = 'abc'

            output leak string = secret
            output address string = 'https://name.blob.core.windows.net'
            """
        );

        var (exitCode, _, text) = await copy.RunAsync("lint", file);

        Assert.Contains("Error secure-parameter-default", text, StringComparison.Ordinal);
        Assert.Contains("Error outputs-should-not-contain-secrets", text, StringComparison.Ordinal);
        Assert.Contains("Error no-hardcoded-env-urls", text, StringComparison.Ordinal);
        Assert.NotEqual(0, exitCode);
    }

    [Theory]
    [MemberData(nameof(EveryTemplate))]
    public async Task Every_parameter_and_output_is_described_in_every_module(string template)
    {
        var undescribed =
            from part in WithModules(await templates.BuildAsync(template))
            from kind in Described
            from item in part[kind]?.AsObject() ?? []
            where string.IsNullOrWhiteSpace((string?)item.Value!["metadata"]?["description"])
            select item.Key;

        Assert.Empty(undescribed);
    }

    [Fact]
    public async Task Every_number_that_a_user_gives_has_limits()
    {
        var template = await templates.BuildAsync("main.bicep");

        var unlimited =
            from parameter in template["parameters"]!.AsObject()
            let type = parameter.Value!
            where (string)type["type"]! == "int" && type["minValue"] is null && type["allowedValues"] is null
            select parameter.Key;

        Assert.Empty(unlimited);
    }

    [Theory]
    [MemberData(nameof(EveryTemplate))]
    public async Task No_template_takes_or_creates_a_secret(string template)
    {
        foreach (var part in WithModules(await templates.BuildAsync(template)))
        {
            Assert.DoesNotContain(
                part["parameters"]?.AsObject() ?? [],
                p => ((string?)p.Value!["type"])?.StartsWith("secure", StringComparison.OrdinalIgnoreCase) == true
            );
            var types = Resources(part).Select(r => (string)r["type"]!);
            Assert.DoesNotContain(types, t => t.StartsWith("Microsoft.KeyVault/vaults/secrets", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Theory]
    [InlineData("main.bicep")]
    [InlineData("azd/main.bicep")]
    public async Task No_account_key_is_read(string template)
    {
        var text = (await templates.BuildAsync(template)).ToJsonString();

        Assert.DoesNotContain("listKeys(", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("listAccountSas(", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("AccountKey=", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_wrapper_for_azd_hands_on_what_the_scripts_need()
    {
        var template = await templates.BuildAsync("azd/main.bicep");
        var parameters = JsonNode.Parse(
            await File.ReadAllTextAsync(
                Path.Combine(BicepCli.Repository, "infra", "azd", "main.parameters.json"),
                TestContext.Current.CancellationToken
            )
        )!;

        Assert.Equal(
            ["AZURE_FUNCTION_APP_NAME", "AZURE_KEY_VAULT_NAME", "AZURE_RESOURCE_GROUP", "DROP_URL", "HEALTH_URL", "OUTBOUND_ADDRESS"],
            template["outputs"]!.AsObject().Select(o => o.Key).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            template["parameters"]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal),
            parameters["parameters"]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal)
        );
    }

    // A template and, at any depth, the templates that it deploys.
    private static IEnumerable<JsonObject> WithModules(JsonObject template) =>
        Resources(template)
            .Where(r => (string?)r["type"] == "Microsoft.Resources/deployments")
            .Select(r => r["properties"]!["template"]!.AsObject())
            .SelectMany(WithModules)
            .Prepend(template);

    private static IEnumerable<JsonObject> Resources(JsonObject template) =>
        template["resources"] switch
        {
            JsonObject named => named.Select(r => r.Value!.AsObject()),
            JsonArray listed => listed.Select(r => r!.AsObject()),
            _ => [],
        };
}
