namespace Laaffic.Functions;

/// <summary>How large an HTTP request may be.</summary>
public static class RequestLimit
{
    /// <summary>In bytes: 100 MiB. Larger campaigns are to be dropped as files.</summary>
    public const long Bytes = 104_857_600;

    /// <summary>
    /// What the Functions host lets through, and so what the worker takes in: more than <see cref="Bytes"/>, since a request
    /// that the web server breaks off is answered with a broken connection. ASP.NET Core's own default is 30 MB.
    /// </summary>
    public const long HostBytes = 210_000_000;
}
