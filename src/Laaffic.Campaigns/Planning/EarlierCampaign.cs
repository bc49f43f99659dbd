using Azure;
using Azure.Storage.Blobs.Models;
using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// The campaign that a file of rejected rows is from: its numbers, of which none is called again, and its settings, for a file
/// that has none of its own.
/// </summary>
internal sealed class EarlierCampaign(PlanStore store, Func<string, Task<string?>> findPlanId)
{
    /// <summary>Its settings as they were sent and <c>list</c>, without its name and times; empty if nothing of it was submitted.</summary>
    public SettingsDraft Settings { get; } = new();

    /// <summary>Whether anything of it was submitted.</summary>
    public bool WasSubmitted { get; private set; }

    /// <summary>Which of these names is that of a campaign that was submitted; the last, if none is.</summary>
    public async Task<string> FindNameAsync(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (await findPlanId(name) is not null)
            {
                return name;
            }
        }

        return names[^1];
    }

    /// <summary>Reads what it has submitted, and what those had whose rejected rows it was made of.</summary>
    /// <param name="name">Its task name.</param>
    /// <param name="writer">Takes the numbers.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>False if it was submitted but is not known any more: its stored bodies were deleted.</returns>
    public async Task<bool> ReadAsync(string name, CalleeWriter writer, CancellationToken cancellationToken)
    {
        var next = (string?)name;
        while (next is not null)
        {
            if (await findPlanId(next) is not { } planId)
            {
                return true;
            }

            if (await store.FindAsync(planId, cancellationToken) is not { } plan)
            {
                return false;
            }

            foreach (var task in plan.Tasks)
            {
                if (!await ReadAsync(task, plan, writer, cancellationToken))
                {
                    return false;
                }
            }

            WasSubmitted = true;
            next = plan.RowsOf;
        }

        return true;
    }

    private async Task<bool> ReadAsync(PlannedTask task, Plan plan, CalleeWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            using var download = await store.OpenBodyAsync(task.BlobName, cancellationToken);
            using var body = new StoredBodyReader(download.Content);
            while (await body.ReadAsync(cancellationToken))
            {
                writer.AddSubmitted(body.Callee.Number, plan.TaskName!);
            }

            if (!WasSubmitted)
            {
                TakeSettings(body.Settings, plan);
            }

            return true;
        }
        catch (Exception e) when (e is InvalidDataException || (e as RequestFailedException)?.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return false;
        }
    }

    private void TakeSettings(SettingsDraft body, Plan plan)
    {
        body.Take("taskName");
        body.Take("sendTime");
        if (plan.NamesAppId == false)
        {
            body.Take(CampaignSettings.AppIdField); // the account's, which may be another by now
        }

        Settings.Override(body.From($"the campaign '{plan.TaskName}'"));
        if (plan.List is { } list)
        {
            Settings.Set(Mapping.ListSettings.Group, list, new SettingOrigin($"the campaign '{plan.TaskName}'", 1));
        }
    }
}
