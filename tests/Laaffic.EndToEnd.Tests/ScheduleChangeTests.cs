using System.Globalization;
using Azure.Storage.Blobs;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Simulation.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Laaffic.EndToEnd.Tests;

/// <summary>
/// Schedules that are changed, turned off, deleted or renamed about the time of an occurrence, which is 09:00 UTC, with clocks that
/// differ.
/// </summary>
public sealed class ScheduleChangeTests : IAsyncLifetime
{
    private const string Daily = """{"at": ["09:00"], "timeZone": "UTC", "list": "due.csv"}""";
    private static readonly DateTimeOffset Eight = new(2027, 1, 4, 8, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _storageClock = new(Eight);
    private SimulatedAccount _storage = null!;
    private TestApp _app = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _storage = new(_storageClock.GetUtcNow);
        _app = await TestApp.StartInMemoryAsync(null, null, Eight, _storage);
        await _app.PutProfileAsync("default", """{"taskName":"{schedule} {date} {time}","agentId":41}""");
        await PutAsync(Containers.Lists, "due.csv", "calleeNumber\n12025550101\n");
        await PutAsync(Containers.Schedules, "morning.json", Daily);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task What_was_due_when_the_file_was_deleted_is_missed_though_the_app_s_clock_is_behind()
    {
        await TickAtAsync("08:30");
        SetStorageClock("09:00:05");
        await DeleteAsync("morning.json");
        await TickAtAsync("08:59:50", storage: "09:00:10");
        await TickAtAsync("09:02");

        Assert.Empty(_app.Called);
        await AssertLastAsync("morning", ScheduleReport.Deleted, "missed");
    }

    [Fact]
    public async Task A_file_that_is_renamed_and_keeps_its_time_makes_nothing_again()
    {
        await TickAtAsync("08:30");
        await TickAtAsync("09:00");
        await TickAtAsync("09:19");
        _storage.RenameBlob(Containers.Schedules, "morning.json", "new/morning.json");
        await TickAtAsync("09:21");
        await TickAtAsync("09:22");

        Assert.Equal(["12025550101"], _app.Called);
        await AssertLastAsync("morning", ScheduleReport.Deleted, "made");
        await AssertLastAsync("new/morning", ScheduleReport.InForce);
    }

    [Fact]
    public async Task A_file_that_is_restored_with_its_old_time_makes_nothing_that_was_due_without_it()
    {
        await TickAtAsync("08:10");
        _storage.RenameBlob(Containers.Schedules, "morning.json", "morning.txt");
        await TickAtAsync("08:30");
        await TickAtAsync("09:10");
        _storage.RenameBlob(Containers.Schedules, "morning.txt", "morning.json");
        await TickAtAsync("09:11");

        Assert.Empty(_app.Called);
        await AssertLastAsync("morning", ScheduleReport.InForce);
    }

    [Fact]
    public async Task A_new_schedule_that_comes_while_the_app_is_down_makes_what_is_due_since()
    {
        await TickAtAsync("08:10");
        SetStorageClock("08:59:30");
        await PutAsync(Containers.Schedules, "other.json", Daily.Replace("due.csv", "other.csv", StringComparison.Ordinal));
        await PutAsync(Containers.Lists, "other.csv", "calleeNumber\n12025550102\n");
        await TickAtAsync("09:40");

        Assert.Equal(["12025550101", "12025550102"], _app.Called.Order());
    }

    [Theory]
    [InlineData("{", "wrong")]
    [InlineData(Daily, "")]
    [InlineData("""{"at": ["10:00"], "timeZone": "UTC", "list": "due.csv"}""", "")]
    public async Task What_waits_for_the_vault_is_made_as_the_schedule_was_though_its_file_is_changed_meanwhile(
        string version,
        string error
    )
    {
        await TickAtAsync("08:30");
        _app.SecretsAreAway = true;
        await TickAtAsync("09:00");
        SetStorageClock("09:01");
        await PutAsync(Containers.Schedules, "morning.json", version);
        await TickAtAsync("09:01");
        await TickAtAsync("09:05");
        _app.SecretsAreAway = false;
        await TickAtAsync("09:10");
        await TickAtAsync("09:12");

        Assert.Equal(["12025550101"], _app.Called);
        await AssertLastAsync("morning", ScheduleReport.InForce, "made");
        Assert.Equal(error.Length > 0, (await FindAsync("morning")).Errors.Count > 0);
    }

    [Fact]
    public async Task Who_turns_a_schedule_off_stops_what_still_waits()
    {
        await TickAtAsync("08:30");
        _app.SecretsAreAway = true;
        await TickAtAsync("09:00");
        SetStorageClock("09:01");
        await PutAsync(Containers.Schedules, "morning.json", Daily.Replace("{", "{\"enabled\": false, ", StringComparison.Ordinal));
        await TickAtAsync("09:05");
        _app.SecretsAreAway = false;
        await TickAtAsync("09:10");

        Assert.Empty(_app.Called);
        await AssertLastAsync("morning", ScheduleReport.Off, "missed");
        Assert.Contains("turned off", (await FindAsync("morning")).Last[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_its_ending_keeps_no_schedule_alive()
    {
        await TickAtAsync("08:30");
        _storage.RenameBlob(Containers.Schedules, "morning.json", "morning");
        await TickAtAsync("08:40");
        await TickAtAsync("09:00");

        Assert.Empty(_app.Called);
        var schedules = (await _app.Service.ListSchedulesAsync(Token)).Schedules;
        Assert.Equal(
            [("morning", ScheduleReport.Deleted, 0), ("morning", ScheduleReport.Wrong, 1)],
            schedules.Select(one => (one.Name, one.State, one.Errors.Count))
        );
    }

    [Fact]
    public async Task Nothing_is_made_before_its_time_where_storage_s_clock_is_ahead()
    {
        await TickAtAsync("08:30");
        SetStorageClock("09:10");
        await PutAsync(Containers.Schedules, "morning.json", Daily.Replace("09:00", "12:00", StringComparison.Ordinal));
        await TickAtAsync("08:50", storage: "09:10");
        Assert.Empty(_app.Called);
        await TickAtAsync("09:00", storage: "09:20");

        Assert.Equal(["12025550101"], _app.Called);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'{', 0, (byte)'}', 0 })]
    [InlineData(new byte[] { (byte)'{', (byte)'"', 0xE9, (byte)'"' })]
    public async Task A_file_that_is_not_UTF_8_is_told_so(byte[] content)
    {
        await Container(Containers.Schedules).GetBlobClient("odd.json").UploadAsync(BinaryData.FromBytes(content), overwrite: true, Token);
        await TickAtAsync("08:30");

        var odd = await FindAsync("odd");
        Assert.Equal("The file is not UTF-8: save it as UTF-8.", Assert.Single(odd.Errors).Message);
    }

    [Fact]
    public async Task The_reason_of_a_rejected_list_names_the_field()
    {
        await _app.PutProfileAsync("default", """{"agentId":41}""");
        await TickAtAsync("08:30");
        await TickAtAsync("09:00");

        Assert.StartsWith("taskName: is missing", (await FindAsync("morning")).Last[0].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Europe/Dublin", "2027-03-28")]
    [InlineData("Africa/Casablanca", "2027-03-14")]
    public async Task A_schedule_goes_on_where_the_clocks_change_though_winter_is_the_exception(string zone, string day)
    {
        var begin = DateTimeOffset.Parse(day + "T00:00Z", CultureInfo.InvariantCulture);
        await PutAsync(
            Containers.Schedules,
            "morning.json",
            $$"""{"cron": "0 * * * *", "timeZone": "{{zone}}", "list": "due.csv", "sameListAgain": true, "grace": "00:30:00"}"""
        );
        await TickAtAsync("08:30");
        await TickAsync(begin.AddMinutes(-29), begin.AddMinutes(-29));
        for (var hour = 0; hour < 24; hour++)
        {
            await TickAsync(begin.AddHours(hour), begin.AddHours(hour));
        }

        Assert.Equal(24, _app.Called.Count);
    }

    [Theory]
    [InlineData("calleeNumber\n12025550101\n12\n", "calleeNumber\n12025550102\n")]
    [InlineData("calleeNumber\n12\n", "calleeNumber\n12025550102\n")]
    public async Task Fixed_rows_of_its_campaign_are_called_though_no_schedule_makes_theirs(string list, string other)
    {
        await PutAsync(Containers.Lists, "due.csv", list);
        await TickAtAsync("08:30");
        await TickAtAsync("09:00");
        var last = (await FindAsync("morning")).Last[0];
        var report = last.Report is { } place ? place["results/".Length..] : $"_api/{last.TaskName}.report.json";

        var rejected = await _app.ResultAsync(report.Replace(".report.json", ".rejected.csv", StringComparison.Ordinal));
        await _app.DropAsync("fixed.csv", rejected.Replace(",12\r\n", ",12025550102\r\n", StringComparison.Ordinal));

        Assert.Equal("morning 20270104 090000 fixed", (await _app.ReportAsync("fixed.csv")).TaskName);
        Assert.Contains("12025550102", _app.Called);
        Assert.Equal(last.TaskName is null ? 1 : 2, _app.Called.Count);
        await _app.DropAsync("other.csv", other);
        Assert.Contains("a line # taskName:", (await _app.ReportAsync("other.csv")).Errors[0].Message, StringComparison.Ordinal);
    }

    private async Task TickAtAsync(string time, string? storage = null) => await TickAsync(At(time), At(storage ?? time));

    private async Task TickAsync(DateTimeOffset at, DateTimeOffset storage)
    {
        _storageClock.AdjustTime(storage);
        _app.Clock.AdjustTime(at);
        await _app.TickAsync();
    }

    private static DateTimeOffset At(string time) => new(Eight.Date + TimeSpan.Parse(time, CultureInfo.InvariantCulture), TimeSpan.Zero);

    private void SetStorageClock(string time) => _storageClock.AdjustTime(At(time));

    private BlobContainerClient Container(string name) => _app.Blobs.GetBlobContainerClient(name);

    private Task PutAsync(string container, string name, string content) =>
        Container(container).GetBlobClient(name).UploadAsync(BinaryData.FromString(content), overwrite: true, Token);

    private Task DeleteAsync(string name) => Container(Containers.Schedules).GetBlobClient(name).DeleteAsync(cancellationToken: Token);

    private async Task<ScheduleReport> FindAsync(string name) =>
        (await _app.Service.ListSchedulesAsync(Token)).Schedules.Single(schedule => schedule.Name == name);

    private async Task AssertLastAsync(string name, string state, params string[] last)
    {
        var schedule = await FindAsync(name);
        Assert.Equal(state, schedule.State);
        Assert.Equal(last, schedule.Last.Select(one => one.State));
    }
}
