using System.Globalization;
using System.Reflection;
using Laaffic.Campaigns;
using Laaffic.Functions;
using Laaffic.Functions.Settings;
using Laaffic.Infra.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Laaffic.Infra.Tests;

/// <summary>The app settings that the templates write, against the code that reads them.</summary>
public sealed class SettingsTests(Templates templates)
{
    // Read by the Functions host, or by Program.cs, which only the deployed flavour has.
    private static readonly string[] ReadByTheHost =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "AzureWebJobsStorage__queueServiceUri",
        "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT",
    ];

    // Other ways to say the same, which a deployment has no use for.
    private static readonly string[] Alternatives = ["AzureWebJobsStorage", "AzureWebJobsStorage__accountName"];

    [Theory]
    [InlineData("test")]
    [InlineData("production")]
    public async Task The_settings_that_are_deployed_are_those_that_the_code_reads(string environment)
    {
        var deployed = (await templates.EnvironmentAsync(environment)).AppSettings();
        var configuration = new RecordedConfiguration(deployed);

        await using var app = new ServiceCollection().AddLogging().AddLaafficFunctions(configuration.Root).BuildServiceProvider();
        _ = app.GetRequiredService<CampaignService>();
        _ = app.GetRequiredService<CredentialStore>();

        var secrets = CredentialStore.Names.Select(n => n.Replace(":", "__", StringComparison.Ordinal));
        var read = configuration
            .Asked.Except(Alternatives, StringComparer.OrdinalIgnoreCase)
            .Except(secrets, StringComparer.OrdinalIgnoreCase)
            .Concat(NamedByTriggers())
            .Concat(ReadByTheHost);
        Assert.Equal(read.Distinct().Order(StringComparer.Ordinal), deployed.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_the_parameters_leave_out_is_as_the_code_has_it()
    {
        var settings = LaafficSettings.Read(new RecordedConfiguration((await templates.EnvironmentAsync("production")).AppSettings()).Root);

        Assert.NotNull(settings.Campaigns.TickSchedule);
        Assert.Equal(
            new CampaignOptions
            {
                TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"),
                // The triggers' own setting has no default in the code.
                TickSchedule = settings.Campaigns.TickSchedule,
            },
            settings.Campaigns
        );
        Assert.Equal(new Uri("https://api.laaffic.com"), settings.BaseUrl);
    }

    [Theory]
    [InlineData("test")]
    [InlineData("production")]
    public async Task The_host_lets_through_what_the_app_answers_for_itself(string environment) =>
        Assert.Equal(
            RequestLimit.HostBytes.ToString(CultureInfo.InvariantCulture),
            (await templates.EnvironmentAsync(environment)).AppSettings()["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"]
        );

    [Theory]
    [InlineData("test")]
    [InlineData("production")]
    public async Task Storage_vault_and_telemetry_are_reached_by_the_apps_identity(string environment)
    {
        var deployment = await templates.EnvironmentAsync(environment);
        var settings = deployment.AppSettings();
        var account = deployment.Output("storageAccountName");

        Assert.Equal("managedidentity", settings["AzureWebJobsStorage__credential"]);
        Assert.Equal("<clientId>", settings["AzureWebJobsStorage__clientId"]);
        Assert.Equal("<clientId>", settings["AZURE_CLIENT_ID"]);
        Assert.Equal("ClientId=<clientId>;Authorization=AAD", settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]);
        foreach (var service in new[] { "blob", "queue", "table" })
        {
            Assert.Equal($"https://{account}.{service}.core.windows.net", settings[$"AzureWebJobsStorage__{service}ServiceUri"]);
        }

        Assert.Equal($"https://{deployment.Output("keyVaultName")}.vault.azure.net/", settings["KeyVault__Uri"]);
        Assert.True((bool)deployment.One("Microsoft.Insights/components")["DisableLocalAuth"]!);
    }

    // %Name% in the triggers' attributes, whichever package they come from.
    private static IEnumerable<string> NamedByTriggers() =>
        from type in typeof(FunctionApp).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        from parameter in method.GetParameters()
        from attribute in parameter.GetCustomAttributesData()
        where attribute.AttributeType.Namespace == "Microsoft.Azure.Functions.Worker"
        from argument in attribute.ConstructorArguments
        where argument.Value is string { Length: > 2 } text && text.StartsWith('%') && text.EndsWith('%')
        select ((string)argument.Value!)[1..^1];
}
