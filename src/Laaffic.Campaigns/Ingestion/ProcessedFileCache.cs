using System.Collections.Concurrent;

namespace Laaffic.Campaigns.Ingestion;

/// <summary>
/// Versions of files that this instance has seen dealt with, so that the reconciliation need not ask the ledger about them again.
/// That never changes; what is forgotten is asked for once more. ETags are those of listings or of properties: only the
/// latter have quotes.
/// </summary>
internal sealed class ProcessedFileCache
{
    private const int MaxFiles = 100_000; // some 30 MB

    private readonly ConcurrentDictionary<string, string> _etags = new();

    /// <summary>Notes that the ledger has this version as planned or rejected.</summary>
    public void Add(string path, string etag)
    {
        // To ask for all once more costs less than to keep order among so many.
        if (_etags.Count >= MaxFiles)
        {
            _etags.Clear();
        }

        _etags[path] = ETags.Bare(etag);
    }

    /// <summary>Whether this version was noted.</summary>
    public bool Contains(string path, string etag) => _etags.TryGetValue(path, out var known) && known == ETags.Bare(etag);
}
