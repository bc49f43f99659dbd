using Azure;
using Azure.Storage.Blobs;

namespace Laaffic.Campaigns;

/// <summary>The blob containers that the app works with.</summary>
public static class Containers
{
    /// <summary>Users drop files here; the app never writes into it.</summary>
    public const string Campaigns = "campaigns";

    /// <summary>Settings for CSV files.</summary>
    public const string Profiles = "profiles";

    /// <summary>Stored request bodies and plans.</summary>
    public const string Tasks = "tasks";

    /// <summary>Reports and rejected callees.</summary>
    public const string Results = "results";

    /// <summary>Says when campaigns are made by themselves.</summary>
    public const string Schedules = "schedules";

    /// <summary>Lists that schedules make campaigns of; read for nothing else.</summary>
    public const string Lists = "lists";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Campaigns, Profiles, Schedules, Lists, Tasks, Results];

    /// <summary>Creates those that do not exist yet.</summary>
    /// <exception cref="RequestFailedException">Storage did not do its part.</exception>
    public static async Task CreateAsync(BlobServiceClient storage, CancellationToken cancellationToken = default)
    {
        foreach (var name in All)
        {
            await storage.GetBlobContainerClient(name).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        }
    }
}
