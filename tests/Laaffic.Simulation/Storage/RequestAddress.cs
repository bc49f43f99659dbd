namespace Laaffic.Simulation.Storage;

/// <summary>What a path-style address (<c>http://host/account/…</c>) asks for.</summary>
/// <param name="Resource">What follows the account, decoded.</param>
/// <param name="Query">The parameters, decoded.</param>
internal sealed record RequestAddress(string Resource, IReadOnlyDictionary<string, string> Query)
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    public static RequestAddress Of(Uri uri)
    {
        var path = uri.AbsolutePath;
        var account = path.IndexOf('/', 1);
        return new(account < 0 ? "" : Uri.UnescapeDataString(path[(account + 1)..]), QueryOf(uri.Query));
    }

    public string? Parameter(string name) => Query.GetValueOrDefault(name);

    private static IReadOnlyDictionary<string, string> QueryOf(string query)
    {
        if (query.Length < 2)
        {
            return None;
        }

        Dictionary<string, string> parameters = new(StringComparer.OrdinalIgnoreCase);
        foreach (var range in query.AsSpan(1).Split('&'))
        {
            var pair = query.AsSpan(1)[range];
            var equals = pair.IndexOf('=');
            if (equals < 0)
            {
                parameters[Uri.UnescapeDataString(pair)] = "";
            }
            else
            {
                parameters[Uri.UnescapeDataString(pair[..equals])] = Uri.UnescapeDataString(pair[(equals + 1)..]);
            }
        }

        return parameters;
    }
}
