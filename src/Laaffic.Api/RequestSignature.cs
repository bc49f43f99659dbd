using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Laaffic.Api;

/// <summary>The header <c>Sign</c> of a request.</summary>
public static class RequestSignature
{
    // Keys and secrets have some ten characters each; longer ones are hashed through a rented buffer.
    private const int StackLimit = 512;
    private const int TimestampDigits = 20;

    /// <summary>
    /// The MD5 of the UTF-8 text <paramref name="apiKey"/> + <paramref name="apiSecret"/> +
    /// <paramref name="unixSeconds"/>, as 32 lower-case hexadecimal digits.
    /// </summary>
    /// <param name="apiKey">The API key.</param>
    /// <param name="apiSecret">The API secret.</param>
    /// <param name="unixSeconds">The seconds since 1970 that the header <c>Timestamp</c> carries.</param>
    [SuppressMessage("Security", "CA5351:Do not use broken cryptographic algorithms", Justification = "The API prescribes MD5.")]
    public static string Compute(string apiKey, string apiSecret, long unixSeconds)
    {
        ArgumentNullException.ThrowIfNull(apiKey);
        ArgumentNullException.ThrowIfNull(apiSecret);

        var limit = Encoding.UTF8.GetMaxByteCount(apiKey.Length) + Encoding.UTF8.GetMaxByteCount(apiSecret.Length) + TimestampDigits;
        var rented = limit > StackLimit ? ArrayPool<byte>.Shared.Rent(limit) : null;
        var text = rented ?? stackalloc byte[StackLimit];
        try
        {
            var length = Encoding.UTF8.GetBytes(apiKey, text);
            length += Encoding.UTF8.GetBytes(apiSecret, text[length..]);
            unixSeconds.TryFormat(text[length..], out var digits, provider: CultureInfo.InvariantCulture);
            Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
            MD5.HashData(text[..(length + digits)], hash);
            return Convert.ToHexStringLower(hash);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented, clearArray: true);
            }
        }
    }
}
