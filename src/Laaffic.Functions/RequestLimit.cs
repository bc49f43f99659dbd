namespace Laaffic.Functions;

/// <summary>How large an HTTP request may be.</summary>
public static class RequestLimit
{
    /// <summary>In bytes: 100 MiB. Larger campaigns are to be dropped as files.</summary>
    public const long Bytes = 104_857_600;

    /// <summary>
    /// In bytes, of JSON: 16 MiB. The Functions host parses a JSON body as a whole before the worker sees any of it, which costs some
    /// twenty times its size in memory: 50 MiB took 1.1 GB (version 4.1037). CSV is passed on as it comes.
    /// </summary>
    public const long JsonBytes = 16 * 1_048_576;

    /// <summary>
    /// What the worker's web server takes in, and what the Functions host is told to let through by the setting
    /// <c>FUNCTIONS_REQUEST_BODY_SIZE_LIMIT</c>: more than <see cref="Bytes"/>, since a request that a server breaks off is answered
    /// with a broken connection or, by the host, with an empty 500. Without the setting the host's limit is 100 MiB, and the web
    /// server's 30 MB.
    /// </summary>
    public const long HostBytes = 209_715_200;
}
