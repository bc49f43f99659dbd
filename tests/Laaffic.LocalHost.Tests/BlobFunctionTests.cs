using Azure.Storage.Blobs;
using Laaffic.Functions.Settings;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Laaffic.LocalHost.Tests;

public sealed class BlobFunctionTests(AzuriteFixture storage) : IClassFixture<AzuriteFixture>
{
    private readonly CallLog _log = new();
    private readonly Gate _gate = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_function_is_called_once_for_each_version_of_a_blob()
    {
        var container = await ContainerAsync("versions");
        await container.UploadBlobAsync("before/the start.csv", BinaryData.FromString("0"), Cancelled);
        await using var host = await StartAsync(typeof(Versions));

        await Wait.UntilAsync(() => _log.Count("before/the start.csv=0") == 1);
        await container.UploadBlobAsync("a/b/智能體.csv", BinaryData.FromString("1"), Cancelled);
        await Wait.UntilAsync(() => _log.Count("a/b/智能體.csv=1") == 1);
        await container.GetBlobClient("a/b/智能體.csv").UploadAsync(BinaryData.FromString("2"), overwrite: true, Cancelled);
        await Wait.UntilAsync(() => _log.Count("a/b/智能體.csv=2") == 1);
        await container.UploadBlobAsync("last.csv", BinaryData.FromString("3"), Cancelled);
        await Wait.UntilAsync(() => _log.Count("last.csv=3") == 1);

        Assert.Equal(4, _log.Calls.Count);
    }

    [Fact]
    public async Task A_function_that_fails_is_called_five_times_for_a_version_and_then_left()
    {
        var container = await ContainerAsync("failures");
        await using var host = await StartAsync(typeof(Failures));
        await container.UploadBlobAsync("a.csv", BinaryData.FromString("1"), Cancelled);
        await Wait.UntilAsync(() => _log.Count("a.csv=1") == 5);

        // The container was looked through many times when these are through.
        await container.UploadBlobAsync("b.csv", BinaryData.FromString("1"), Cancelled);
        await container.GetBlobClient("a.csv").UploadAsync(BinaryData.FromString("2"), overwrite: true, Cancelled);
        await Wait.UntilAsync(() => _log.Count("b.csv=1") == 5 && _log.Count("a.csv=2") == 5);

        Assert.Equal(15, _log.Calls.Count);
    }

    [Fact]
    public async Task Four_blobs_are_worked_on_at_once_as_host_json_says()
    {
        var container = await ContainerAsync("gated");
        for (var i = 0; i < 10; i++)
        {
            await container.UploadBlobAsync($"{i}.csv", BinaryData.FromString("x"), Cancelled);
        }

        await using var host = await StartAsync(typeof(Gated));

        await Wait.UntilAsync(() => _log.Calls.Count == 4);
        _gate.Open();
        await Wait.UntilAsync(() => _log.Calls.Count == 10);

        Assert.Equal(4, _log.MostAtOnce);
    }

    [Fact]
    public async Task A_container_that_appears_later_is_found()
    {
        await using var host = await StartAsync(typeof(Late));

        var container = await ContainerAsync("late");
        await container.UploadBlobAsync("a.csv", BinaryData.FromString("1"), Cancelled);

        await Wait.UntilAsync(() => _log.Count("a.csv=1") == 1);
    }

    [Theory]
    [InlineData(
        typeof(TwoBraces),
        "The local host does not know blob paths such as 'in/{a}/{b}' of the function TwoBraces, only 'container/{name}'."
    )]
    [InlineData(typeof(AsText), "The function AsText cannot be called by the local host: its parameter blob is not of type BlobClient.")]
    [InlineData(
        typeof(NoTrigger),
        "The function NoTrigger cannot be called by the local host: it has 0 triggers of the kinds blob, HTTP and timer instead of one."
    )]
    [InlineData(
        typeof(Strange),
        "The function Strange cannot be called by the local host: nothing is known for its parameter number of type Int32."
    )]
    [InlineData(typeof(Twice), "Two functions are named Twice.")]
    public async Task A_function_that_cannot_be_called_ends_the_start_with_its_name(Type functions, string message)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(functions));

        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData(
        "",
        "The app settings need fixing: AzureWebJobsStorage is not set: give a connection string, or "
            + "AzureWebJobsStorage__blobServiceUri for access by identity."
    )]
    [InlineData(
        "AccountKey=secret",
        "The app settings need fixing: AzureWebJobsStorage is not a storage connection string (AccountName=…;AccountKey=…;…). Its "
            + "value is not shown, as it may hold a key."
    )]
    public async Task A_missing_or_bad_connection_ends_the_start_with_its_name(string connection, string message)
    {
        var error = await Assert.ThrowsAsync<SettingsException>(() => StartAsync(typeof(Versions), connection));

        Assert.Equal(message, error.Message);
    }

    private async Task<BlobContainerClient> ContainerAsync(string name)
    {
        var container = new BlobContainerClient(storage.ConnectionString, name);
        await container.CreateAsync(cancellationToken: Cancelled);
        return container;
    }

    private Task<FunctionHost> StartAsync(Type functions, string? connection = null) =>
        FunctionHost.StartAsync(
            new FunctionHostOptions
            {
                Configuration = new ConfigurationBuilder()
                    .AddInMemoryCollection([new("AzureWebJobsStorage", connection ?? storage.ConnectionString)])
                    .Build(),
                Functions = [functions],
                Services = (services, _) => services.AddSingleton(_log).AddSingleton(_gate),
                BlobInterval = TimeSpan.FromMilliseconds(50),
            },
            Cancelled
        );

    private static async Task<string> DescribeAsync(BlobClient blob, string name, CancellationToken cancellationToken) =>
        $"{name}={(await blob.DownloadContentAsync(cancellationToken)).Value.Content}";

    public sealed class Versions(CallLog log)
    {
        [Function("Versions")]
        public async Task Run(
            [BlobTrigger("versions/{name}", Source = BlobTriggerSource.EventGrid)] BlobClient blob,
            string name,
            CancellationToken cancellationToken
        ) => await log.RunAsync(await DescribeAsync(blob, name, cancellationToken), () => Task.CompletedTask);
    }

    public sealed class Late(CallLog log)
    {
        [Function("Late")]
        public async Task Run([BlobTrigger("late/{name}")] BlobClient blob, string name, CancellationToken cancellationToken) =>
            await log.RunAsync(await DescribeAsync(blob, name, cancellationToken), () => Task.CompletedTask);
    }

    public sealed class Failures(CallLog log)
    {
        [Function("Failures")]
        public async Task Run([BlobTrigger("failures/{name}")] BlobClient blob, string name, CancellationToken cancellationToken) =>
            await log.RunAsync(await DescribeAsync(blob, name, cancellationToken), () => throw new InvalidOperationException("It fails."));
    }

    public sealed class Gated(CallLog log, Gate gate)
    {
        [Function("Gated")]
        public Task Run([BlobTrigger("gated/{file}")] BlobClient blob, string file, CancellationToken cancellationToken) =>
            log.RunAsync($"{blob.BlobContainerName}/{file}", () => gate.Passed.WaitAsync(cancellationToken));
    }

    public sealed class TwoBraces
    {
        [Function("TwoBraces")]
        public static Task Run([BlobTrigger("in/{a}/{b}")] BlobClient blob) => blob.ExistsAsync();
    }

    public sealed class AsText
    {
        [Function("AsText")]
        public static Task Run([BlobTrigger("in/{a}")] string blob) => Task.FromResult(blob);
    }

    public sealed class NoTrigger
    {
        [Function("NoTrigger")]
        public static Task Run(CancellationToken cancellationToken) => Task.FromCanceled(cancellationToken);
    }

    public sealed class Strange
    {
        [Function("Strange")]
        public static Task Run([BlobTrigger("in/{a}")] BlobClient blob, int number) => Task.FromResult((blob, number));
    }

    public sealed class Twice
    {
        [Function("Twice")]
        public static Task First([TimerTrigger("0 * * * * *")] TimerInfo timer) => Task.FromResult(timer);

        [Function("twice")]
        public static Task Second([TimerTrigger("0 * * * * *")] TimerInfo timer) => Task.FromResult(timer);
    }
}
