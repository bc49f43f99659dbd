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

    /// <summary>The campaign that a reason names; null if it names none.</summary>
    public static string? CampaignIn(string reason)
    {
        var text = reason.TrimEnd();
        var start = text.LastIndexOf(Begin, StringComparison.Ordinal);
        return start >= 0 && text.EndsWith(End, StringComparison.Ordinal) ? text[(start + Begin.Length)..^End.Length] : null;
    }
}
