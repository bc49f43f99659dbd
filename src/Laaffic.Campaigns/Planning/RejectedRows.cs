using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// A file of rejected rows: the columns <c>line</c> and <c>reason</c> before those of the list that they are from. Each reason
/// ends with a mark that names the campaign, so that the file, once its rows are fixed, can be dropped again. The mark tells, not
/// the columns: somebody may have moved or renamed these.
/// </summary>
/// <param name="Campaign">The campaign that the first row names.</param>
/// <param name="ReasonColumn">Where the reasons are, from 0.</param>
/// <param name="LineColumn">Where the lines are; -1 if nowhere.</param>
internal sealed record RejectedRows(string Campaign, int ReasonColumn, int LineColumn)
{
    private const string Line = "line",
        Reason = "reason";

    /// <summary>What a mark begins with.</summary>
    public const string Begin = " (campaign: ";

    private const string Check = " #",
        End = ")";

    private const int CheckLength = 4;

    /// <summary>The columns before those of the list, as they are written.</summary>
    public static IReadOnlyList<string> OwnColumns => [Line, Reason];

    /// <summary>
    /// What is put after each reason. Its last digits are a check: a name that was damaged in saving, or changed, is no name.
    /// </summary>
    public static string MarkOf(string campaign) =>
        string.Create(CultureInfo.InvariantCulture, $"{Begin}{campaign}{Check}{CheckOf(campaign)}{End}");

    /// <summary>Whether a column is this app's own, and none of the list's.</summary>
    public bool IsOwn(int column) => column == ReasonColumn || column == LineColumn;

    /// <summary>Finds out whether a list is such a file.</summary>
    /// <param name="headers">Its headers.</param>
    /// <param name="firstRow">The cells of its first row.</param>
    /// <returns>Null if it is none.</returns>
    public static RejectedRows? Find(IReadOnlyList<string> headers, IReadOnlyList<string> firstRow)
    {
        for (var column = 0; column < firstRow.Count; column++)
        {
            if (CampaignIn(firstRow[column]) is { } campaign)
            {
                // A list may have a column Line itself.
                var before = column - 1;
                return new(campaign, column, before >= 0 && Is(headers[before], Line) ? before : headers.ToList().IndexOf(Line));
            }
        }

        return null;
    }

    /// <summary>Whether the columns of a list are those of such a file, whatever its reasons say.</summary>
    public static bool HaveOwnColumns(IReadOnlyList<string> headers) =>
        headers is [var line, var reason, _, ..] && Is(line, Line) && Is(reason, Reason);

    /// <summary>The column in which somebody may have kept reasons; -1 if there is none.</summary>
    public static int FindReasons(IReadOnlyList<string> headers) => IndexOf(headers, Reason);

    /// <summary>The campaign that a cell names, wherever in it; null if it names none.</summary>
    public static string? CampaignIn(string cell)
    {
        // A name, or what a reason quotes, may itself look like a mark: the check tells.
        for (var at = cell.IndexOf(Begin, StringComparison.Ordinal); at >= 0; at = cell.IndexOf(Begin, at + 1, StringComparison.Ordinal))
        {
            var from = at + Begin.Length;
            for (var end = NextCheck(from); end >= 0; end = NextCheck(end + 1))
            {
                var check = cell.AsSpan(end + Check.Length);
                if (
                    check.Length > CheckLength
                    && check[CheckLength..].StartsWith(End)
                    && check[..CheckLength].SequenceEqual(CheckOf(cell[from..end]))
                )
                {
                    return cell[from..end];
                }
            }
        }

        return null;

        int NextCheck(int from) => cell.IndexOf(Check, from, StringComparison.Ordinal);
    }

    private static string CheckOf(string campaign) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(campaign)), 0, CheckLength / 2);

    private static bool Is(string header, string name) => header.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static int IndexOf(IReadOnlyList<string> headers, string name)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            if (Is(headers[i], name))
            {
                return i;
            }
        }

        return -1;
    }
}
