namespace Laaffic.Api;

/// <summary>The HTTP settings that a <see cref="LaafficClient"/> is meant to run on.</summary>
public static class LaafficHttp
{
    /// <summary>
    /// A new handler: no redirects (a 3xx is no documented answer, and following it would carry the signed headers
    /// elsewhere), no cookies, no decompression, 10 seconds to connect. Connections live at most 5 minutes, so that changed
    /// DNS entries are noticed, and idle ones 15 seconds: a connection that the server closes in the moment it is used again
    /// turns a plain attempt into one of unknown outcome.
    /// </summary>
    public static SocketsHttpHandler CreateHandler() =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
        };
}
