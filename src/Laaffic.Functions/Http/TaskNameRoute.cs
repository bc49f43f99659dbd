namespace Laaffic.Functions.Http;

/// <summary>Task names as they come in a request's path.</summary>
internal static class TaskNameRoute
{
    /// <summary>A slash is the one character that routing leaves escaped; the name may also be that, literally.</summary>
    public static string Unescape(string taskName) => taskName.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
