using System.Globalization;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Laaffic.LocalHost;

/// <summary>Shows what became of campaigns.</summary>
internal static class ReportTable
{
    private const int MaxErrors = 10;
    private const string NoReport = "no report yet";

    private static readonly Style Bold = new(decoration: Decoration.Bold);

    private static readonly string[] Header = ["File", "State", "Accepted", "Rejected", "Duplicate", "Task", "Key id", "Report"];

    /// <summary>Writes the table and, under it, what is to be known of the campaigns that need a person.</summary>
    /// <param name="reports">The reports by the campaigns' names; <see langword="null"/> for a campaign without one.</param>
    /// <param name="output">Where it is written: with borders and colours to a terminal, else as plain lines.</param>
    public static void Write(IReadOnlyDictionary<string, CampaignReport?> reports, IAnsiConsole output)
    {
        if (!output.IsLive())
        {
            WriteLines(Build(reports, TableBorder.None), output);
        }
        else if (Build(reports, TableBorder.Rounded) is var table && WidthOf(table, output) <= output.Profile.Width)
        {
            output.Write(table);
        }
        else
        {
            WriteList(reports, output);
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
        : report.Tasks.FirstOrDefault(task => task.State != TaskStates.Accepted && !string.IsNullOrEmpty(task.Reason)) is { } task
            ? $"{report.State}: {task.Reason}"
        : report.State;

    private static void WriteDetails(string name, CampaignReport report, IAnsiConsole output)
    {
        output.WritePlainLines("");
        output.WritePlainLines(
            report.NeedsAction is { Length: > 0 } action
                ? $"{Containers.Campaigns}/{name}: {report.State}. {action}"
                : $"{Containers.Campaigns}/{name}: {report.State}."
        );
        foreach (var error in report.Errors.Take(MaxErrors))
        {
            var line = error.Line is { } number ? string.Create(CultureInfo.InvariantCulture, $"line {number}") : null;
            var place = string.Join(", ", new[] { line, error.Field }.Where(part => !string.IsNullOrEmpty(part)));
            output.WritePlainLines(place.Length == 0 ? $"  {error.Message}" : $"  {place}: {error.Message}");
        }

        if (report.Errors.Count > MaxErrors)
        {
            output.WritePlainLines($"  … and {report.Errors.Count - MaxErrors} more errors in {FolderDrop.ReportPath(name)}");
        }

        foreach (var task in report.Tasks.Where(task => task.State != TaskStates.Accepted))
        {
            output.WritePlainLines($"  task {task.Name}: {task.State}{(string.IsNullOrEmpty(task.Reason) ? "" : $": {task.Reason}")}");
        }

        if (report.RejectedFile is { Length: > 0 } rejected)
        {
            var advice = report.CommittedAt is null ? "" : ": fix their rows and drop these alone, in a new file with another taskName";
            output.WritePlainLines($"  The rejected callees are in {rejected}{advice}");
        }
    }

    private static Table Build(IReadOnlyDictionary<string, CampaignReport?> reports, TableBorder border)
    {
        var table = new Table { Border = border };
        for (var column = 0; column < Header.Length; column++)
        {
            table.AddColumn(
                new TableColumn(new Text(Header[column], Bold))
                {
                    Alignment = column is >= 2 and <= 4 or 6 ? Justify.Right : Justify.Left,
                    NoWrap = column is not (0 or 5 or 7),
                    Padding = border.Visible ? new Padding(1, 0) : new Padding(0, 0, 2, 0),
                }
            );
        }

        foreach (var (name, report) in reports)
        {
            TaskReport?[] tasks = report is { Tasks.Count: > 0 } ? [.. report.Tasks] : [null];
            for (var i = 0; i < tasks.Length; i++)
            {
                var taskName = tasks[i]?.Name ?? "-";
                var keyId = tasks[i]?.KeyId?.ToString(CultureInfo.InvariantCulture) ?? "-";
                string[] cells =
                    i > 0 ? ["", "", "", "", "", taskName, keyId, ""]
                    : report is null ? [name, NoReport, "-", "-", "-", "-", "-", "-"]
                    :
                    [
                        name,
                        report.State,
                        Number(report.Counts.Accepted),
                        Number(report.Counts.Rejected),
                        Number(report.Counts.Duplicate),
                        taskName,
                        keyId,
                        FolderDrop.ReportPath(name),
                    ];
                table.AddRow(cells.Select((cell, column) => new Text(Terminal.Safe(cell), column == 1 ? StyleOf(report) : Style.Plain)));
            }
        }

        return table;
    }

    /// <summary>Without the blanks at the lines' ends that fill up the last column.</summary>
    private static void WriteLines(Table table, IAnsiConsole output)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Terminal.For(text).Write(table);
        using var lines = new StringReader(text.ToString());
        while (lines.ReadLine() is { } line)
        {
            output.Profile.Out.Writer.WriteLine(line.TrimEnd());
        }
    }

    private static int WidthOf(IRenderable table, IAnsiConsole output) =>
        table.Measure(RenderOptions.Create(output, output.Profile.Capabilities), int.MaxValue).Max;

    /// <summary>What the table says, for a terminal that is too narrow for it.</summary>
    private static void WriteList(IReadOnlyDictionary<string, CampaignReport?> reports, IAnsiConsole output)
    {
        foreach (var (name, report) in reports)
        {
            output.Write(
                new Paragraph(Terminal.Safe(name), Bold)
                    .Append("  ")
                    .Append(Terminal.Safe(report?.State ?? NoReport), StyleOf(report))
                    .Append(Environment.NewLine)
            );
            if (report is null)
            {
                continue;
            }

            var (accepted, rejected, duplicate) = (report.Counts.Accepted, report.Counts.Rejected, report.Counts.Duplicate);
            output.WritePlainLines([
                $"  {Number(accepted)} accepted, {Number(rejected)} rejected, {Number(duplicate)} duplicate",
                .. report.Tasks.Select(task =>
                    task.KeyId is { } keyId
                        ? string.Create(CultureInfo.InvariantCulture, $"  task {task.Name}, key id {keyId}")
                        : $"  task {task.Name}"
                ),
                $"  {FolderDrop.ReportPath(name)}",
            ]);
        }
    }

    private static Style StyleOf(CampaignReport? report) =>
        report switch
        {
            { NeedsPerson: true } => new Style(Color.Red),
            { IsSettled: true } => new Style(Color.Green),
            _ => new Style(Color.Yellow),
        };

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
