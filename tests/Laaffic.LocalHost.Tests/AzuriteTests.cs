using System.Diagnostics;
using Azure.Storage.Blobs;

namespace Laaffic.LocalHost.Tests;

public sealed class AzuriteTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Data_in_a_folder_and_the_connection_string_outlive_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("azurite-test-");
        try
        {
            await using var azurite = await Azurite.StartAsync(folder.FullName, cancellationToken: Cancelled);
            var before = azurite.ConnectionString;
            var container = new BlobContainerClient(before, "kept");
            await container.CreateAsync(cancellationToken: Cancelled);
            await container.UploadBlobAsync("a/b.txt", BinaryData.FromString("still here"), Cancelled);

            await azurite.RestartAsync(Cancelled);

            Assert.Equal(before, azurite.ConnectionString);
            var content = await container.GetBlobClient("a/b.txt").DownloadContentAsync(Cancelled);
            Assert.Equal("still here", content.Value.Content.ToString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Two_run_side_by_side_and_each_ends_when_disposed()
    {
        var first = await Azurite.StartAsync(cancellationToken: Cancelled);
        var second = await Azurite.StartAsync(cancellationToken: Cancelled);
        Assert.Equal(
            6,
            new[] { first.BlobPort, first.QueuePort, first.TablePort, second.BlobPort, second.QueuePort, second.TablePort }
                .Distinct()
                .Count()
        );
        using var process = Process.GetProcessById(first.ProcessId!.Value);

        await first.DisposeAsync();
        await using (second)
        {
            Assert.True(process.HasExited);
            var container = new BlobContainerClient(second.ConnectionString, "other");
            Assert.False(await container.ExistsAsync(Cancelled));
        }
    }
}
