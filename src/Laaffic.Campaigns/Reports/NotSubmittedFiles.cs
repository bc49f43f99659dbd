using System.Globalization;
using System.Text.RegularExpressions;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Microsoft.Extensions.DependencyInjection;

namespace Laaffic.Campaigns.Reports;

/// <summary>
/// The files that hold what was certainly not accepted of a campaign, ready to be dropped. A task is never in two of them at
/// once, and one that stands is not added to: a task that turns out later not to be at Laaffic gets a further file with
/// another task name, as somebody may have dropped the first one by then. So whatever is dropped, and however often, nobody
/// is submitted twice. A file that does not say whose it is was put there by a person, who has fixed one in place for example:
/// it is left alone, and this app's list stands beside it.
/// </summary>
internal sealed partial class NotSubmittedFiles(
    CampaignLedger ledger,
    PlanStore plans,
    [FromKeyedServices(Containers.Results)] BlobContainerClient results
)
{
    private const string OwnerKey = "campaign";
    private const string TasksKey = "tasks";
    private const string NumberKey = "list";

    /// <summary>Whether the task is certainly not at Laaffic and never will be sent by this app.</summary>
    public static bool IsCertain(TaskRow task) => IsFailed(task) && !MayBeAtLaaffic(task);

    /// <summary>Whether a task that was not accepted as far as this app knows may be at Laaffic all the same.</summary>
    public static bool MayBeAtLaaffic(TaskRow task) =>
        IsFailed(task)
        && (task.MayBeAtLaaffic || (task.ResolvedBy is null && task.Reason?.Contains(OfFirstRelease, StringComparison.Ordinal) == true));

    // The first release rejected such tasks without a look-up, or for another number of callees, and this alone tells them.
    private const string OfFirstRelease = "someone else has used";

    private static bool IsFailed(TaskRow task) => task.State is TaskState.Rejected or TaskState.Expired;

    /// <summary>The files at a place, of whatever campaign.</summary>
    public async Task<IReadOnlyList<NotSubmittedFile>> FindAsync(string place, CancellationToken cancellationToken)
    {
        List<NotSubmittedFile> files = [];
        var prefix = BlobNames.NotSubmittedPrefix(place);
        await foreach (
            var blob in results.GetBlobsAsync(new GetBlobsOptions { Traits = BlobTraits.Metadata, Prefix = prefix }, cancellationToken)
        )
        {
            if (Suffix().Match(blob.Name[prefix.Length..]) is not { Success: true } suffix)
            {
                continue;
            }

            // Earlier releases did not store it: there it is the one in the name.
            var number = blob.Metadata.TryGetValue(NumberKey, out var stored) ? stored : suffix.Groups["number"].Value;
            files.Add(
                new NotSubmittedFile(
                    blob.Name,
                    int.TryParse(number, CultureInfo.InvariantCulture, out var parsed) ? parsed : 1,
                    blob.Metadata.TryGetValue(OwnerKey, out var owner) ? owner : null,
                    blob.Metadata.TryGetValue(TasksKey, out var tasks) ? Unpack(tasks) : [],
                    ETags.Quoted(blob.Properties.ETag.ToString()!)
                )
            );
        }
        return files;
    }

    /// <summary>Those of the files at a place that are a campaign's and hold only who is certainly not at Laaffic.</summary>
    public static IReadOnlyList<NotSubmittedFile> Named(
        IReadOnlyList<NotSubmittedFile> standing,
        string owner,
        IReadOnlyList<TaskRow> tasks
    )
    {
        var certain = Certain(tasks)
            .Where(task => task.Row.RestNumber is not null)
            .ToDictionary(task => task.Number, task => task.Row.RestNumber);
        return
        [
            .. standing
                .Where(file => file.Owner == owner && file.Tasks.All(number => certain.GetValueOrDefault(number) == file.Number))
                .OrderBy(file => file.Number),
        ];
    }

    /// <summary>The tasks that are in none of a campaign's files, though they could be listed.</summary>
    public async Task<IReadOnlyList<TaskRow>> MissingAsync(
        IReadOnlyList<TaskRow> tasks,
        IReadOnlyList<NotSubmittedFile> files,
        CancellationToken cancellationToken
    )
    {
        List<TaskRow> missing = [];
        foreach (var (_, task) in Certain(tasks).Where(task => !files.Any(file => file.Tasks.Contains(task.Number))))
        {
            if (await plans.HasBodyAsync(task.BlobName, cancellationToken))
            {
                missing.Add(task);
            }
        }

        return missing;
    }

    /// <summary>
    /// Once all tasks are settled, those that are certainly not at Laaffic and in no file yet are given to the next one. That is
    /// written down before there is such a file: it may be dropped, and then deleted, and must not be written with others.
    /// </summary>
    /// <returns>The tasks as they are now; null if somebody else has changed one meanwhile.</returns>
    public async Task<IReadOnlyList<TaskRow>?> AssignAsync(IReadOnlyList<TaskRow> tasks, CancellationToken cancellationToken)
    {
        if (!tasks.All(task => task.IsSettled) || !tasks.Any(IsUnlisted))
        {
            return tasks;
        }

        var next = 1 + tasks.Max(task => task.RestNumber ?? 0);
        var assigned = tasks.ToArray();
        for (var i = 0; i < assigned.Length; i++)
        {
            if (!IsUnlisted(assigned[i]))
            {
                continue;
            }

            if (await ledger.TryReplaceAsync(assigned[i] with { RestNumber = next }, cancellationToken) is not { } row)
            {
                return null;
            }

            assigned[i] = row;
        }

        return assigned;

        static bool IsUnlisted(TaskRow task) => IsCertain(task) && task.RestNumber is null;
    }

    /// <summary>
    /// Brings the files at a campaign's place to what its tasks say. The tasks must have been read after the files, so that
    /// whoever was overtaken finds another version there and fails.
    /// </summary>
    /// <returns>The campaign's files, in their order.</returns>
    /// <exception cref="RequestFailedException">A file was changed meanwhile: see <see cref="IsChange"/>.</exception>
    public async Task<IReadOnlyList<NotSubmittedFile>> UpdateAsync(
        IReadOnlyList<NotSubmittedFile> standing,
        string place,
        string owner,
        CampaignRow campaign,
        Plan plan,
        IReadOnlyList<TaskRow> tasks,
        CancellationToken cancellationToken
    )
    {
        await MoveAwayAsync(standing, place, owner, cancellationToken);
        var taken = standing.Where(file => file.Owner is null || file.Owner == owner).Select(file => file.Name).ToHashSet();
        List<NotSubmittedFile> files = [];
        var byNumber = Certain(tasks).Where(task => task.Row.RestNumber is not null).ToDictionary(task => task.Number, task => task.Row);
        var lists = byNumber
            .GroupBy(task => task.Value.RestNumber!.Value, task => task.Key)
            .ToDictionary(list => list.Key, list => list.Order().ToList());
        foreach (var file in standing.Where(file => file.Owner == owner))
        {
            // A task that was given up may turn out to be accepted: then it must not stand there a moment longer.
            lists.Remove(file.Number, out var left);
            var kept =
                left is null ? null
                : left.SequenceEqual(file.Tasks) ? file
                : await WriteAsync(file, left, ETags.StillAs(file.ETag), file.IsCsv);
            if (kept is null)
            {
                await DeleteAsync(file, cancellationToken);
            }
            else
            {
                files.Add(kept);
            }
        }

        foreach (var (number, left) in lists)
        {
            var added = new NotSubmittedFile("", number, owner, [], default);
            if (await WriteAsync(added, left, ETags.StillAs(null), asCsv: null) is { } written)
            {
                files.Add(written);
            }
        }

        return [.. files.OrderBy(file => file.Number)];

        // Null if no body of these tasks is there any more.
        async Task<NotSubmittedFile?> WriteAsync(
            NotSubmittedFile file,
            IReadOnlyList<int> numbers,
            BlobRequestConditions conditions,
            bool? asCsv
        )
        {
            var rest = await RemainderCampaign.ReadAsync(
                plans,
                TaskNames.ForRemainder(campaign.TaskName, file.Number),
                plan,
                [.. numbers.Select(n => byNumber[n])],
                cancellationToken
            );
            if (rest.Tasks.Count == 0)
            {
                return null;
            }

            var csv = asCsv ?? rest.FitsCsv;
            var there = numbers.Where(n => rest.Tasks.Contains(byNumber[n])).ToList();
            var name = asCsv is null ? FreeName(place, file.Number, csv, taken) : file.Name;
            await rest.WriteAsync(
                new StagedBlob(
                    results.GetBlockBlobClient(name),
                    csv ? "text/csv; charset=utf-8" : "application/json; charset=utf-8",
                    conditions,
                    new Dictionary<string, string>
                    {
                        [OwnerKey] = owner,
                        [TasksKey] = Pack(there),
                        [NumberKey] = file.Number.ToString(CultureInfo.InvariantCulture),
                    }
                ),
                csv,
                cancellationToken
            );
            taken.Add(name);
            return file with { Name = name, Tasks = there };
        }
    }

    /// <summary>Makes room at a place: what other campaigns have there goes where their reports go.</summary>
    /// <exception cref="RequestFailedException">A file was changed meanwhile: see <see cref="IsChange"/>.</exception>
    public async Task MoveAwayAsync(
        IReadOnlyList<NotSubmittedFile> standing,
        string place,
        string? owner,
        CancellationToken cancellationToken
    )
    {
        foreach (var file in standing.Where(file => file.Owner is not null && file.Owner != owner))
        {
            var newPlace = BlobNames.Superseded(place, file.Owner!);
            var there = await FindAsync(newPlace, cancellationToken);
            // What stands there already is newer: its campaign has written it there itself.
            var isThere = there.Any(other => other.Owner == file.Owner && other.Number == file.Number);
            if (isThere)
            {
                await DeleteAsync(file, cancellationToken);
            }
            else
            {
                await MoveAsync(
                    file,
                    FreeName(newPlace, file.Number, file.IsCsv, there.Select(other => other.Name).ToHashSet()),
                    cancellationToken
                );
            }
        }
    }

    /// <summary>
    /// Removes a campaign's files from a place that is no longer its own, once they stand at the other or hold nobody any more.
    /// </summary>
    public async Task RemoveAsync(
        string place,
        string owner,
        string newPlace,
        IReadOnlyList<TaskRow> tasks,
        CancellationToken cancellationToken
    )
    {
        var left = (await FindAsync(place, cancellationToken)).Where(file => file.Owner == owner).ToList();
        if (left.Count == 0)
        {
            return;
        }

        var there = (await FindAsync(newPlace, cancellationToken))
            .Where(file => file.Owner == owner)
            .Select(file => file.Number)
            .ToHashSet();
        foreach (var file in left.Where(file => there.Contains(file.Number) || !Holds(file, tasks)))
        {
            await results
                .GetBlobClient(file.Name)
                .DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellationToken);
        }
    }

    /// <summary>The tasks that are certainly not at Laaffic, with their numbers.</summary>
    public static IEnumerable<(int Number, TaskRow Row)> Certain(IReadOnlyList<TaskRow> tasks) =>
        tasks.Select((row, i) => (i + 1, row)).Where(task => IsCertain(task.row));

    /// <summary>
    /// Whether a request failed only because somebody else was there first, so that it is to be started over. Other conflicts,
    /// such as a person's lease, do not pass by that.
    /// </summary>
    public static bool IsChange(RequestFailedException e) =>
        e.ErrorCode == BlobErrorCode.ConditionNotMet
        || e.ErrorCode == BlobErrorCode.BlobAlreadyExists
        || e.ErrorCode == BlobErrorCode.BlobNotFound
        || e.ErrorCode == BlobErrorCode.InvalidBlockList;

    private static bool Holds(NotSubmittedFile file, IReadOnlyList<TaskRow> tasks) =>
        Certain(tasks).Any(task => file.Tasks.Contains(task.Number));

    private async Task DeleteAsync(NotSubmittedFile file, CancellationToken cancellationToken) =>
        await results
            .GetBlobClient(file.Name)
            .DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, ETags.StillAs(file.ETag), cancellationToken);

    private async Task MoveAsync(NotSubmittedFile file, string to, CancellationToken cancellationToken)
    {
        // It must not replace what its campaign has written there in the meantime.
        var copied = await CopyAsync(results.GetBlobClient(file.Name), file, results.GetBlockBlobClient(to), cancellationToken);
        try
        {
            await DeleteAsync(file, cancellationToken);
        }
        catch (RequestFailedException e) when (IsChange(e))
        {
            // Its campaign has changed or removed it since: the copy lists who may have been accepted.
            await results
                .GetBlobClient(to)
                .DeleteIfExistsAsync(conditions: ETags.StillAs(copied), cancellationToken: CancellationToken.None);
            throw;
        }
    }

    private static async Task<ETag> CopyAsync(
        BlobClient from,
        NotSubmittedFile file,
        BlockBlobClient to,
        CancellationToken cancellationToken
    )
    {
        var download = await from.DownloadStreamingAsync(
            new BlobDownloadOptions { Conditions = ETags.StillAs(file.ETag) },
            cancellationToken
        );
        await using var content = download.Value.Content;
        using var buffer = new BlockBuffer();
        var copy = new StagedBlob(to, download.Value.Details.ContentType, ETags.StillAs(null), download.Value.Details.Metadata);
        int read;
        while ((read = await content.ReadAsync(buffer.GetMemory(64 * 1024), cancellationToken)) > 0)
        {
            buffer.Advance(read);
            if (buffer.Count >= BlockBuffer.BlockSize)
            {
                await copy.StageAsync(buffer, cancellationToken);
            }
        }
        return await copy.CommitAsync(buffer, cancellationToken);
    }

    // Its own number if nobody has that name, else the next one.
    private static string FreeName(string place, int number, bool csv, HashSet<string> taken)
    {
        for (; ; number++)
        {
            var name = string.Create(
                CultureInfo.InvariantCulture,
                $"{BlobNames.NotSubmittedPrefix(place)}{(number == 1 ? "" : $"-{number}")}{(csv ? ".csv" : ".json")}"
            );
            if (!taken.Contains(name))
            {
                return name;
            }
        }
    }

    // A bit for each task: metadata must be short.
    private static string Pack(IReadOnlyList<int> tasks)
    {
        var bits = new byte[tasks.Max() / 8 + 1];
        foreach (var number in tasks)
        {
            bits[number / 8] |= (byte)(1 << number % 8);
        }

        return Convert.ToBase64String(bits);
    }

    private static List<int> Unpack(string text)
    {
        var bits = Convert.FromBase64String(text);
        return [.. Enumerable.Range(0, bits.Length * 8).Where(number => (bits[number / 8] >> number % 8 & 1) != 0)];
    }

    [GeneratedRegex(@"^(-(?<number>[2-9]|[1-9][0-9]{1,5}))?\.(csv|json)$")]
    private static partial Regex Suffix();
}
