using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Laaffic.Api;
using Laaffic.Campaigns.Opening;
using Laaffic.Campaigns.Parsing;
using Microsoft.Extensions.DependencyInjection;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// Reads a campaign once, from its first byte to its last, and stores the request bodies of its tasks in the container
/// <c>tasks</c> under the plan's id. Memory does not grow with the campaign but for 11 to 14 bytes a number, to know duplicates.
/// </summary>
internal sealed class Planner(
    PlanStore store,
    [FromKeyedServices(Containers.Profiles)] BlobContainerClient profiles,
    CredentialsProvider credentials,
    CampaignOptions options,
    TimeProvider time
)
{
    /// <summary>
    /// Plans one campaign. Its record, <c>plan.json</c>, is stored last, and only if the campaign is not rejected: if it is
    /// there, all bodies are. The list of rejected callees is stored in any case if there are any.
    /// </summary>
    /// <param name="request">What is known of the campaign.</param>
    /// <param name="content">Its bytes, read to the end whatever they are.</param>
    /// <param name="cancellationToken">Cancels it; nothing that was stored is then used.</param>
    /// <returns>The plan. Nothing in the content throws: the plan says what is wrong with it.</returns>
    /// <exception cref="RequestFailedException">Storage did not do its part.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="SecretsUnavailableException">
    /// The campaign is new and names no application id, and the account's is not known.
    /// </exception>
    public async Task<Plan> PlanAsync(PlanRequest request, Stream content, CancellationToken cancellationToken)
    {
        SecretsUnavailableException? unavailable = null;
        var appId = "";
        try
        {
            appId = (await credentials(refresh: false, cancellationToken)).AppId;
        }
        catch (SecretsUnavailableException e)
        {
            unavailable = e; // no matter to a campaign that names an application id: its tasks wait for the secrets
        }

        var plan = await PlanAsync(request, content, appId, cancellationToken);
        if (
            unavailable is null
            || !plan.Errors.Any(e => e.Field == CampaignSettings.AppIdField)
            || await request.WasSubmitted(plan.ContentHash)
        )
        {
            return plan;
        }

        await store.DiscardAsync(plan.PlanId, cancellationToken);
        throw unavailable;
    }

    private async Task<Plan> PlanAsync(PlanRequest request, Stream content, string appId, CancellationToken cancellationToken)
    {
        var onProgress = request.OnProgress;
        var errors = new CampaignErrors();
        var warnings = new List<string>();
        await using var input = new InputStream(content, onProgress);
        await using var bodies = new TaskBodyWriter(store, request.PlanId, options.MaxCalleesPerTask, onProgress);
        using var rejected = new RejectedCalleeWriter(store, request.PlanId, onProgress);
        using var writer = new CalleeWriter(bodies, rejected, errors);

        var reading =
            request.Format == CampaignFormat.Json
                ? await ReadJsonAsync(input, writer, errors, appId, cancellationToken)
                : await ReadCsvAsync(request, input, writer, errors, warnings, appId, cancellationToken);
        writer.Complete();
        await input.DrainAsync(cancellationToken);

        if (reading.Complete && writer.Counts.Read == writer.Counts.Rejected)
        {
            errors.Add(null, null, NobodyToCall(writer.Counts));
        }

        var names = TaskNames.For(reading.Settings?.Api.TaskName ?? "", bodies.Count, out var tooLong);
        if (tooLong is not null && errors.Count == 0)
        {
            errors.Add("taskName", null, tooLong);
        }

        await rejected.CommitAsync(cancellationToken);
        var plan = new Plan
        {
            PlanId = request.PlanId,
            Source = request.Source,
            TaskName = reading.Settings?.Api.TaskName,
            ContentHash = input.ContentHash(),
            NamesAppId = reading.Settings?.NamesAppId,
            SubmitAt = reading.Settings?.SubmitAt,
            ExpireAt = reading.Settings?.ExpireAt,
            SendTime = reading.Settings?.SendTime,
            Priority = reading.Settings?.Priority ?? Priority.Normal,
            Counts = writer.Counts,
            Errors = errors.List,
            ErrorCount = errors.Count,
            Warnings = [.. warnings, .. LongTexts(writer.LongTexts)],
            IgnoredColumns = reading.IgnoredColumns,
            HasRejectedFile = rejected.Count > 0,
            FirstRejected = rejected.First,
            IsMalformed = reading.Settings is null || (request.Format == CampaignFormat.Csv && !reading.Complete),
        };
        if (plan.IsRejected)
        {
            return plan;
        }

        plan = plan with
        {
            Tasks = await bodies.CommitAsync(reading.Settings!.Api, names, !reading.Settings.NamesAppId, cancellationToken),
        };
        await store.SaveAsync(plan, cancellationToken);
        await onProgress(cancellationToken);
        return plan;
    }

    private async Task<Reading> ReadJsonAsync(
        InputStream input,
        CalleeWriter writer,
        CampaignErrors errors,
        string appId,
        CancellationToken cancellationToken
    )
    {
        var draft = new SettingsDraft();
        var (complete, hasCallees) = await JsonCampaignReader.ReadCampaignAsync(input, errors, draft, writer, cancellationToken);
        if (!complete)
        {
            return new Reading(false, null, []);
        }

        var settings = CampaignSettings.Read(
            draft,
            linesHaveTimes: false,
            appId,
            options.TimeZone,
            time.GetUtcNow(),
            errors,
            whereToSet: ""
        );
        return new Reading(hasCallees, settings, []);
    }

    private async Task<Reading> ReadCsvAsync(
        PlanRequest request,
        InputStream input,
        CalleeWriter writer,
        CampaignErrors errors,
        List<string> warnings,
        string appId,
        CancellationToken cancellationToken
    )
    {
        using var text = new CampaignTextReader(input);
        if (await CsvPreamble.ReadAsync(text, errors, warnings, cancellationToken) is not { } preamble)
        {
            return new Reading(false, null, []);
        }

        var settings = await ReadProfileAsync(request, preamble.Settings, errors, appId, cancellationToken);
        var rows = new CsvCampaignReader(text, preamble, errors);
        var complete = await rows.ReadAsync(writer, cancellationToken);
        return new Reading(complete, settings, rows.IgnoredColumns);
    }

    /// <summary>The settings of a profile, overridden by those of a campaign's own lines; null if the profile cannot be read.</summary>
    private async Task<CampaignSettings?> ReadProfileAsync(
        PlanRequest request,
        SettingsDraft lines,
        CampaignErrors errors,
        string appId,
        CancellationToken cancellationToken
    )
    {
        var draft = new SettingsDraft();
        var whereToSet = ": put a line '# name: value' before the header row";
        if (request.Profile is { } profile)
        {
            if (ProfileNames.FindFault(profile) is { } fault)
            {
                errors.Add("profile", null, fault);
                return null;
            }
            var before = errors.Count;
            var name = $"{profiles.Name}/{profile}.json";
            try
            {
                var blob = profiles.GetBlobClient($"{profile}.json");
                using var download = (await blob.DownloadStreamingAsync(cancellationToken: cancellationToken)).Value;
                await JsonCampaignReader.ReadProfileAsync(download.Content, errors, draft, name, cancellationToken);
                whereToSet = $": set it in {name}, or put a line '# name: value' before the header row";
            }
            catch (RequestFailedException failure) when (failure.Status is 404 or 400)
            {
                whereToSet =
                    $": {name} does not exist, where it would be set; create it, or put a line '# name: value' before the header row";
            }
            if (errors.Count > before)
            {
                return null;
            }
        }
        draft.Override(lines);
        ExpandTaskName(request, draft, errors);
        return CampaignSettings.Read(draft, linesHaveTimes: true, appId, options.TimeZone, time.GetUtcNow(), errors, whereToSet);
    }

    private void ExpandTaskName(PlanRequest request, SettingsDraft draft, CampaignErrors errors)
    {
        if (draft.TextOf("taskName") is not { } written || draft.OriginOf("taskName") is not { } origin)
        {
            return;
        }

        var received = TimeZoneInfo.ConvertTime(request.ReceivedAt, options.TimeZone);
        var expanded = TaskNames.Expand(written, request.FileName, received, out var unknown);
        try
        {
            draft.SetText("taskName", expanded, origin);
        }
        catch (ArgumentException)
        {
            // Only the file's name can bring that in: the settings were read as valid text.
            errors.Add(
                "taskName",
                origin.Profile is null ? origin.Line : null,
                "{file} stands for a name that is not valid text, as it holds half of a surrogate pair: give the file another name"
            );
        }
        foreach (var placeholder in unknown)
        {
            errors.Add(
                "taskName",
                origin.Profile is null ? origin.Line : null,
                $"{placeholder} means nothing: {{file}}, {{date}} and {{time}} "
                    + $"do{(origin.Profile is null ? "" : $" ({origin.Profile}, line {origin.Line})")}"
            );
        }
    }

    private static string NobodyToCall(PlanCounts counts) =>
        counts.Read == 0
            ? "There is nobody to call: the list of callees is empty."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"There is nobody to call: of {counts.Read} callees {counts.Rejected} were rejected. The list of rejected callees says why."
            );

    private static IEnumerable<string> LongTexts(IReadOnlyList<long> counts) =>
        counts
            .Select((count, i) => (count, i))
            .Where(column => column.count > 0)
            .Select(column =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"text{column.i + 1}: {column.count} {(column.count == 1 ? "text is" : "texts are")} longer than "
                        + $"{CalleeRules.MaxTextLength} characters and will be cut by Laaffic."
                )
            );

    /// <summary>What reading a campaign gave.</summary>
    /// <param name="Complete">Whether it has callees and they were read to the last one.</param>
    /// <param name="Settings">Its settings; null if they could not be read.</param>
    /// <param name="IgnoredColumns">Columns that mean nothing here.</param>
    private sealed record Reading(bool Complete, CampaignSettings? Settings, IReadOnlyList<string> IgnoredColumns);
}
