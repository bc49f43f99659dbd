using System.Globalization;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Laaffic.Api;
using Laaffic.Benchmarks.Measuring;
using Laaffic.Campaigns.Planning;
using Laaffic.LocalHost;
using Laaffic.Simulator;

namespace Laaffic.Benchmarks.Sending;

/// <summary>A stored request body from Azurite to the simulator, as the app sends it and as a bare <see cref="HttpClient"/> would.</summary>
internal static class SendingBenchmark
{
    public static async Task RunAsync(int rounds)
    {
        await using var azurite = await Azurite.StartAsync();
        using var simulator = await ServerProcess.StartSimulatorAsync();
        foreach (var callees in (int[])[20_000, 200_000])
            await RunAsync(azurite, simulator, callees, rounds);
    }

    private static async Task RunAsync(Azurite azurite, ServerProcess simulator, int callees, int rounds)
    {
        var account = new SimulatorAccount();
        var storage = new BlobServiceClient(azurite.ConnectionString);
        var tasks = storage.GetBlobContainerClient("tasks");
        await tasks.CreateIfNotExistsAsync();
        using var http = new HttpClient(LaafficHttp.CreateHandler()) { BaseAddress = simulator.Address, Timeout = Timeout.InfiniteTimeSpan };
        var client = new LaafficClient(http, (_, _) => new(new LaafficCredentials(account.AppId, account.ApiKey, account.ApiSecret)), TimeProvider.System);
        using var bare = new BareSender(simulator.Address);

        // Each body can be accepted once.
        var bodies = new Queue<PlannedTask>();
        for (var i = 0; i < 2 * (rounds + Contest.WarmUps); i++)
            bodies.Enqueue(await StoreBodyAsync(storage, callees, account.AppId));
        var length = bodies.Peek().Length;

        await Contest.RunAsync(string.Create(CultureInfo.InvariantCulture, $"Sending a stored body of {callees} callees ({length / 1e6:0.0} MB)"), rounds,
        [
            new("bare: read, post", async () =>
            {
                var body = bodies.Dequeue();
                await bare.PostAsync(tasks.GetBlobClient(body.BlobName).GenerateSasUri(BlobSasPermissions.Read, DateTimeOffset.UtcNow.AddHours(1)));
                return body.Callees;
            }),
            new("the app's client", async () =>
            {
                var body = bodies.Dequeue();
                var reply = await client.CreateTaskAsync(
                    new TaskBody(body.Length, async ct => (await tasks.GetBlobClient(body.BlobName).DownloadStreamingAsync(cancellationToken: ct)).Value.Content), CancellationToken.None);
                return reply.Verdict == Verdict.Accepted ? body.Callees : throw new InvalidOperationException(reply.Reason);
            }),
        ]);
    }

    private static async Task<PlannedTask> StoreBodyAsync(BlobServiceClient storage, int callees, string appId)
    {
        // Some rows more, as some are duplicates or wrong.
        var rows = callees + callees / 50;
        using var csv = new MemoryStream(SampleCampaign.Bytes(SampleCampaign.WriteCsv, rows, Guid.NewGuid().ToString("N")));
        var planner = new Planner(storage, new PlannerOptions { AppId = appId, TimeZone = TimeZoneInfo.Utc, MaxCalleesPerTask = callees }, TimeProvider.System);
        var plan = await planner.PlanAsync(new PlanRequest(Guid.NewGuid().ToString("N"), CampaignFormat.Csv, "benchmark", null, "benchmark", DateTimeOffset.UtcNow), csv, CancellationToken.None);
        return plan.Tasks[0];
    }
}
