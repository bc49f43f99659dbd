using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Blobs;

namespace Laaffic.Campaigns.Reports;

/// <summary>Blob names made of what people write.</summary>
internal static class BlobNames
{
    /// <summary>Reports of campaigns over HTTP lie under it.</summary>
    public const string OfRequests = "_api/";

    /// <summary>Reports of schedules lie under it.</summary>
    public const string OfSchedules = "_schedules/";

    private const int MaxCharacters = 1000;

    private static readonly Uri AnyAccount = new("https://account.blob.core.windows.net");

    /// <summary>The text with what a blob name or a file system cannot hold replaced, and then a mark that keeps it unique.</summary>
    public static string Safe(string text)
    {
        var safe = string.Create(
                text.Length,
                text,
                static (name, original) =>
                {
                    for (var i = 0; i < name.Length; i++)
                    {
                        name[i] = char.IsLetterOrDigit(original[i]) || original[i] is '-' or '_' or '.' or ' ' ? original[i] : '_';
                    }
                }
            )
            .TrimEnd('.', ' ');
        return safe == text ? safe : $"{safe}-{Mark(text)}";
    }

    /// <summary>
    /// A name that leaves room for what is appended: one of nearly 1024 characters, the most there can be, is cut and marked.
    /// </summary>
    public static string Short(string name)
    {
        if (name.Length <= MaxCharacters)
        {
            return name;
        }

        var cut = char.IsHighSurrogate(name[MaxCharacters - 10]) ? MaxCharacters - 10 : MaxCharacters - 9;
        return $"{name[..cut]}-{Mark(name)}";
    }

    /// <summary>
    /// Whether a blob of this name can be read. Clients take one with <c>.</c> or <c>..</c> between slashes, or with a slash at
    /// either end, which other programs can give it, for another.
    /// </summary>
    public static bool CanBeRead(string name) =>
        Uri.UnescapeDataString(
            new BlobUriBuilder(AnyAccount) { BlobContainerName = "container", BlobName = name }
                .ToUri()
                .AbsolutePath
        )
        == "/container/" + name;

    /// <summary>
    /// Where the report of a dropped file lies, and all that belongs to it: under its path, unless that is where the report of a
    /// request or of a schedule could be. Then it has one more underscore, as has every path that would collide with that.
    /// </summary>
    public static string PlaceOf(string path)
    {
        if (!CanBeRead(path))
        {
            return Safe(path);
        }

        var name = path.TrimStart('_');
        return
            path.StartsWith('_')
            && (name.StartsWith(OfRequests[1..], StringComparison.Ordinal) || name.StartsWith(OfSchedules[1..], StringComparison.Ordinal))
            ? "_" + path
            : path;
    }

    /// <summary>The name of the report at a place.</summary>
    public static string Report(string place) => Short(place) + ".report.json";

    /// <summary>The name of the list of rejected callees at a place.</summary>
    public static string Rejected(string place) => Short(place) + ".rejected.csv";

    /// <summary>What the names of the lists of callees who were not submitted begin with at a place.</summary>
    public static string NotSubmittedPrefix(string place) => Short(place) + ".not-submitted";

    /// <summary>The place of a campaign's report once a later version of its file has taken its place.</summary>
    public static string Superseded(string place, string owner) => $"{place}.{owner[..8]}";

    private static string Mark(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 4);
}
