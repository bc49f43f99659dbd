using System.Text;
using Azure.Data.Tables;
using Laaffic.Api;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Laaffic.Campaigns.Tests.Ingestion;

/// <summary>While the vault does not answer, nothing wrong is said of what was submitted before, and no file is given up.</summary>
public sealed class UnknownSecretsTests(StorageFixture storage)
{
    private const string List = "calleeNumber\n12025550101\n12025550102\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_that_was_submitted_before_is_answered_with_its_campaign()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await PutProfileAsync(instance, "Spring {time}");
        var first = await PostAsync(instance.Service, List);
        Assert.Equal(CampaignStates.Accepted, first.Report.State);

        shared.Clock.Advance(TimeSpan.FromMinutes(1));
        using var other = new WithoutSecrets(shared, instance);
        var again = await PostAsync(other.Service, List);

        Assert.Equal((SubmissionOutcome.Committed, first.Report.TaskName), (again.Outcome, again.Report.TaskName));
        await Assert.ThrowsAsync<SecretsUnavailableException>(() => PostAsync(other.Service, List + "12025550103\n"));
        Assert.Single(shared.Simulator.AcceptedTasks);
    }

    [Fact]
    public async Task A_file_that_was_submitted_before_does_not_wait()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await PutProfileAsync(instance, "Spring");
        await Shared.UploadAsync(instance, "a.csv", List);
        await instance.Service.ProcessFileAsync("a.csv", Token);
        await Shared.UploadAsync(instance, "a.csv", List);
        using var other = new WithoutSecrets(shared, instance);

        await other.Service.ProcessFileAsync("a.csv", Token);

        Assert.Equal("Spring", (await instance.Files.FindFileAsync("a.csv", Token))!.Campaign);
    }

    [Fact]
    public async Task Files_that_have_waited_are_all_read_as_soon_as_the_secrets_are_known()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        using var other = new WithoutSecrets(shared, instance);
        for (var i = 0; i < 12; i++)
        {
            await Shared.UploadAsync(instance, $"{i}.json", Shared.Campaign($"Reminder {i}", 2));
        }

        for (var i = 0; i < 3; i++)
        {
            for (var file = 0; file < 12; file++)
            {
                await other.Service.ProcessFileAsync($"{file}.json", Token);
            }

            shared.Clock.Advance(TimeSpan.FromMinutes(15));
        }

        await instance.Service.RunDueAsync(Token);

        Assert.Equal(12, shared.Simulator.AcceptedTasks.Count);
    }

    [Fact]
    public async Task A_file_is_not_rejected_for_a_trouble_of_storage_that_has_passed()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        using var other = new WithoutSecrets(shared, instance);
        await Shared.UploadAsync(instance, "a.json", Shared.Campaign("Reminder", 2));
        instance.Refusals.Refuse(request => request.Contains("/tasks/", StringComparison.Ordinal));
        await instance.Service.ProcessFileAsync("a.json", Token); // a short trouble of storage
        instance.Refusals.Clear();
        for (var i = 0; i < 26 * 2; i++)
        {
            shared.Clock.Advance(TimeSpan.FromMinutes(30));
            await other.Service.RunDueAsync(Token);
        }

        await shared.TickAsync(instance, TimeSpan.FromHours(1), TimeSpan.FromMinutes(10));

        Assert.Equal(CampaignStates.Accepted, (await Shared.FindReportAsync(instance, "a.json"))?.State);
    }

    private static Task PutProfileAsync(Instance instance, string taskName) =>
        instance
            .Blobs.GetBlobContainerClient(Containers.Profiles)
            .GetBlobClient("default.json")
            .UploadAsync(BinaryData.FromString($$"""{"taskName":"{{taskName}}","agentId":41}"""), overwrite: true, Token);

    private static async Task<SubmissionResult> PostAsync(CampaignService service, string csv)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        return await service.SubmitAsync(new Submission(content, "http.csv") { Length = content.Length }, Token);
    }

    /// <summary>An instance that has never reached the vault.</summary>
    private sealed class WithoutSecrets : IDisposable
    {
        private readonly HttpClient _http;
        private readonly ServiceProvider _parts;

        public WithoutSecrets(Shared shared, Instance instance)
        {
            _http = new HttpClient(LaafficHttp.CreateHandler()) { BaseAddress = shared.Simulator.BaseAddress };
            CredentialsProvider none = (_, _) => throw new SecretsUnavailableException("The vault does not answer.");
            _parts = AppComposition.Compose(
                instance.Blobs,
                new TableServiceClient(shared.Account),
                _http,
                none,
                shared.Options,
                shared.Clock
            );
        }

        public CampaignService Service => _parts.GetRequiredService<CampaignService>();

        public void Dispose()
        {
            _parts.Dispose();
            _http.Dispose();
        }
    }
}
