using System.Security.Cryptography;
using System.Text;

namespace Laaffic.Campaigns.Reports;

/// <summary>Blob names made of what people write.</summary>
internal static class BlobNames
{
    /// <summary>The text with what a blob name or a file system can not hold replaced, and then a mark that keeps it unique.</summary>
    public static string Safe(string text)
    {
        var safe = string.Create(text.Length, text, static (name, source) =>
        {
            for (var i = 0; i < name.Length; i++)
                name[i] = char.IsLetterOrDigit(source[i]) || source[i] is '-' or '_' or '.' or ' ' ? source[i] : '_';
        }).TrimEnd('.', ' ');
        return safe == text ? safe : $"{safe}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 4)}";
    }
}
