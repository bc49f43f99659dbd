using Azure.Identity;
using Laaffic.Functions.Settings;
using Microsoft.Extensions.Configuration;

namespace Laaffic.Functions.Tests;

public sealed class StorageClientsTests
{
    private const string Account =
        "DefaultEndpointsProtocol=https;AccountName=campaigns1;AccountKey=Zm9yLXlvdXItZXllcy1vbmx5;EndpointSuffix=core.windows.net";

    [Fact]
    public void A_connection_string_gives_both_services()
    {
        var settings = Settings(("AzureWebJobsStorage", Account));

        Assert.Equal(new Uri("https://campaigns1.blob.core.windows.net/"), StorageClients.Blobs(settings).Uri);
        Assert.Equal(new Uri("https://campaigns1.table.core.windows.net/"), StorageClients.Tables(settings).Uri);
        Assert.True(StorageClients.Blobs(settings).CanGenerateAccountSasUri);
    }

    [Fact]
    public void Service_addresses_give_both_services_by_identity()
    {
        var settings = Settings(
            ("AzureWebJobsStorage__blobServiceUri", "https://campaigns1.blob.storage.example.com"),
            ("AzureWebJobsStorage__tableServiceUri", "https://campaigns1.table.storage.example.com"),
            ("AzureWebJobsStorage__credential", "managedidentity"),
            ("AzureWebJobsStorage__clientId", "11111111-2222-3333-4444-555555555555")
        );

        Assert.Equal(new Uri("https://campaigns1.blob.storage.example.com"), StorageClients.Blobs(settings).Uri);
        Assert.Equal(new Uri("https://campaigns1.table.storage.example.com"), StorageClients.Tables(settings).Uri);
        Assert.False(StorageClients.Blobs(settings).CanGenerateAccountSasUri);
    }

    [Fact]
    public void An_account_name_gives_both_services_by_identity()
    {
        var settings = Settings(("AzureWebJobsStorage__accountName", "campaigns1"));

        Assert.Equal(new Uri("https://campaigns1.blob.core.windows.net"), StorageClients.Blobs(settings).Uri);
        Assert.Equal(new Uri("https://campaigns1.table.core.windows.net"), StorageClients.Tables(settings).Uri);
    }

    [Fact]
    public void Another_setting_can_name_the_account()
    {
        var settings = Settings(("AzureWebJobsStorage", Account), ("Drops__blobServiceUri", "https://drops.blob.core.windows.net"));

        Assert.Equal(new Uri("https://drops.blob.core.windows.net"), StorageClients.Blobs(settings, "Drops").Uri);
    }

    [Theory]
    [InlineData("managedidentity", typeof(ManagedIdentityCredential))]
    [InlineData("managedIdentity", typeof(ManagedIdentityCredential))]
    [InlineData(null, typeof(DefaultAzureCredential))]
    public void The_identity_is_the_apps_own_where_the_settings_say_so(string? kind, Type credential)
    {
        foreach (var clientId in new[] { null, "", "11111111-2222-3333-4444-555555555555" })
        {
            Assert.IsType(credential, StorageClients.Credential(Settings(), kind, clientId));
        }
    }

    [Theory]
    [InlineData("AzureWebJobsStorage", "nonsense", "AzureWebJobsStorage is not a storage connection string")]
    [InlineData(
        "AzureWebJobsStorage",
        "AccountName=campaigns1;AccountKey=not base 64",
        "AzureWebJobsStorage is not a storage connection string"
    )]
    [InlineData("AzureWebJobsStorage__blobServiceUri", "campaigns1", "AzureWebJobsStorage__blobServiceUri is 'campaigns1'")]
    [InlineData("AzureWebJobsStorage__blobServiceUri", "file:///campaigns1", "AzureWebJobsStorage__blobServiceUri is 'file:///campaigns1'")]
    [InlineData("AzureWebJobsStorage__accountName", "My Account", "AzureWebJobsStorage__accountName is 'My Account'")]
    [InlineData(
        "AzureWebJobsStorage",
        "",
        "AzureWebJobsStorage is not set: give a connection string, or AzureWebJobsStorage__blobServiceUri"
    )]
    public void A_bad_setting_is_named(string name, string value, string message)
    {
        var error = Assert.Throws<SettingsException>(() => StorageClients.Blobs(Settings((name, value))));

        Assert.StartsWith(message, Assert.Single(error.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_table_address_is_named_too()
    {
        var settings = Settings(("AzureWebJobsStorage__blobServiceUri", "https://campaigns1.blob.core.windows.net"));

        var error = Assert.Throws<SettingsException>(() => StorageClients.Tables(settings));

        Assert.Contains("AzureWebJobsStorage__tableServiceUri", Assert.Single(error.Errors), StringComparison.Ordinal);
    }

    private static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(
                settings.Select(setting =>
                    KeyValuePair.Create(setting.Name.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value)
                )
            )
            .Build();
}
