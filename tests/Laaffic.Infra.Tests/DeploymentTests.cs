using System.Text.RegularExpressions;
using Laaffic.Campaigns;
using Laaffic.Functions;
using Laaffic.Infra.Tests.Support;

namespace Laaffic.Infra.Tests;

/// <summary>What the two parameter files deploy.</summary>
public sealed partial class DeploymentTests(Templates templates)
{
    private const string BlobDataOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
    private const string BlobDataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
    private const string BlobDataReader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
    private const string QueueDataContributor = "974c5e8b-45b9-4653-ba55-5f855dd0fb88";
    private const string TableDataContributor = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";
    private const string KeyVaultSecretsUser = "4633458b-17de-408a-b874-0445c86b69e6";
    private const string MonitoringMetricsPublisher = "3913510d-42f4-4e42-8a64-420c390055eb";

    public static TheoryData<string> Environments => ["test", "production"];

    [Theory]
    [MemberData(nameof(Environments))]
    public async Task Storage_takes_identities_over_TLS_only(string environment)
    {
        var account = (await templates.EnvironmentAsync(environment)).One("Microsoft.Storage/storageAccounts");

        Assert.False((bool)account["allowSharedKeyAccess"]!);
        Assert.False((bool)account["allowBlobPublicAccess"]!);
        Assert.True((bool)account["supportsHttpsTrafficOnly"]!);
        Assert.Equal("TLS1_2", (string)account["minimumTlsVersion"]!);
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public async Task Storage_has_the_containers_and_the_table_of_the_code(string environment)
    {
        var deployment = await templates.EnvironmentAsync(environment);
        var ledger = typeof(CampaignService)
            .Assembly.GetType("Laaffic.Campaigns.Ledger.CampaignLedger", throwOnError: true)!
            .GetField("TableName")!
            .GetRawConstantValue();

        Assert.Equal(
            Containers.All.Concat(["deadletters", "deployments"]).Order(StringComparer.Ordinal),
            deployment.Names("Microsoft.Storage/storageAccounts/blobServices/containers").Order(StringComparer.Ordinal)
        );
        Assert.Equal([ledger], deployment.Names("Microsoft.Storage/storageAccounts/tableServices/tables"));
        Assert.All(
            deployment.All("Microsoft.Storage/storageAccounts/blobServices/containers"),
            c => Assert.Equal("None", (string)c["properties"]!["publicAccess"]!)
        );
    }

    [Theory]
    [InlineData("test", 14, 7)]
    [InlineData("production", 90, 14)]
    public async Task What_the_app_stored_of_phone_numbers_is_deleted_in_time(string environment, int days, int softDeleteDays)
    {
        var deployment = await templates.EnvironmentAsync(environment);

        var rule = Assert.Single(deployment.One("Microsoft.Storage/storageAccounts/managementPolicies")["policy"]!["rules"]!.AsArray())!;
        var definition = rule["definition"]!;
        Assert.True((bool)rule["enabled"]!);
        Assert.Equal(["tasks/", "results/", "deadletters/"], definition["filters"]!["prefixMatch"]!.AsArray().Select(p => (string)p!));
        Assert.Equal(days, (int)definition["actions"]!["baseBlob"]!["delete"]!["daysAfterModificationGreaterThan"]!);
        var blobs = deployment.One("Microsoft.Storage/storageAccounts/blobServices");
        Assert.True((bool)blobs["deleteRetentionPolicy"]!["enabled"]!);
        Assert.True((bool)blobs["containerDeleteRetentionPolicy"]!["enabled"]!);
        Assert.Equal(softDeleteDays, (int)blobs["deleteRetentionPolicy"]!["days"]!);
        Assert.Equal(softDeleteDays, (int)blobs["containerDeleteRetentionPolicy"]!["days"]!);
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public async Task The_vault_is_empty_audited_and_can_not_be_purged(string environment)
    {
        var deployment = await templates.EnvironmentAsync(environment);

        var vault = deployment.One("Microsoft.KeyVault/vaults");
        Assert.True((bool)vault["enableRbacAuthorization"]!);
        Assert.True((bool)vault["enablePurgeProtection"]!);
        Assert.Null(vault["accessPolicies"]);
        Assert.DoesNotContain(
            deployment.Resources,
            r => ((string)r["type"]!).StartsWith("Microsoft.KeyVault/vaults/", StringComparison.Ordinal)
        );
        var diagnostics = Assert.Single(deployment.All("Microsoft.Insights/diagnosticSettings"));
        Assert.Contains("/vaults/", (string)diagnostics["id"]!, StringComparison.Ordinal);
        Assert.Equal(deployment.Output("workspaceId"), (string)diagnostics["properties"]!["workspaceId"]!);
        Assert.Contains(diagnostics["properties"]!["logs"]!.AsArray(), l => (string?)l!["categoryGroup"] == "audit" && (bool)l["enabled"]!);
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public async Task Each_role_is_held_on_one_resource_only(string environment)
    {
        var deployment = await templates.EnvironmentAsync(environment);
        var storage = $"/providers/Microsoft.Storage/storageAccounts/{deployment.Output("storageAccountName")}";
        var vault = $"/providers/Microsoft.KeyVault/vaults/{deployment.Output("keyVaultName")}";
        var insights = $"/providers/Microsoft.Insights/components/{Assert.Single(deployment.Names("Microsoft.Insights/components"))}";
        const string App = "<principalId>",
            Topic = "<identity.principalId>",
            Service = "ServicePrincipal";

        List<RoleAssignment> expected =
        [
            new(BlobDataOwner, storage, App, Service),
            new(QueueDataContributor, storage, App, Service),
            new(TableDataContributor, storage, App, Service),
            new(KeyVaultSecretsUser, vault, App, Service),
            new(MonitoringMetricsPublisher, insights, App, Service),
            new(BlobDataContributor, $"{storage}/blobServices/default/containers/deadletters", Topic, Service),
        ];
        if (environment == "production")
        {
            expected.Add(
                new(
                    BlobDataContributor,
                    $"{storage}/blobServices/default/containers/campaigns",
                    "11111111-1111-1111-1111-111111111111",
                    null
                )
            );
            expected.Add(
                new(BlobDataReader, $"{storage}/blobServices/default/containers/results", "22222222-2222-2222-2222-222222222222", null)
            );
        }

        Assert.Equal(expected.OrderBy(Key, StringComparer.Ordinal), deployment.RoleAssignments().OrderBy(Key, StringComparer.Ordinal));

        static string Key(RoleAssignment a) => a.Scope + a.RoleId;
    }

    [Theory]
    [InlineData("test", 2048, 40)]
    [InlineData("production", 2048, 100)]
    public async Task The_app_runs_on_Flex_Consumption_with_its_identity(string environment, int memory, int instances)
    {
        var deployment = await templates.EnvironmentAsync(environment);
        var identity = (string)Assert.Single(deployment.All("Microsoft.ManagedIdentity/userAssignedIdentities"))["id"]!;

        var plan = Assert.Single(deployment.All("Microsoft.Web/serverfarms"));
        Assert.Equal("FC1", (string)plan["sku"]!["name"]!);
        Assert.True((bool)plan["properties"]!["reserved"]!);

        var app = Assert.Single(deployment.All("Microsoft.Web/sites"));
        Assert.Equal("functionapp,linux", (string)app["kind"]!);
        Assert.Equal("functions", (string)app["tags"]!["azd-service-name"]!);
        Assert.Equal("UserAssigned", (string)app["identity"]!["type"]!);
        Assert.Equal([identity], app["identity"]!["userAssignedIdentities"]!.AsObject().Select(i => i.Key));
        Assert.True((bool)app["properties"]!["httpsOnly"]!);
        // No other site settings: Flex Consumption refuses many.
        Assert.Equal(
            ["http20Enabled", "minTlsVersion", "scmMinTlsVersion"],
            app["properties"]!["siteConfig"]!.AsObject().Select(s => s.Key).Order(StringComparer.Ordinal)
        );
        Assert.Equal("1.2", (string)app["properties"]!["siteConfig"]!["minTlsVersion"]!);

        var config = app["properties"]!["functionAppConfig"]!;
        Assert.Equal("dotnet-isolated", (string)config["runtime"]!["name"]!);
        Assert.Equal("10.0", (string)config["runtime"]!["version"]!);
        Assert.Equal(memory, (int)config["scaleAndConcurrency"]!["instanceMemoryMB"]!);
        Assert.Equal(instances, (int)config["scaleAndConcurrency"]!["maximumInstanceCount"]!);
        Assert.Equal(4, (int)config["scaleAndConcurrency"]!["triggers"]!["http"]!["perInstanceConcurrency"]!);
        var package = config["deployment"]!["storage"]!;
        Assert.Equal("blobContainer", (string)package["type"]!);
        Assert.Equal(
            $"https://{deployment.Output("storageAccountName")}.blob.core.windows.net/deployments",
            ArmExpression.Evaluate((string)package["value"]!)
        );
        Assert.Equal("UserAssignedIdentity", (string)package["authentication"]!["type"]!);
        Assert.Equal(identity, (string)package["authentication"]!["userAssignedIdentityResourceId"]!);

        var publishing = deployment.All("Microsoft.Web/sites/basicPublishingCredentialsPolicies");
        Assert.Equal(2, publishing.Count);
        Assert.All(publishing, p => Assert.False((bool)p["properties"]!["allow"]!));
    }

    [Fact]
    public async Task A_test_environment_costs_nothing_for_its_network()
    {
        var deployment = await templates.EnvironmentAsync("test");

        Assert.DoesNotContain(deployment.Resources, r => ((string)r["type"]!).StartsWith("Microsoft.Network/", StringComparison.Ordinal));
        Assert.Equal("", deployment.Output("outboundAddress"));
        Assert.Equal("Allow", (string)deployment.One("Microsoft.Storage/storageAccounts")["networkAcls"]!["defaultAction"]!);
    }

    [Fact]
    public async Task A_production_environment_sends_from_one_address_and_reaches_storage_and_vault_privately()
    {
        var deployment = await templates.EnvironmentAsync("production");

        AssertFixedAddress(deployment);
        Assert.Equal(
            ["blob", "queue", "table", "vault"],
            deployment
                .All("Microsoft.Network/privateEndpoints")
                .Select(e => (string)e["properties"]!["privateLinkServiceConnections"]![0]!["properties"]!["groupIds"]![0]!)
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            [
                "privatelink.blob.core.windows.net",
                "privatelink.queue.core.windows.net",
                "privatelink.table.core.windows.net",
                "privatelink.vaultcore.azure.net",
            ],
            deployment
                .All("Microsoft.Network/privateDnsZones")
                .Select(z => ArmExpression.Evaluate((string)z["name"]!))
                .Order(StringComparer.Ordinal)
        );
        foreach (var type in new[] { "Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults" })
        {
            var rules = deployment.One(type)["networkAcls"]!;
            Assert.Equal("Deny", (string)rules["defaultAction"]!);
            Assert.Equal("AzureServices", (string)rules["bypass"]!);
            Assert.Equal(["203.0.113.10"], rules["ipRules"]!.AsArray().Select(r => (string)r!["value"]!));
        }
    }

    [Theory]
    [InlineData("blob", "storageAccountName", "privatelink.blob.core.windows.net")]
    [InlineData("queue", "storageAccountName", "privatelink.queue.core.windows.net")]
    [InlineData("table", "storageAccountName", "privatelink.table.core.windows.net")]
    [InlineData("vault", "keyVaultName", "privatelink.vaultcore.azure.net")]
    public async Task The_apps_network_finds_each_private_endpoint_by_name(string service, string target, string zone)
    {
        var deployment = await templates.EnvironmentAsync("production");
        var network = Assert.Single(deployment.All("Microsoft.Network/virtualNetworks"));

        var endpoint = Assert.Single(
            deployment.All("Microsoft.Network/privateEndpoints"),
            e => ((string)e["name"]!).EndsWith("-" + service, StringComparison.Ordinal)
        );
        var connection = Assert.Single(endpoint["properties"]!["privateLinkServiceConnections"]!.AsArray())!["properties"]!;
        Assert.Equal([service], connection["groupIds"]!.AsArray().Select(g => (string)g!));
        Assert.EndsWith("/" + deployment.Output(target), (string)connection["privateLinkServiceId"]!, StringComparison.Ordinal);
        Assert.Equal($"{network["id"]}/subnets/private-endpoints", (string)endpoint["properties"]!["subnet"]!["id"]!);

        var group = Assert.Single(
            deployment.All("Microsoft.Network/privateEndpoints/privateDnsZoneGroups"),
            g => (string)g["name"]! == $"{endpoint["name"]}/default"
        );
        var zoneId = ArmExpression.Evaluate(
            (string)Assert.Single(group["properties"]!["privateDnsZoneConfigs"]!.AsArray())!["properties"]!["privateDnsZoneId"]!
        );
        Assert.Contains(zone, zoneId, StringComparison.Ordinal);

        var link = Assert.Single(
            deployment.All("Microsoft.Network/privateDnsZones/virtualNetworkLinks"),
            l => ArmExpression.Evaluate((string)l["name"]!) == $"{zone}/app"
        );
        Assert.Equal((string)network["id"]!, (string)link["properties"]!["virtualNetwork"]!["id"]!);
    }

    [Fact]
    public async Task A_fixed_address_comes_without_private_endpoints_too()
    {
        var file = templates.Bicep.Write(
            "fixed-address.bicepparam",
            """
            using 'main.bicep'

            param environmentName = 'fixed'
            param network = 'fixed-address'
            """
        );

        var deployment = await templates.Bicep.EvaluateAsync(file);

        AssertFixedAddress(deployment);
        Assert.Empty(deployment.All("Microsoft.Network/privateEndpoints"));
        Assert.Equal("Allow", (string)deployment.One("Microsoft.KeyVault/vaults")["networkAcls"]!["defaultAction"]!);
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public async Task Without_SFTP_storage_stays_as_it_is(string environment)
    {
        var deployment = await templates.EnvironmentAsync(environment);

        var account = deployment.One("Microsoft.Storage/storageAccounts");
        Assert.False((bool)account["isSftpEnabled"]!);
        Assert.False((bool)account["isLocalUserEnabled"]!);
        Assert.Null(account["isHnsEnabled"]);
        Assert.Empty(deployment.All("Microsoft.Storage/storageAccounts/localUsers"));
        Assert.Equal("", deployment.Output("sftpUserName"));
    }

    [Fact]
    public async Task By_SFTP_files_can_be_written_into_the_container_of_campaigns_and_nothing_else()
    {
        var file = templates.Bicep.Write(
            "sftp.bicepparam",
            """
            using 'main.bicep'

            param environmentName = 'sftp'
            param sftp = true
            param sftpPublicKeys = ['ecdsa-sha2-nistp256 AAAA1', 'ssh-rsa AAAA2']
            """
        );

        var deployment = await templates.Bicep.EvaluateAsync(file);

        var account = deployment.One("Microsoft.Storage/storageAccounts");
        Assert.True((bool)account["isHnsEnabled"]!);
        Assert.True((bool)account["isSftpEnabled"]!);
        Assert.True((bool)account["isLocalUserEnabled"]!);
        Assert.False((bool)account["allowSharedKeyAccess"]!);
        // What an account with a hierarchical namespace does not have.
        Assert.Null(deployment.One("Microsoft.Storage/storageAccounts/blobServices")["isVersioningEnabled"]);
        Assert.Null(deployment.One("Microsoft.Storage/storageAccounts/blobServices")["changeFeed"]);
        Assert.Null(deployment.One("Microsoft.Storage/storageAccounts/blobServices")["restorePolicy"]);
        var user = deployment.One("Microsoft.Storage/storageAccounts/localUsers");
        Assert.False((bool)user["hasSharedKey"]!);
        Assert.False((bool)user["hasSshPassword"]!);
        Assert.True((bool)user["hasSshKey"]!);
        Assert.Equal(Containers.Campaigns, (string)user["homeDirectory"]!);
        Assert.Equal(["ecdsa-sha2-nistp256 AAAA1", "ssh-rsa AAAA2"], user["sshAuthorizedKeys"]!.AsArray().Select(k => (string)k!["key"]!));
        var scope = Assert.Single(user["permissionScopes"]!.AsArray())!;
        Assert.Equal(
            ("blob", Containers.Campaigns, "cwl"),
            ((string)scope["service"]!, (string)scope["resourceName"]!, (string)scope["permissions"]!)
        );
        Assert.Equal($"{deployment.Output("storageAccountName")}.dropper", deployment.Output("sftpUserName"));
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public async Task The_outputs_say_what_the_next_steps_need(string environment)
    {
        var deployment = await templates.EnvironmentAsync(environment);

        Assert.Equal(
            [
                "dropUrl",
                "functionAppName",
                "healthUrl",
                "keyVaultName",
                "outboundAddress",
                "sftpUserName",
                "storageAccountName",
                "systemTopicName",
                "workspaceId",
            ],
            deployment.Outputs.Order(StringComparer.Ordinal)
        );
        Assert.Equal("https://<defaultHostName>/api/health", deployment.Output("healthUrl"));
        Assert.Equal(
            $"https://{deployment.Output("storageAccountName")}.blob.core.windows.net/{Containers.Campaigns}",
            deployment.Output("dropUrl")
        );
        Assert.Equal([deployment.Output("functionAppName")], deployment.Names("Microsoft.Web/sites"));
        Assert.Equal([deployment.Output("systemTopicName")], deployment.Names("Microsoft.EventGrid/systemTopics"));
        Assert.InRange(deployment.Output("functionAppName").Length, 2, 32);
        Assert.Matches("^[a-z0-9]{3,24}$", deployment.Output("storageAccountName"));
        Assert.Matches("^[a-z][a-z0-9-]{2,23}$", deployment.Output("keyVaultName"));
    }

    [Fact]
    public async Task The_event_subscription_takes_finished_uploads_into_the_container_to_the_blob_trigger()
    {
        var properties = (await templates.EventSubscriptionAsync()).One("Microsoft.EventGrid/systemTopics/eventSubscriptions");

        var endpoint = ArmExpression.Evaluate((string)properties["destination"]!["properties"]!["endpointUrl"]!);
        Assert.StartsWith(
            $"https://<defaultHostName>/runtime/webhooks/blobs?functionName=Host.Functions.{nameof(CampaignUploaded)}&code=<key "
                + $"systemKeys.blobs_extension of ",
            endpoint,
            StringComparison.Ordinal
        );
        Assert.EndsWith("/sites/func-name/host/default>", endpoint, StringComparison.Ordinal);

        var filter = properties["filter"]!;
        Assert.Equal($"/blobServices/default/containers/{Containers.Campaigns}/", (string)filter["subjectBeginsWith"]!);
        Assert.Equal(["Microsoft.Storage.BlobCreated"], filter["includedEventTypes"]!.AsArray().Select(t => (string)t!));
        var advanced = Assert.Single(filter["advancedFilters"]!.AsArray())!;
        Assert.Equal("data.api", (string)advanced["key"]!);
        Assert.Equal("StringIn", (string)advanced["operatorType"]!);
        Assert.Equal(
            ["CopyBlob", "FlushWithClose", "PutBlob", "PutBlockList", "SftpCommit"],
            advanced["values"]!.AsArray().Select(v => (string)v!)
        );

        Assert.Equal(30, (int)properties["retryPolicy"]!["maxDeliveryAttempts"]!);
        Assert.Equal(1440, (int)properties["retryPolicy"]!["eventTimeToLiveInMinutes"]!);
        var deadLetters = properties["deadLetterWithResourceIdentity"]!;
        Assert.Equal("SystemAssigned", (string)deadLetters["identity"]!["type"]!);
        Assert.Equal("deadletters", (string)deadLetters["deadLetterDestination"]!["properties"]!["blobContainerName"]!);
        Assert.Null(properties["deadLetterDestination"]);
    }

    [Fact]
    public async Task Who_deploys_from_GitHub_may_assign_the_roles_of_the_templates_and_no_others()
    {
        var guide = await File.ReadAllTextAsync(
            Path.Combine(BicepCli.Repository, "docs", "deploy.md"),
            TestContext.Current.CancellationToken
        );
        var allowed = Roles().Match(guide).Groups[1].Value.Split(", ");

        var assigned = (await templates.EnvironmentAsync("production")).RoleAssignments().Select(a => a.RoleId);

        Assert.Equal(assigned.Distinct().Order(StringComparer.Ordinal), allowed.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("docs/deploy.md")]
    [InlineData(".github/workflows/deploy.yml")]
    public async Task Every_output_that_is_asked_for_exists(string file)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(BicepCli.Repository, file), TestContext.Current.CancellationToken);

        var asked = AskedOutput().Matches(text).Select(m => m.Groups[1].Value).ToHashSet();

        Assert.NotEmpty(asked);
        Assert.Subset((await templates.EnvironmentAsync("production")).Outputs.ToHashSet(), asked);
    }

    private static void AssertFixedAddress(Deployment deployment)
    {
        var gateway = Assert.Single(deployment.All("Microsoft.Network/natGateways"));
        var address = Assert.Single(deployment.All("Microsoft.Network/publicIPAddresses"));
        Assert.Equal("Static", (string)address["properties"]!["publicIPAllocationMethod"]!);
        Assert.Equal((string)address["id"]!, (string)gateway["properties"]!["publicIpAddresses"]![0]!["id"]!);
        Assert.Equal("<ipAddress>", deployment.Output("outboundAddress"));

        var network = Assert.Single(deployment.All("Microsoft.Network/virtualNetworks"));
        var subnet = network["properties"]!["subnets"]!.AsArray().Single(s => (string)s!["name"]! == "app")!["properties"]!;
        Assert.Equal((string)gateway["id"]!, (string)subnet["natGateway"]!["id"]!);
        Assert.Equal("Microsoft.App/environments", (string)subnet["delegations"]![0]!["properties"]!["serviceName"]!);
        Assert.Equal($"{network["id"]}/subnets/app", (string)deployment.One("Microsoft.Web/sites")["virtualNetworkSubnetId"]!);
    }

    [GeneratedRegex(@"^roles='([^']+)'$", RegexOptions.Multiline)]
    private static partial Regex Roles();

    [GeneratedRegex(@"properties\.outputs\.(\w+)\.value")]
    private static partial Regex AskedOutput();
}
