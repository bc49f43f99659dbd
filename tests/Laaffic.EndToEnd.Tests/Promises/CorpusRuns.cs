using Laaffic.Campaigns;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests.Promises;

/// <summary>The ways that the files take into an app, each with all of them on one app, begun by the first case that needs it.</summary>
public sealed class CorpusRuns : IAsyncDisposable
{
    private readonly StorageFixture _storage;
    private readonly Lazy<Task<CorpusRun>> _events;
    private readonly Lazy<Task<CorpusRun>> _sweep;
    private readonly Lazy<Task<CorpusRun>> _profiles;

    public CorpusRuns(StorageFixture storage)
    {
        _storage = storage;
        _events = new(RunEventsAsync);
        _sweep = new(RunSweepAsync);
        _profiles = new(RunProfilesAsync);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Each is announced, and after it a good campaign.</summary>
    internal Task<CorpusRun> EventsAsync() => _events.Value;

    /// <summary>All lie in the container, with a good campaign after each, until one sweep takes them up.</summary>
    internal Task<CorpusRun> SweepAsync() => _sweep.Value;

    /// <summary>Those in JSON are profiles, each with a list that needs it.</summary>
    internal Task<CorpusRun> ProfilesAsync() => _profiles.Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var run in new[] { _events, _sweep, _profiles }.Where(run => run.IsValueCreated && run.Value.IsCompletedSuccessfully))
        {
            await (await run.Value).DisposeAsync();
        }
    }

    private async Task<CorpusRun> RunEventsAsync()
    {
        var app = await TestApp.StartAsync(_storage);
        var run = new CorpusRun(app);
        foreach (var (file, number) in Corpus.All.Select((file, i) => (file, i)))
        {
            await run.TakeAsync(
                file,
                async () =>
                {
                    var before = app.Simulator.CreateCallsReceived;
                    await app.AnnounceAsync(await InputTests.UploadAsync(app, file.Name, file.Content));
                    var creates = app.Simulator.CreateCallsReceived - before;
                    var report = await app.ReportAsync(file.Name);

                    await app.DropAsync($"good/{number}.json", Corpus.Good(number));
                    return new(report, (await app.ReportAsync($"good/{number}.json")).State, creates);
                }
            );
        }

        return run;
    }

    private async Task<CorpusRun> RunSweepAsync()
    {
        var app = await TestApp.StartAsync(_storage);
        var run = new CorpusRun(app);
        await Parallel.ForEachAsync(
            Corpus.All.Select((file, i) => (file, i)),
            Token,
            async (each, _) =>
            {
                await InputTests.UploadAsync(app, each.file.Name, each.file.Content);
                await app.UploadAsync(each.file.Name + ".good.json", Corpus.Good(each.i)); // listed right after it
            }
        );

        await app.SweepAsync();
        await Parallel.ForEachAsync(
            Corpus.All,
            Token,
            async (file, _) =>
                await run.TakeAsync(
                    file,
                    async () => new(await app.ReportAsync(file.Name), (await app.ReportAsync(file.Name + ".good.json")).State)
                )
        );

        return run;
    }

    private async Task<CorpusRun> RunProfilesAsync()
    {
        var app = await TestApp.StartAsync(_storage);
        var run = new CorpusRun(app);
        foreach (var file in Corpus.All.Where(file => file.IsJson))
        {
            await run.TakeAsync(
                file,
                async () =>
                {
                    var folder = Path.GetFileNameWithoutExtension(file.Name).Replace('-', ' '); // as people name their folders
                    await app
                        .Blobs.GetBlobContainerClient(Containers.Profiles)
                        .GetBlobClient(folder + ".json")
                        .UploadAsync(BinaryData.FromBytes(file.Content), overwrite: true, Token);
                    await app.DropAsync(folder + "/list.csv", "calleeNumber\n12025550101\n");
                    return new(await app.ReportAsync(folder + "/list.csv"));
                }
            );
        }

        return run;
    }
}
