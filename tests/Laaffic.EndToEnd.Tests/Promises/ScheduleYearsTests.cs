using System.Globalization;
using CsCheck;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Parsing;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Schedules;
using Laaffic.EndToEnd.Tests.Support;

namespace Laaffic.EndToEnd.Tests.Promises;

/// <summary>
/// Ten years of a schedule, with instances that die, ticks that stay away for days, and clocks that are put forward and back: each
/// occurrence is made once, or reported as missed.
/// </summary>
public sealed class ScheduleYearsTests
{
    private static readonly DateTimeOffset Start = new(2027, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Explicit = true), Trait("Suite", "Long")]
    [InlineData("Asia/Taipei", """ "every": ["Sun"], "at": ["09:00"] """, 1)]
    [InlineData("Europe/Berlin", """ "every": ["Sun"], "at": ["02:30"] """, 2)]
    [InlineData("Australia/Lord_Howe", """ "cron": "45 1 * * SUN" """, 3)]
    [InlineData("America/New_York", """ "cron": "30 * * MAR,NOV SUN#1" """, 4)]
    [InlineData("Europe/Dublin", """ "every": ["Sun"], "at": ["01:30"] """, 5)]
    [InlineData("Africa/Casablanca", """ "cron": "30 2 * * SUN" """, 6)]
    public async Task Each_occurrence_of_ten_years_is_made_once_or_missed(string zone, string times, int seed)
    {
        var random = new Random(seed);
        await using var app = await TestApp.StartInMemoryAsync(null, null, Start);
        var text = $$"""{ {{times}}, "timeZone": "{{zone}}", "list": "list.csv", "grace": "06:00:00", "sameListAgain": true}""";
        await PutAsync(app, Containers.Profiles, "default.json", """{"taskName":"{schedule} {date} {time}","agentId":41}""");
        await PutAsync(app, Containers.Lists, "list.csv", "calleeNumber\n12025550101\n");
        await PutAsync(app, Containers.Schedules, "weekly.json", text);
        await app.TickAsync();
        var schedule = (await ScheduleFile.ReadAsync(text, TimeZoneInfo.Utc, new CampaignErrors(), Token))!;
        var end = Start.AddYears(10);
        var current = app;
        List<TestApp> others = [];
        while (app.Clock.GetUtcNow() < end)
        {
            var now = app.Clock.GetUtcNow();
            var next = schedule.FindNext(now) ?? end;
            // Mostly to about the next one; now and then days pass, or the clock is set.
            var step = random.Next(12) switch
            {
                0 => TimeSpan.FromDays(random.Next(1, 40)),
                1 or 2 => next - now + TimeSpan.FromHours(random.Next(5, 8)),
                3 => TimeSpan.FromMinutes(random.Next(1, 90)),
                _ => next - now + TimeSpan.FromSeconds(random.Next(0, 600)),
            };
            app.Clock.Advance(step);
            if (random.Next(20) == 0)
            {
                app.Clock.AdjustTime(app.Clock.GetUtcNow() - TimeSpan.FromMinutes(random.Next(1, 120)));
            }

            if (random.Next(5) == 0)
            {
                others.Add(
                    current = app.AnotherInstance(
                        new Outage(random.Next(60), random.Next(2) == 0 ? OutageKind.DeathBefore : OutageKind.DeathAfter)
                    )
                );
            }

            try
            {
                await current.TickAsync();
            }
            catch (DeadProcessException)
            {
                others.Add(current = app.AnotherInstance());
            }
        }

        await using (var last = app.AnotherInstance())
        {
            await last.TickAfterAsync(TimeSpan.FromDays(1));
            await last.TickAfterAsync(TimeSpan.FromDays(1)); // what died is settled
            await AssertPromisesAsync(last, schedule);
        }

        foreach (var other in others)
        {
            await other.DisposeAsync();
        }
    }

    private static async Task AssertPromisesAsync(TestApp app, Schedule schedule)
    {
        var row = (await app.Part<ScheduleLedger>().FindAsync("weekly", Token))!;
        var settled = await app.Part<ScheduleLedger>().FindLastAsync("weekly", 10_000, Token);
        settled.Reverse();

        List<DateTimeOffset> expected = [];
        for (var at = schedule.FindNext(Start); at <= row.DoneUntil; at = schedule.FindNext(at.Value))
        {
            expected.Add(at.Value);
        }

        Assert.True(row.DoneUntil >= Start.AddYears(10).AddDays(-40), $"{row.DoneUntil:u} is too early.");
        Assert.Equal(expected, settled.Select(one => one.At));
        Assert.All(settled, one => Assert.Contains(one.State, (OccurrenceState[])[OccurrenceState.Made, OccurrenceState.Missed]));
        var made = settled.Where(one => one.State == OccurrenceState.Made).Select(one => one.TaskName!).ToList();
        Assert.True(made.Count > settled.Count / 4 && made.Count < settled.Count, $"{made.Count} of {settled.Count} were made.");
        var accepted = app.Simulator.AcceptedTasks.Select(task => task.Name).ToList();
        Assert.Equal(accepted.Count, accepted.Distinct().Count());
        Assert.Empty(accepted.Except(made));
        // Nobody was there to send the others until their time was over.
        foreach (var name in made.Except(accepted))
        {
            Assert.Equal(CampaignStates.Expired, (await app.Service.FindAsync(name, Token))!.State);
        }
    }

    private static Task PutAsync(TestApp app, string container, string name, string content) =>
        app.Blobs.GetBlobContainerClient(container).GetBlobClient(name).UploadAsync(BinaryData.FromString(content), overwrite: true, Token);
}
