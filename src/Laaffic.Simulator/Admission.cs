using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Laaffic.Simulator;

/// <summary>Who may call: what is checked of every request before its content.</summary>
internal static class Admission
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Checks address (-2), key and signature (-1), time-stamp (-16) and whether the user is locked (-13).</summary>
    public static Refusal? Judge(IHeaderDictionary headers, IPAddress? address, SimulatorAccount account, DateTimeOffset now)
    {
        if (account.AllowedAddresses is { } allowed && (address is null || !allowed.Contains(address)))
        {
            return new(-2);
        }

        string? key = headers["Api-Key"],
            sign = headers["Sign"],
            timestamp = headers["Timestamp"];
        if (key is null || sign is null || timestamp is null)
        {
            return new(-1, "the headers Api-Key, Sign and Timestamp are needed, each once");
        }

        if (key != account.ApiKey)
        {
            return new(-1, "Api-Key is unknown");
        }

        if (!string.Equals(sign, SignatureOf(key, account.ApiSecret, timestamp), StringComparison.OrdinalIgnoreCase))
        {
            return new(-1, "Sign is not the MD5 of key, secret and timestamp");
        }

        if (
            !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs((decimal)now.ToUnixTimeMilliseconds() / 1000 - seconds) > (decimal)Tolerance.TotalSeconds
        )
        {
            return new(-16, "Timestamp must be Unix seconds, at most 5 minutes from the server's clock");
        }

        return account.Locked ? new(-13) : null;
    }

    private static string SignatureOf(string key, string secret, string timestamp)
    {
#pragma warning disable CA5351 // The documents demand MD5.
        return Convert.ToHexString(MD5.HashData(Encoding.UTF8.GetBytes(key + secret + timestamp)));
#pragma warning restore CA5351
    }
}
