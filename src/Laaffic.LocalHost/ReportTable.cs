using System.Globalization;
using System.Text;
using Laaffic.Campaigns.Reports;

namespace Laaffic.LocalHost;

/// <summary>Shows what became of campaigns.</summary>
internal static class ReportTable
{
    private const int MaxErrors = 10;

    private static readonly string[] Header = ["File", "State", "Accepted", "Rejected", "Duplicate", "Task", "Key id", "Report"];

    /// <summary>Writes the table and, under it, what is to be known of the campaigns that need a person.</summary>
    /// <param name="reports">The reports by the campaigns' names; <see langword="null"/> for a campaign without one.</param>
    /// <param name="output">Where it is written.</param>
    public static void Write(IReadOnlyDictionary<string, CampaignReport?> reports, TextWriter output)
    {
        List<string[]> rows = [Header];
        foreach (var (name, report) in reports)
        {
            TaskReport?[] tasks = report is { Tasks.Count: > 0 } ? [.. report.Tasks] : [null];
            for (var i = 0; i < tasks.Length; i++)
            {
                var taskName = tasks[i]?.Name ?? "-";
                var keyId = tasks[i]?.KeyId?.ToString(CultureInfo.InvariantCulture) ?? "-";
                rows.Add(
                    i > 0 ? ["", "", "", "", "", taskName, keyId, ""]
                    : report is null ? [name, "no report yet", "-", "-", "-", "-", "-", "-"]
                    :
                    [
                        name,
                        report.State,
                        Number(report.Counts.Accepted),
                        Number(report.Counts.Rejected),
                        Number(report.Counts.Duplicate),
                        taskName,
                        keyId,
                        $"results/{FolderDrop.ReportName(name)}",
                    ]
                );
            }
        }

        var widths = Enumerable.Range(0, Header.Length).Select(column => rows.Max(row => Width(row[column]))).ToArray();
        foreach (var row in rows)
        {
            var cells = row.Select(
                (cell, column) => column is >= 2 and <= 4 or 6 ? Padding(cell, widths[column]) + cell : cell + Padding(cell, widths[column])
            );
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }

        foreach (var (name, report) in reports)
        {
            if (report is { NeedsPerson: true } or { IsSettled: false })
            {
                WriteDetails(name, report, output);
            }
        }
    }

    /// <summary>Why a campaign is in its state, in one line.</summary>
    public static string Why(CampaignReport report) =>
        report.NeedsAction is { Length: > 0 } action ? $"{report.State}: {action}"
        : report.Tasks.FirstOrDefault(task => task.State != "accepted" && !string.IsNullOrEmpty(task.Reason)) is { } task
            ? $"{report.State}: {task.Reason}"
        : report.State;

    private static void WriteDetails(string name, CampaignReport report, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(
            report.NeedsAction is { Length: > 0 } action
                ? $"campaigns/{name}: {report.State}. {action}"
                : $"campaigns/{name}: {report.State}."
        );
        foreach (var error in report.Errors.Take(MaxErrors))
        {
            var line = error.Line is { } number ? string.Create(CultureInfo.InvariantCulture, $"line {number}") : null;
            var place = string.Join(", ", new[] { line, error.Field }.Where(part => !string.IsNullOrEmpty(part)));
            output.WriteLine(place.Length == 0 ? $"  {error.Message}" : $"  {place}: {error.Message}");
        }

        if (report.Errors.Count > MaxErrors)
        {
            output.WriteLine($"  … and {report.Errors.Count - MaxErrors} more errors in results/{FolderDrop.ReportName(name)}");
        }

        foreach (var task in report.Tasks.Where(task => task.State != "accepted"))
        {
            output.WriteLine($"  task {task.Name}: {task.State}{(string.IsNullOrEmpty(task.Reason) ? "" : $": {task.Reason}")}");
        }

        if (report.RejectedFile is { Length: > 0 } rejected)
        {
            var advice = report.CommittedAt is null ? "" : ": fix their rows and drop these alone, in a new file with another taskName";
            output.WriteLine($"  The rejected callees are in {rejected}{advice}");
        }
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Padding(string text, int width) => new(' ', width - Width(text));

    /// <summary>
    /// The columns that a terminal gives a text: two to a Chinese, Japanese or Korean character, none to a combining mark.
    /// </summary>
    private static int Width(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width +=
                Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
                    ? 0
                : rune.Value
                    is (>= 0x1100 and <= 0x115F)
                        or (>= 0x2E80 and <= 0xA4CF)
                        or (>= 0xAC00 and <= 0xD7A3)
                        or (>= 0xF900 and <= 0xFAFF)
                        or (>= 0xFE30 and <= 0xFE6F)
                        or (>= 0xFF00 and <= 0xFF60)
                        or (>= 0xFFE0 and <= 0xFFE6)
                        or (>= 0x1F300 and <= 0x1FAFF)
                        or (>= 0x20000 and <= 0x3FFFD)
                    ? 2
                : 1;
        }

        return width;
    }
}
