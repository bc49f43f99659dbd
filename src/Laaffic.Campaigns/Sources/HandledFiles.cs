using System.Collections.Concurrent;

namespace Laaffic.Campaigns.Sources;

/// <summary>
/// Versions of files that this instance has seen dealt with, so that the sweep need not ask the ledger about them at every
/// tick. That never changes again; what is forgotten is asked for once more. ETags are those of listings or of properties:
/// only the latter have quotes.
/// </summary>
internal sealed class HandledFiles(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (string ETag, DateTimeOffset NotedAt)> files = new();

    /// <summary>Notes that the ledger has this version as planned or rejected.</summary>
    public void Note(string path, string etag) => files[path] = (Bare(etag), time.GetUtcNow());

    /// <summary>Whether this version was noted.</summary>
    public bool Contains(string path, string etag) => files.TryGetValue(path, out var known) && known.ETag == Bare(etag);

    /// <summary>Forgets what was noted before then.</summary>
    public void ForgetBefore(DateTimeOffset notedAt)
    {
        foreach (var (path, known) in files)
        {
            if (known.NotedAt < notedAt) files.TryRemove(new(path, known));
        }
    }

    private static string Bare(string etag) => etag.Trim('"');
}
