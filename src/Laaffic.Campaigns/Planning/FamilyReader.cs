using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure;
using Azure.Storage.Blobs.Models;
using Laaffic.Campaigns.Mapping;
using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// Reads what a family has submitted: its numbers, of which none is called again, and its settings, for a file that has none of
/// its own.
/// </summary>
internal sealed class FamilyReader(
    PlanStore store,
    CampaignFamily family,
    CalleeWriter writer,
    DateTimeOffset now,
    Func<CancellationToken, ValueTask> onProgress
)
{
    private const int CalleesBetweenProgress = 16 * 1024;

    private long _read;

    /// <summary>
    /// The settings of its first member as they were sent, <c>list</c>, and <c>delivery</c> as far as it is still to come, without its
    /// name; empty if there is none.
    /// </summary>
    public SettingsDraft Settings { get; } = new();

    /// <summary>Reads it.</summary>
    /// <returns>False if a member is not known any more: its stored bodies were deleted.</returns>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        foreach (var (_, planId) in family.Members)
        {
            if (await store.FindAsync(planId, cancellationToken) is not { } plan)
            {
                return false;
            }

            foreach (var task in plan.Tasks)
            {
                if (await ReadAsync(task, cancellationToken) is not { } body)
                {
                    return false;
                }

                if (planId == family.Members[0].PlanId && task.Number == 1)
                {
                    TakeSettings(body, plan);
                }
            }
        }

        return true;
    }

    private async Task<SettingsDraft?> ReadAsync(PlannedTask task, CancellationToken cancellationToken)
    {
        try
        {
            using var download = await store.OpenBodyAsync(task.BlobName, cancellationToken);
            using var body = new StoredBodyReader(download.Content);
            while (await body.ReadAsync(cancellationToken))
            {
                writer.LeaveOut(body.Callee.Number);
                if (++_read % CalleesBetweenProgress == 0)
                {
                    await onProgress(cancellationToken);
                }
            }

            return body.Settings;
        }
        catch (Exception e) when (e is InvalidDataException || (e as RequestFailedException)?.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    private void TakeSettings(SettingsDraft body, Plan plan)
    {
        body.Take("taskName");
        if (plan.SendTime <= now)
        {
            body.Take("sendTime");
        }

        if (plan.NamesAppId == false)
        {
            body.Take(CampaignSettings.AppIdField); // the account's, which may be another by now
        }

        var origin = $"the campaign '{plan.TaskName}'";
        Settings.Override(body.From(origin));
        if (plan.List is { } list)
        {
            Settings.Set(ListSettings.Group, list, new SettingOrigin(origin, 1));
        }

        Settings.Set(CampaignSettings.Delivery, DeliveryOf(plan), new SettingOrigin(origin, 1));
    }

    private JsonElement DeliveryOf(Plan plan)
    {
        var delivery = new JsonObject { ["priority"] = plan.Priority.ToString().ToLowerInvariant() };
        if (plan.AllowedCountries is { } countries)
        {
            delivery[CampaignSettings.AllowedCountries] = new JsonArray([.. countries.Select(name => JsonValue.Create(name))]);
        }

        if (plan.SubmitAt > now)
        {
            delivery["submitAt"] = Instant(plan.SubmitAt.Value);
        }

        if (plan.ExpireAt is { } expireAt)
        {
            delivery["expireAt"] = Instant(expireAt);
        }

        return JsonElement.Parse(delivery.ToJsonString());

        static string Instant(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture);
    }
}
