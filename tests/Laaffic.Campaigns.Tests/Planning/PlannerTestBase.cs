using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using Laaffic.Api;
using Laaffic.Campaigns.Planning;
using Laaffic.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Laaffic.Campaigns.Tests.Planning;

/// <summary>Plans campaigns on Azurite. It is 1 March 2026, 08:00 in Shanghai, the configured zone.</summary>
public abstract class PlannerTestBase(StorageFixture storage)
{
    protected static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    protected static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    /// <summary>Settings without which no CSV campaign is complete, as lines before the header.</summary>
    protected const string Lines = "# taskName: spring\n# agentId: 41\n";

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected BlobServiceClient Blobs => storage.Blobs;

    protected BlobContainerClient Tasks => Blobs.GetBlobContainerClient("tasks");

    protected FakeTimeProvider Time { get; } = new(Now);

    protected TimeZoneInfo Zone { get; set; } = Shanghai;

    protected int MaxCallees { get; set; } = 200_000;

    protected CampaignOptions Options { get; set; } = new();

    protected Task<Plan> PlanJsonAsync(string json) => PlanAsync(CampaignFormat.Json, Encoding.UTF8.GetBytes(json));

    protected Task<Plan> PlanCsvAsync(string csv, string? profile = null, string fileName = "list") =>
        PlanAsync(CampaignFormat.Csv, Encoding.UTF8.GetBytes(csv), profile, fileName);

    protected Task<Plan> PlanAsync(CampaignFormat format, byte[] content, string? profile = null, string fileName = "list") =>
        PlanAsync(format, new MemoryStream(content), profile, fileName);

    /// <summary>Plans with another zone than the configured one, also while others are planned.</summary>
    protected Task<Plan> PlanAsync(CampaignFormat format, byte[] content, TimeZoneInfo zone) =>
        PlanAsync(format, new MemoryStream(content), zone: zone);

    protected Task<Plan> PlanAsync(
        CampaignFormat format,
        Stream content,
        string? profile = null,
        string fileName = "list",
        Func<CancellationToken, ValueTask>? onProgress = null,
        TimeZoneInfo? zone = null
    )
    {
        var request = new PlanRequest(
            Guid.NewGuid().ToString("N"),
            fileName + format.Ending(),
            "campaigns/list",
            profile,
            new DateTimeOffset(2026, 2, 28, 23, 59, 58, TimeSpan.Zero)
        );
        if (onProgress is not null)
        {
            request = request with { OnProgress = onProgress };
        }

        return NewPlanner(zone).PlanAsync(request, content, Cancelled);
    }

    private protected Planner NewPlanner(TimeZoneInfo? zone = null, BlobServiceClient? storage = null, string appId = "configured")
    {
        var blobs = storage ?? Blobs;
        return new Planner(
            new PlanStore(blobs.GetBlobContainerClient(Containers.Tasks)),
            new ProfileReader(blobs.GetBlobContainerClient(Containers.Profiles)),
            (_, _) => new(new LaafficCredentials(appId, "key", "secret")),
            Options with
            {
                TimeZone = zone ?? Zone,
                MaxCalleesPerTask = MaxCallees,
            },
            Time
        );
    }

    /// <summary>Stores a profile under a name of its own.</summary>
    protected async Task<string> ProfileAsync(string json)
    {
        var name = $"folder/{Guid.NewGuid():N}";
        await Blobs.GetBlobContainerClient("profiles").UploadBlobAsync($"{name}.json", BinaryData.FromString(json), Cancelled);
        return name;
    }

    /// <summary>The stored request body of a plan's task, parsed; its stored length is checked on the way.</summary>
    protected async Task<JsonElement> BodyAsync(Plan plan, int task = 1)
    {
        Assert.Empty(plan.Errors);
        var planned = plan.Tasks[task - 1];
        var body = (await Tasks.GetBlobClient(planned.BlobName).DownloadContentAsync(Cancelled)).Value.Content.ToMemory();
        Assert.Equal(planned.Length, body.Length);
        return JsonDocument.Parse(body).RootElement;
    }

    /// <summary>The callees of a plan's task, each as compact JSON.</summary>
    protected async Task<string[]> CalleesAsync(Plan plan, int task = 1) =>
        [.. (await BodyAsync(plan, task)).GetProperty("numberInfoList").EnumerateArray().Select(callee => callee.GetRawText())];

    /// <summary>The numbers of a plan's task.</summary>
    protected async Task<string[]> NumbersAsync(Plan plan, int task = 1) =>
        [
            .. (await BodyAsync(plan, task))
                .GetProperty("numberInfoList")
                .EnumerateArray()
                .Select(callee => callee.GetProperty("calleeNumber").GetString()!),
        ];

    /// <summary>The list of rejected callees as text, its mark and header row checked and taken off; empty if there is none.</summary>
    protected async Task<string> RejectedAsync(Plan plan)
    {
        if (!plan.HasRejectedFile)
        {
            return "";
        }

        var bytes = (
            await Tasks.GetBlobClient(PlanStore.RejectedNameOf(plan.PlanId)).DownloadContentAsync(Cancelled)
        ).Value.Content.ToArray();
        var text = Encoding.UTF8.GetString(bytes);
        var header = text[..(text.IndexOf("\r\n", StringComparison.Ordinal) + 2)];
        Assert.StartsWith(
            plan.ReadAs?.Format == "JSON" ? "\uFEFFline,value,reason\r\n" : "\uFEFFline,reason,",
            header,
            StringComparison.Ordinal
        );
        return text[header.Length..];
    }

    /// <summary>All that is stored of a plan, by name.</summary>
    protected async Task<string[]> StoredAsync(Plan plan)
    {
        var names = new List<string>();
        await foreach (
            var blob in Tasks.GetBlobsAsync(prefix: $"{plan.PlanId}/", cancellationToken: Cancelled, traits: default, states: default)
        )
        {
            names.Add(blob.Name[(plan.PlanId.Length + 1)..]);
        }

        return [.. names];
    }

    /// <summary>Asserts that a campaign is rejected for one reason, and that nothing of it can be submitted.</summary>
    protected async Task<CampaignError> RejectedForAsync(Plan plan)
    {
        Assert.True(plan.IsRejected);
        Assert.Empty(plan.Tasks);
        Assert.DoesNotContain(await StoredAsync(plan), name => name != "rejected.csv");
        return Assert.Single(plan.Errors);
    }

    /// <summary>The same, as line, field and message in one text.</summary>
    protected async Task<string> ReasonAsync(Plan plan)
    {
        var error = await RejectedForAsync(plan);
        return $"{error.Line}|{error.Field}|{error.Message}";
    }
}
