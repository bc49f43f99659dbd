using System.Security.Cryptography;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;

namespace Laaffic.LocalHost;

/// <summary>Drops a folder's files into the containers and waits for what becomes of the campaigns.</summary>
internal sealed class FolderDrop(BlobServiceClient blobs, string folder, IDropProgress progress)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RemindEvery = TimeSpan.FromSeconds(30);

    /// <summary>What must be there before the campaigns, and lists before their schedules.</summary>
    private static readonly string[] Before = [Containers.Profiles, Containers.Lists, Containers.Schedules];

    private readonly BlobContainerClient _results = blobs.GetBlobContainerClient(Containers.Results);

    /// <summary>Where a file's report lies, with its container.</summary>
    public static string ReportPath(string name) => $"{Containers.Results}/{CampaignReport.NameFor(name)}";

    /// <summary>Finds the files.</summary>
    /// <returns>The campaigns, and by container what is dropped before them.</returns>
    /// <exception cref="InvalidOperationException">The folder does not exist or has no campaigns.</exception>
    public static (IReadOnlyList<(string Container, DroppedFile File)> Others, IReadOnlyList<DroppedFile> Campaigns) Find(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new InvalidOperationException($"The folder '{folder}' does not exist.");
        }

        var campaigns = FilesIn(Containers.Campaigns);
        return campaigns.Count == 0
            ? throw new InvalidOperationException($"There are no files in '{Path.Combine(folder, Containers.Campaigns)}'.")
            : (Before.SelectMany(container => FilesIn(container).Select(file => (container, file))).ToList(), campaigns);

        List<DroppedFile> FilesIn(string part)
        {
            var root = Path.Combine(folder, part);
            return !Directory.Exists(root)
                ? []
                :
                [
                    .. from path in Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true })
                    let name = Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/')
                    // What file managers and version control leave about, such as .DS_Store and .gitkeep.
                    where !name.Split('/').Any(part => part.StartsWith('.'))
                    orderby name
                    select new DroppedFile(name, path),
                ];
        }
    }

    /// <summary>Drops the files and waits until every campaign has settled.</summary>
    /// <param name="cancellationToken">Ends the waiting: what is known by then is returned.</param>
    /// <returns>The campaigns' reports by name; <see langword="null"/> for one without a report.</returns>
    /// <exception cref="InvalidOperationException">The folder does not exist or has no campaigns.</exception>
    public Task<IReadOnlyDictionary<string, CampaignReport?>> RunAsync(CancellationToken cancellationToken) =>
        progress.ShowAsync(() => DropAndWaitAsync(cancellationToken));

    private async Task<IReadOnlyDictionary<string, CampaignReport?>> DropAndWaitAsync(CancellationToken cancellationToken)
    {
        var (others, campaigns) = Find(folder);
        progress.Dropping(others.Count + campaigns.Count);
        foreach (var (container, file) in others)
        {
            await UploadAsync(blobs.GetBlobContainerClient(container), file, cancellationToken);
            progress.Dropped();
        }

        // A report that was there before does not speak of a file that has changed.
        Dictionary<string, ETag> outdated = [];
        foreach (var campaign in campaigns)
        {
            var report = await ReportVersionAsync(campaign.Name, cancellationToken);
            if (await UploadAsync(blobs.GetBlobContainerClient(Containers.Campaigns), campaign, cancellationToken) && report is { } version)
            {
                outdated[campaign.Name] = version;
            }

            progress.Dropped();
        }

        progress.Waiting(campaigns.Count, others.Count);
        var reports = campaigns.ToDictionary(campaign => campaign.Name, _ => (CampaignReport?)null);
        try
        {
            await WaitAsync(reports, outdated, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            progress.GivenUp();
        }

        return reports;
    }

    private async Task WaitAsync(
        Dictionary<string, CampaignReport?> reports,
        Dictionary<string, ETag> outdated,
        CancellationToken cancellationToken
    )
    {
        var reminded = TimeProvider.System.GetTimestamp();
        while (true)
        {
            foreach (var name in reports.Where(pair => pair.Value is not { IsSettled: true }).Select(pair => pair.Key).ToArray())
            {
                if (await ReadAsync(name, outdated, cancellationToken) is not { } report || report.State == reports[name]?.State)
                {
                    continue;
                }

                reports[name] = report;
                progress.Changed(name, report, reports);
            }

            if (reports.Values.All(report => report is { IsSettled: true }))
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(reminded) >= RemindEvery)
            {
                reminded = TimeProvider.System.GetTimestamp();
                foreach (var (name, report) in reports.Where(pair => pair.Value is not { IsSettled: true }))
                {
                    progress.StillWaiting(name, report);
                }
            }

            await Task.Delay(LookEvery, cancellationToken);
        }
    }

    private async Task<CampaignReport?> ReadAsync(string name, Dictionary<string, ETag> outdated, CancellationToken cancellationToken)
    {
        if (
            await ReportOf(name).FindContentAsync(cancellationToken) is not { } found
            || (outdated.TryGetValue(name, out var old) && old == found.Details.ETag)
        )
        {
            return null;
        }

        try
        {
            return Read(found.Content);
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"{ReportPath(name)} is not a report: {e.Message}", e);
        }
    }

    private static CampaignReport Read(BinaryData content) =>
        JsonSerializer.Deserialize(content, ReportJson.Default.CampaignReport) ?? throw new JsonException("The report is null.");

    private async Task<ETag?> ReportVersionAsync(string name, CancellationToken cancellationToken) =>
        (await ReportOf(name).FindPropertiesAsync(cancellationToken))?.ETag;

    private BlobClient ReportOf(string name) => _results.GetBlobClient(CampaignReport.NameFor(name));

    /// <returns>Whether it was uploaded: not if the same content is there already.</returns>
    private static async Task<bool> UploadAsync(BlobContainerClient container, DroppedFile file, CancellationToken cancellationToken)
    {
        var blob = container.GetBlobClient(file.Name);
        await using var content = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
        // Storage keeps no hash by itself of a blob that is sent in blocks.
#pragma warning disable CA5351 // The hash that Blob Storage knows is MD5; it only tells files apart here.
        var hash = await MD5.HashDataAsync(content, cancellationToken);
#pragma warning restore CA5351
        var known = await blob.FindPropertiesAsync(cancellationToken);
        if (known?.ContentHash is { } knownHash && knownHash.AsSpan().SequenceEqual(hash))
        {
            return false;
        }

        content.Position = 0;
        var type = Path.GetExtension(file.Name).ToUpperInvariant() switch
        {
            ".JSON" => "application/json",
            ".CSV" => "text/csv",
            _ => "application/octet-stream",
        };
        await blob.UploadAsync(
            content,
            new BlobUploadOptions
            {
                HttpHeaders = new() { ContentType = type, ContentHash = hash },
            },
            cancellationToken
        );
        return true;
    }
}
