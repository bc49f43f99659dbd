using System.Security.Cryptography;
using System.Text;

namespace Laaffic.Campaigns.Reports;

/// <summary>Blob names made of what people write.</summary>
internal static class BlobNames
{
    private const int MostCharacters = 1000;

    /// <summary>The text with what a blob name or a file system can not hold replaced, and then a mark that keeps it unique.</summary>
    public static string Safe(string text)
    {
        var safe = string.Create(text.Length, text, static (name, source) =>
        {
            for (var i = 0; i < name.Length; i++)
                name[i] = char.IsLetterOrDigit(source[i]) || source[i] is '-' or '_' or '.' or ' ' ? source[i] : '_';
        }).TrimEnd('.', ' ');
        return safe == text ? safe : $"{safe}-{Mark(text)}";
    }

    /// <summary>A name that leaves room for what is appended: one of nearly 1024 characters, the most there can be, is cut and marked.</summary>
    public static string Short(string name)
    {
        if (name.Length <= MostCharacters) return name;
        var cut = char.IsHighSurrogate(name[MostCharacters - 10]) ? MostCharacters - 10 : MostCharacters - 9;
        return $"{name[..cut]}-{Mark(name)}";
    }

    /// <summary>The place of a campaign's report once a later version of its file has taken its path.</summary>
    public static string Superseded(string path, string owner) => $"{path}.{owner[..8]}";

    private static string Mark(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 4);
}
