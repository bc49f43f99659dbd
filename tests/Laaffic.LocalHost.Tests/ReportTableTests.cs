using Laaffic.Campaigns.Reports;
using Spectre.Console;

namespace Laaffic.LocalHost.Tests;

public sealed class ReportTableTests
{
    [Fact]
    public void The_table_shows_each_file_and_what_is_to_be_done_about_it()
    {
        var reports = new Dictionary<string, CampaignReport?>
        {
            ["智能體.json"] = new()
            {
                Source = "campaigns/智能體.json",
                State = CampaignStates.Accepted,
                Counts = new(Read: 250_001, Duplicate: 1, Rejected: 0, Accepted: 250_000, Waiting: 0, NotSubmitted: 0),
                Tasks =
                [
                    new("智能體-16", "accepted", 200_000, 123123, 1, null, null),
                    new("智能體-16-2", "accepted", 50_000, 123124, 1, null, null),
                ],
            },
            ["bad.csv"] = new()
            {
                Source = "campaigns/bad.csv",
                State = CampaignStates.Rejected,
                NeedsAction = "Correct the file and drop it again.",
                Counts = new(Read: 2, Duplicate: 0, Rejected: 2, Accepted: 0, Waiting: 0, NotSubmitted: 0),
                Errors = [new("calleeNumber", 3, "8.6E+12 was damaged by a spreadsheet"), new("maxCalls", null, "1000 is above 999")],
                RejectedFile = "results/bad.csv.rejected.csv",
            },
            ["unseen.csv"] = null,
        };

        Assert.Equal(
            """
            File         State          Accepted  Rejected  Duplicate  Task         Key id  Report
            智能體.json  accepted        250,000         0          1  智能體-16    123123  results/智能體.json.report.json
                                                                       智能體-16-2  123124
            bad.csv      rejected              0         2          0  -                 -  results/bad.csv.report.json
            unseen.csv   no report yet         -         -          -  -                 -  -

            campaigns/bad.csv: rejected. Correct the file and drop it again.
              line 3, calleeNumber: 8.6E+12 was damaged by a spreadsheet
              maxCalls: 1000 is above 999
              The rejected callees are in results/bad.csv.rejected.csv

            """,
            Plain(reports),
            ignoreLineEndingDifferences: true
        );
    }

    [Fact]
    public void Redirected_lines_are_as_long_as_they_are_and_hold_no_escapes()
    {
        var name = new string('x', 300) + ".csv";

        var text = Plain(new() { [name] = Accepted("Task", 1) });

        Assert.Equal(["File", name], text.Split('\n')[..2].Select(line => line.Split(' ')[0]));
        Assert.DoesNotContain('\e', text);
    }

    [Fact]
    public void Names_and_reasons_cannot_colour_or_move_anything()
    {
        const string name = "[red]a\e[31m\u202Eb\r\nc.csv";
        const string shown = "[red]a\uFFFD[31m\uFFFDb\uFFFD\uFFFDc.csv";
        var report = Accepted("[bold]t\e[1m", 1) with
        {
            State = CampaignStates.Partial,
            Tasks = [new("[bold]t\e[1m", "rejected", 1, null, 1, null, "[/]\a")],
        };

        foreach (var text in (string[])[Plain(new() { [name] = report }), Terminal(new() { [name] = report }, 400, colours: false)])
        {
            Assert.Contains(shown, text, StringComparison.Ordinal);
            Assert.Contains("task [bold]t\uFFFD[1m: rejected: [/]\uFFFD", text, StringComparison.Ordinal);
            Assert.DoesNotContain("\e[31m", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_terminal_gets_borders_and_colours()
    {
        var text = Terminal(new() { ["智能體.json"] = Accepted("Task", 7) }, 120, colours: true);

        Assert.Contains("│ 智能體.json │ \e[38;5;2maccepted\e[0m │", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_terminal_without_colours_gets_none()
    {
        var text = Terminal(new() { ["a.json"] = Accepted("Task", 7) }, 120, colours: false);

        Assert.Contains("│ a.json │ accepted │", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[3", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_terminal_that_is_too_narrow_for_the_table_gets_a_list()
    {
        var text = Terminal(new() { ["a.json"] = Accepted("Task", 7), ["b.json"] = null }, 60, colours: false);

        Assert.Equal(
            """
            a.json  accepted
              2 accepted, 1 rejected, 0 duplicate
              task Task, key id 7
              results/a.json.report.json
            b.json  no report yet

            """,
            text.Replace("\e[1m", "", StringComparison.Ordinal).Replace("\e[0m", "", StringComparison.Ordinal),
            ignoreLineEndingDifferences: true
        );
    }

    private static CampaignReport Accepted(string task, long keyId) =>
        new()
        {
            Source = "campaigns/any",
            State = CampaignStates.Accepted,
            Counts = new(Read: 3, Duplicate: 0, Rejected: 1, Accepted: 2, Waiting: 0, NotSubmitted: 0),
            Tasks = [new(task, "accepted", 2, keyId, 1, null, null)],
        };

    private static string Plain(Dictionary<string, CampaignReport?> reports)
    {
        using var output = new StringWriter();
        ReportTable.Write(reports, LocalHost.Terminal.For(output));
        return output.ToString();
    }

    private static string Terminal(Dictionary<string, CampaignReport?> reports, int width, bool colours)
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(output),
                Ansi = AnsiSupport.Yes,
                Interactive = InteractionSupport.Yes,
                ColorSystem = colours ? ColorSystemSupport.EightBit : ColorSystemSupport.NoColors,
                Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            }
        );
        console.Profile.Width = width;
        ReportTable.Write(reports, console);
        return output.ToString();
    }
}
