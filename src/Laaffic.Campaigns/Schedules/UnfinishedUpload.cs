using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Blobs.Models;

namespace Laaffic.Campaigns.Schedules;

/// <summary>Blocks of a list that are uploaded and not committed.</summary>
/// <param name="Blocks">A hash of where they are, and of their names and sizes.</param>
/// <param name="Version">The version of the list beside them; empty if there is none.</param>
internal sealed record UnfinishedUpload(string Blocks, string Version)
{
    private const char Between = ' ';

    /// <summary>That of a list; null if there is none.</summary>
    public static UnfinishedUpload? Of(string path, IEnumerable<BlobBlock> uncommitted, string? version)
    {
        var blocks = uncommitted
            .Select(block => string.Create(CultureInfo.InvariantCulture, $"{block.Name} {block.SizeLong}"))
            .Order(StringComparer.Ordinal)
            .ToList();
        return blocks.Count == 0
            ? null
            : new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [path, .. blocks])))), version ?? "");
    }

    /// <summary>
    /// Whether a whole version was written since it was stored, and no block: whoever uploaded it has given up. Azure drops such
    /// blocks by itself; its emulator keeps them.
    /// </summary>
    public bool IsOvertaken(string? stored) =>
        stored?.Split(Between) is [var blocks, var version] && blocks == Blocks && version != Version;

    /// <inheritdoc/>
    public override string ToString() => $"{Blocks}{Between}{Version}";
}
