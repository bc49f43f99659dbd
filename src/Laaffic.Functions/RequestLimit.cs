namespace Laaffic.Functions;

/// <summary>How large an HTTP request may be.</summary>
public static class RequestLimit
{
    /// <summary>
    /// In bytes: 100 MiB, what the Functions host lets through. ASP.NET Core's own default in the worker is 30 MB,
    /// which a campaign of 200,000 callees with texts exceeds.
    /// </summary>
    public const long Bytes = 104_857_600;
}
