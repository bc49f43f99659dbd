using System.Globalization;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// A file of rejected rows: the columns <c>line</c> and <c>reason</c> before those of the list that they are from. Each reason
/// ends with the name of its campaign, so that the file, once its rows are fixed, can be dropped again.
/// </summary>
internal static class RejectedRows
{
    /// <summary>Where a row stood, the first column.</summary>
    public const string LineColumn = "line";

    /// <summary>Why it was rejected, the second column.</summary>
    public const string ReasonColumn = "reason";

    /// <summary>How many columns are this app's own.</summary>
    public const int OwnColumns = 2;

    private const string Begin = " (campaign: ";
    private const string End = ")";

    /// <summary>Whether a list with these headers is such a file.</summary>
    public static bool Are(IReadOnlyList<string> headers) =>
        headers is [var line, var reason, _, ..]
        && line.Equals(LineColumn, StringComparison.OrdinalIgnoreCase)
        && reason.Equals(ReasonColumn, StringComparison.OrdinalIgnoreCase);

    /// <summary>What is put after each reason.</summary>
    public static string MarkOf(string taskName) => string.Create(CultureInfo.InvariantCulture, $"{Begin}{taskName}{End}");

    /// <summary>
    /// The campaigns that a reason may name: one, unless a name or what the reason quotes looks like the beginning of another. None if
    /// it names none.
    /// </summary>
    public static IEnumerable<string> CampaignsIn(string reason)
    {
        var text = reason.TrimEnd();
        if (!text.EndsWith(End, StringComparison.Ordinal))
        {
            yield break;
        }

        var start = -1;
        while ((start = text.IndexOf(Begin, start + 1, StringComparison.Ordinal)) >= 0)
        {
            yield return text[(start + Begin.Length)..^End.Length];
        }
    }
}
