using System.Globalization;

namespace Laaffic.LocalHost;

/// <summary>The accounts that an Azurite has: names, and the key that they share.</summary>
/// <param name="Count">How many there are, at least 1.</param>
internal sealed record AzuriteAccounts(int Count)
{
    // The account and key that Azurite documents for everyone: no secret.
    private const string UsualName = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>What Azurite reads from the environment variable <c>AZURITE_ACCOUNTS</c>.</summary>
    public string EnvironmentValue => string.Join(';', Enumerable.Range(0, Count).Select(number => $"{NameOf(number)}:{Key}"));

    /// <summary>The connection string of one of them, which share nothing.</summary>
    /// <param name="number">0 for the usual one.</param>
    /// <param name="ports">Where the services listen.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    public string ConnectionStringOf(int number, AzuritePorts ports)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, Count);
        var name = NameOf(number);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"DefaultEndpointsProtocol=http;AccountName={name};AccountKey={Key};"
                + $"BlobEndpoint=http://127.0.0.1:{ports.Blob}/{name};"
                + $"QueueEndpoint=http://127.0.0.1:{ports.Queue}/{name};"
                + $"TableEndpoint=http://127.0.0.1:{ports.Table}/{name};"
        );
    }

    private static string NameOf(int number) =>
        number == 0 ? UsualName : string.Create(CultureInfo.InvariantCulture, $"{UsualName}x{number}");
}
