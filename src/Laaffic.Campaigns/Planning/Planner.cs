using System.Globalization;
using Azure;
using Laaffic.Api;
using Laaffic.Campaigns.Mapping;
using Laaffic.Campaigns.Opening;
using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// Reads a campaign once, from its first byte to its last, and stores the request bodies of its tasks in the container
/// <c>tasks</c> under the plan's id. Memory does not grow with the campaign but for 11 to 14 bytes a number, to know duplicates.
/// </summary>
internal sealed class Planner(
    PlanStore store,
    ProfileReader profiles,
    CredentialsProvider credentials,
    CampaignOptions options,
    TimeProvider time
)
{
    /// <summary>From so many rejected callees on a list may be taken for a wrong one.</summary>
    private const int MinRejectedOfWrongList = 20;

    private const int MaxCommonReasons = 10,
        MaxReasonsInMessage = 3;

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
        using var turn = new SemaphoreSlim(1);
        var onProgress = OneAtATime(request.OnProgress, turn);
        var errors = new CampaignErrors();
        await using var input = new InputStream(content, onProgress);
        await using var bodies = new TaskBodyWriter(store, request.PlanId, options.MaxCalleesPerTask, onProgress);
        using var rejected = new RejectedCalleeWriter(store, request.PlanId, onProgress);
        using var writer = new CalleeWriter(bodies, rejected, errors);

        var reader = new CampaignReader(
            request with
            {
                OnProgress = onProgress,
            },
            appId,
            options,
            time.GetUtcNow(),
            store,
            profiles,
            writer,
            rejected,
            errors
        );
        await reader.ReadAsync(input, cancellationToken);
        writer.Complete();
        await input.DrainAsync(cancellationToken);

        if (reader.IsComplete && FindWrongList(writer.Counts, reader.List, rejected) is { } wrong)
        {
            errors.Add(null, null, wrong);
        }

        var names = TaskNames.For(reader.Settings?.Api.TaskName ?? "", bodies.Count, out var tooLong);
        if (tooLong is not null && errors.Count == 0)
        {
            errors.Add("taskName", null, tooLong);
        }

        await rejected.CommitAsync(cancellationToken);
        var settings = reader.Settings;
        var plan = new Plan
        {
            PlanId = request.PlanId,
            Source = request.Source,
            TaskName = settings?.Api.TaskName,
            ContentHash = input.ContentHash(),
            NamesAppId = settings?.NamesAppId,
            SubmitAt = settings?.SubmitAt,
            ExpireAt = settings?.ExpireAt,
            SendTime = settings?.SendTime,
            Priority = settings?.Priority ?? Priority.Normal,
            Counts = writer.Counts,
            Errors = errors.List,
            ErrorCount = errors.Count,
            Warnings = [.. reader.Warnings, .. LeftOut(rejected.SuppressedCount, rejected.Suppressed), .. LongTexts(writer.LongTexts)],
            IgnoredColumns = reader.IgnoredColumns,
            HasRejectedFile = !rejected.IsEmpty,
            FirstRejected = rejected.First,
            CommonReasons = rejected.Reasons.Commonest(MaxCommonReasons),
            ReadAs = reader.ReadAs,
            Countries = writer.Countries.ByCountry(),
            List = reader.List?.ToJson(),
            AllowedCountries = settings?.OwnDestinations?.Names,
            RowsOf = reader.Family?.Root,
            Family = reader.Family,
            FirstCallees = writer.Preview.Callees,
            MaxCallsPerCallee = 1 + (settings?.Api.RecallFlow?.RecallNum ?? 0),
            IsMalformed = settings is null || (!reader.IsJson && !reader.IsComplete),
        };
        if (plan.IsRejected)
        {
            return plan;
        }

        plan = plan with { Tasks = await bodies.CommitAsync(settings!.Api, names, !settings.NamesAppId, cancellationToken) };
        await store.SaveAsync(plan, cancellationToken);
        await onProgress(cancellationToken);
        return plan;
    }

    /// <summary>Reading and writing may go on beside each other, and both say so.</summary>
    private static Func<CancellationToken, ValueTask> OneAtATime(Func<CancellationToken, ValueTask> onProgress, SemaphoreSlim turn) =>
        async cancellationToken =>
        {
            await turn.WaitAsync(cancellationToken);
            try
            {
                await onProgress(cancellationToken);
            }
            finally
            {
                turn.Release();
            }
        };

    /// <summary>Why so many callees are rejected that the list itself must be wrong; null if they are not.</summary>
    private static string? FindWrongList(PlanCounts counts, ListSettings? list, RejectedCalleeWriter rejected)
    {
        var reasons = rejected.Reasons;
        if (counts.Read == 0)
        {
            return "There is nobody to call: the list of callees is empty.";
        }

        if (counts.Read == counts.Duplicate)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"There is nobody left to call: all {counts.Read} were called already, as the list of rejected callees says of each. There is "
                    + $"nothing to do."
            );
        }

        if (counts.Valid == 0 && counts.Suppressed > 0)
        {
            return string.Create(
                    CultureInfo.InvariantCulture,
                    $"There is nobody left to call: of {counts.Read} {(counts.Read == 1 ? "callee" : "callees")} {counts.Suppressed} "
                        + $"{(counts.Suppressed == 1 ? "is" : "are")} not to be called ({Listed(rejected.Suppressed)}), {counts.Rejected} "
                        + $"{(counts.Rejected == 1 ? "was" : "were")} rejected{Left(counts)}. The list of rejected callees says why of "
                        + $"each. {Examples(reasons)}"
                )
                .TrimEnd();
        }

        if (counts.Read == counts.Rejected + counts.Duplicate && counts.Valid == 0)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"There is nobody to call: of {counts.Read} callees {counts.Rejected} were rejected{Left(counts)}. The list of rejected "
                    + $"callees says why. {Examples(reasons)}"
            );
        }

        var most = list?.MaxRejectedPercent ?? 100;
        var distinct = counts.Read - counts.Duplicate - counts.Suppressed;
        return counts.Rejected < MinRejectedOfWrongList || counts.Rejected * 100 <= most * distinct
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"This looks like a wrong list: {counts.Rejected} of its {distinct} callees were rejected, and more than {most} % may not be. "
                    + $"Nobody of it is called. {Examples(reasons)} If the others are to be called all the same, set "
                    + $"{list!.PathOf("maxRejectedPercent")} to a higher number, up to 100."
            );

        static string Left(PlanCounts counts) =>
            counts.Duplicate == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {counts.Duplicate} are called already");
    }

    private static string Examples(RejectionReasons reasons) =>
        Listed(reasons) is { Length: > 0 } list ? $"The commonest reasons, each with its first line: {list}." : "";

    private static string Listed(RejectionReasons reasons) =>
        string.Join(
            "; ",
            reasons
                .Commonest(MaxReasonsInMessage)
                .Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Count} × {r.Reason} (line {r.Line})"))
        );

    private static IEnumerable<string> LeftOut(long count, RejectionReasons reasons) =>
        count == 0
            ? []
            :
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{count} {(count == 1 ? "callee is" : "callees are")} left out, not to be called: {Listed(reasons)}."
                ),
            ];

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
}
