using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Laaffic.Campaigns;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests.StoredData;

/// <summary>
/// Brings an app into every state that it leaves in storage, and takes the snapshot. To be run once for each release that changes
/// a stored form: dotnet run --project tests/Laaffic.EndToEnd.Tests -- -explicit only -class '*SnapshotWriter'. The files appear beside
/// the sources.
/// </summary>
public sealed class SnapshotWriter(StorageFixture storage)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Folder => Path.Combine(Documents.Repository, "tests/Laaffic.EndToEnd.Tests/StoredData");

    private static readonly CampaignOptions TwoTasks = new() { MaxCalleesPerTask = 2 };

    [Fact(Explicit = true)]
    public async Task Write_what_the_present_release_stores()
    {
        foreach (var state in (string[])["busy", "hold", "paused"])
        {
            var snapshot = await TakeAsync(state);
            snapshot.Write(Path.Combine(Folder, $"{snapshot.At:yyyy-MM-dd}-{state}.json"));
        }
    }

    /// <summary>
    /// Of an hourly schedule one campaign was made, one was not as its list was unchanged, and the instance that read the new list for
    /// the third died. The rejected row of the first was fixed.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task Write_the_schedules_that_the_present_release_stores()
    {
        await using var app = await TestApp.StartAsync(storage.NewAccount(), TwoTasks, null);
        await app.PutProfileAsync("default", """{"taskName":"{schedule} {date} {time}","agentId":41}""");
        await PutAsync("schedules", "hourly.json", """{"cron":"0 * * * *","timeZone":"Asia/Taipei","list":"due.csv","grace":"00:30:00"}""");
        await PutAsync("lists", "due.csv", "calleeNumber\n12025550101\n12025550102\n1202\n");
        await app.TickAsync();
        for (var i = 0; i < 2; i++)
        {
            await TickAtNextHourAsync(app);
        }

        var made = (await app.Service.ListSchedulesAsync(Token)).Schedules[0].Last.Single(one => one.TaskName is not null);
        var rejected = await app.ResultAsync($"_api/{made.TaskName}.rejected.csv");
        await app.DropAsync("fixed.csv", rejected.Replace(",1202\r\n", ",12025550103\r\n", StringComparison.Ordinal));

        await PutAsync("lists", "due.csv", "calleeNumber\n12025550104\n");
        var outage = new Outage(o =>
            o.StartsWith("GET ", StringComparison.Ordinal) && o.EndsWith("/lists/due.csv", StringComparison.Ordinal)
        );
        await using var dying = await TestApp.StartAsync(app.Account, TwoTasks, outage);
        dying.Clock.SetUtcNow(app.Clock.GetUtcNow());
        await Assert.ThrowsAnyAsync<Exception>(() => TickAtNextHourAsync(dying));

        Assert.True(outage.Struck);
        var requests = app.Simulator.AcceptedTasks.Select(Request).ToList();
        var snapshot = await Snapshot.TakeAsync(app.Account, dying.Clock.GetUtcNow(), requests, Token);
        snapshot.Write(Path.Combine(Folder, $"{snapshot.At:yyyy-MM-dd}-schedules.json"));

        Task PutAsync(string container, string name, string content) =>
            app.Blobs.GetBlobContainerClient(container).GetBlobClient(name).UploadAsync(BinaryData.FromString(content), true, Token);

        static Task TickAtNextHourAsync(TestApp app)
        {
            var now = app.Clock.GetUtcNow();
            return app.TickAfterAsync(now.Date.AddHours(now.Hour + 1) - now.DateTime);
        }
    }

    private async Task<Snapshot> TakeAsync(string state)
    {
        await using var app = await TestApp.StartAsync(storage.NewAccount(), TwoTasks, null);
        List<TestApp> dead = [];

        // Settled: accepted with rejected rows, rejected in part, rejected as a whole, and the same once more.
        await app.DropAsync("done.csv", Csv("Done", "12025550101", "12025550102", "12025550103", "no number", "12025550101"));
        app.Simulator.Faults.Add(Fault.Answer(-21) with { TaskName = "Partly-2" });
        await app.DropAsync("partly.csv", Csv("Partly", "12025550104", "12025550105", "12025550106"));
        await app.DropAsync("rejected.json", """{"taskName":"Rejected","numberInfoList":[{"calleeNumber":"12025550107"}]}""");
        await app.DropAsync("folder/done-again.csv", Csv("Done", "12025550101", "12025550102", "12025550103", "no number", "12025550101"));

        // Waiting for its time.
        var later = app.Clock.GetUtcNow().AddHours(2).ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture);
        await app.DropAsync("later.csv", $"# submitAt: {later}\n{Csv("Later", "12025550108", "12025550109", "12025550110")}");

        // Being read, and committed but not sent, by processes that died; sent by one that died before it saw the answer.
        await DieAsync(
            "reading.csv",
            Csv("Reading", "12025550111"),
            o => o.StartsWith("GET ", StringComparison.Ordinal) && o.EndsWith("/campaigns/reading.csv", StringComparison.Ordinal)
        );
        await DieAsync("committed.csv", Csv("Committed", "12025550112"), IsCreate);
        await DieAsync("sent.csv", Csv("Sent", "12025550113"), IsCreate, OutageKind.DeathAfter);

        // On hold, or busy with tasks that stand in line.
        if (state != "paused")
        {
            app.Simulator.Faults.Add(Fault.Answer(state == "hold" ? -10 : -37));
            await app.DropAsync("first.csv", Csv("First", "12025550116", "12025550117", "12025550118"));
        }

        // Uncertain, of what was accepted and of what was not: the answers are lost, Laaffic does not say, and the app pauses.
        foreach (var accepted in (bool[])[true, false])
        {
            if (state == "paused")
            {
                app.Simulator.Faults.Add(Fault.Close(acceptFirst: accepted));
                app.Simulator.Faults.Add(Fault.Reply(500) with { Endpoint = ApiEndpoint.Query });
            }

            await app.DropAsync(
                accepted ? "uncertain.csv" : "lost.csv",
                accepted ? Csv("Uncertain", "12025550114") : Csv("Lost", "12025550115")
            );
        }

        if (state == "paused")
        {
            await app.DropAsync("first.csv", Csv("First", "12025550116", "12025550117", "12025550118"));
        }

        await app.DropAsync("second.csv", Csv("Second", "12025550119"));

        IEnumerable<TestApp> all = [app, .. dead];
        var requests = all.SelectMany(a => a.Simulator.AcceptedTasks).Select(Request).ToList();
        var snapshot = await Snapshot.TakeAsync(app.Account, app.Clock.GetUtcNow(), requests, Token);
        foreach (var instance in dead)
        {
            await instance.DisposeAsync();
        }

        return snapshot;

        async Task DieAsync(string path, string content, Func<string, bool> at, OutageKind kind = OutageKind.DeathBefore)
        {
            var listed = Outage.None();
            await using (var scratch = await TestApp.StartAsync(storage.NewAccount(), TwoTasks, listed))
            {
                await scratch.DropAsync(path, content);
            }

            var outage = new Outage(listed.Operations.ToList().FindIndex(o => at(o)), kind);
            var dying = await TestApp.StartAsync(app.Account, TwoTasks, outage);
            dead.Add(dying);
            await Assert.ThrowsAnyAsync<Exception>(() => dying.DropAsync(path, content));
            Assert.True(outage.Struck);
        }
    }

    private static bool IsCreate(string operation) => operation.EndsWith("voice/group/call/send/agent", StringComparison.OrdinalIgnoreCase);

    private static string Csv(string name, params string[] numbers) =>
        $"# taskName: {name}\n# agentId: 41\ncalleeNumber\n{string.Join('\n', numbers)}\n";

    /// <summary>The request, but for the callees' texts.</summary>
    private static string Request(AcceptedTask task)
    {
        var request = JsonNode.Parse(task.Settings.GetRawText())!.AsObject();
        request["numberInfoList"] = new JsonArray([.. task.Numbers.Select(n => (JsonNode)new JsonObject { ["calleeNumber"] = n })]);
        return request.ToJsonString(new JsonSerializerOptions());
    }
}
