using System.Text;
using CsCheck;
using Laaffic.Campaigns.Dispatch;
using Laaffic.Campaigns.Ingestion;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Simulator;
using Laaffic.Testing;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Tests.Ledger;

/// <summary>
/// Instances at once on one ledger: whatever they do and in whatever order, no change is lost, whatever there is one of is
/// taken by one of them, and what a lease protects is free for exactly one when it has expired.
/// </summary>
public sealed class LedgerTests(StorageFixture storage)
{
    private const string Path = "a.json";

    private static readonly Gen<Fault> Faults = Gen.OneOf(
        (
            (Fault[])
                [
                    Fault.Answer(-37),
                    Fault.Answer(-23),
                    Fault.Answer(-10),
                    Fault.Close(acceptFirst: true),
                    Fault.Close(acceptFirst: false),
                    Fault.Reply(500),
                ]
        )
            .Select(Gen.Const)
            .ToArray()
    );

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public enum Row
    {
        Task,
        Open,
        Campaign,
        Hold,
    }

    [Fact]
    public Task No_change_to_a_row_is_lost() =>
        Gen.Select(Gen.Enum<Row>(), Gen.Int[2, 4], Gen.Int[1, 5])
            .SampleAsync(
                async (row, workers, changes) =>
                {
                    await using var shared = await Shared.StartAsync(storage);
                    var committed = await CommitAsync(shared, Campaign("Reminder", 1));
                    await CloseGateAsync(shared.NewInstance());
                    var before = await ReadAsync(shared.NewInstance());

                    await AtOnceAsync(
                        shared.NewInstances(workers),
                        async worker =>
                        {
                            var done = 0;
                            while (done < changes)
                            {
                                if (await (await ReadAsync(worker)).Raise())
                                {
                                    done++;
                                }
                            }

                            return true;
                        }
                    );

                    Assert.Equal(before.Value + workers * changes, (await ReadAsync(shared.NewInstance())).Value);

                    // Each reads the row anew and raises a number in it.
                    async Task<(Func<Task<bool>> Raise, long Value)> ReadAsync(Instance worker)
                    {
                        switch (row)
                        {
                            case Row.Task:
                                var task = Assert.Single(await worker.Ledger.GetTasksAsync(committed.Campaign.PlanId, Token));
                                return (() => WriteAsync(task with { Attempts = task.Attempts + 1 }), task.Attempts);
                            case Row.Open:
                                var open = (await worker.Ledger.FindWorkItemAsync(WorkItemKind.Campaign, "Reminder", Token))!;
                                return (() => WriteAsync(open with { DueAt = open.DueAt.AddSeconds(1) }), open.DueAt.ToUnixTimeSeconds());
                            case Row.Campaign:
                                var campaign = (await worker.Ledger.FindCampaignAsync("Reminder", Token))!;
                                return (() => WriteAsync(campaign with { Waiting = campaign.Waiting + 1 }), campaign.Waiting);
                            default:
                                var gate = (await worker.Account.FindCircuitAsync(Token))!;
                                return (() => WriteAsync(gate with { Until = gate.Until.AddSeconds(1) }), gate.Until.ToUnixTimeSeconds());
                        }

                        async Task<bool> WriteAsync<T>(T changed)
                            where T : LedgerRow => await worker.Ledger.TryReplaceAsync(changed, Token) is not null;
                    }
                },
                iter: 12,
                threads: 1
            );

    public enum Move
    {
        Take,
        Renew,
        End,
        HalfALease,
        ALease,
    }

    /// <summary>The model is who has the work and until when; every step is made by all instances at once.</summary>
    [Fact]
    public Task A_campaign_s_work_belongs_to_one_instance_until_its_lease_expires() =>
        Gen.Select(Gen.Int[2, 4], Gen.Enum<Move>().Array[8, 20])
            .SampleAsync(
                async (workers, steps) =>
                {
                    await using var shared = await Shared.StartAsync(storage);
                    var until = (await CommitAsync(shared, Campaign("Reminder", 1))).WorkItem.DueAt;
                    Instance? holder = null;
                    var instances = shared.NewInstances(workers);
                    var work = new Dictionary<Instance, (CampaignRow Campaign, WorkItemRow Open)>();
                    foreach (var step in steps)
                    {
                        var now = shared.Now;
                        switch (step)
                        {
                            case Move.Take:
                                var seen = new Dictionary<Instance, (CampaignRow Campaign, WorkItemRow Open)>();
                                foreach (var instance in instances)
                                {
                                    await foreach (var open in instance.Ledger.GetDueOrDeferredAsync(now, Token))
                                    {
                                        if (open.DueAt <= now)
                                        {
                                            seen.Add(instance, ((await instance.Ledger.FindCampaignAsync("Reminder", Token))!, open));
                                        }
                                    }
                                }

                                Assert.Equal(now >= until ? workers : 0, seen.Count);
                                var takers = await AtOnceAsync([.. seen.Keys], i => ReserveAsync(i, seen));
                                if (seen.Count == 0)
                                {
                                    break;
                                }

                                holder = Assert.Single(takers);
                                (work[holder], until) = (seen[holder], now + shared.Options.LeaseDuration);
                                break;
                            case Move.Renew: // by whoever has ever had it: even after its lease has expired, if nobody took it
                                var renewers = await AtOnceAsync([.. work.Keys], i => ReserveAsync(i, work));
                                Assert.Equal(holder is null ? [] : [holder], renewers);
                                if (holder is not null)
                                {
                                    until = now + shared.Options.LeaseDuration;
                                }

                                break;
                            case Move.End:
                                var enders = await AtOnceAsync(
                                    [.. work.Keys],
                                    i =>
                                        i.Ledger.CompleteRunAsync(
                                            work[i].Campaign,
                                            work[i].Open,
                                            work[i].Open with
                                            {
                                                DueAt = now.AddMinutes(1),
                                            },
                                            Token
                                        )
                                );
                                Assert.Equal(holder is null ? [] : [holder], enders);
                                if (holder is not null)
                                {
                                    (holder, until) = (null, now.AddMinutes(1));
                                }

                                work.Clear(); // a round that has ended is not gone on with
                                break;
                            default:
                                shared.Clock.Advance(step == Move.ALease ? shared.Options.LeaseDuration : shared.Options.LeaseDuration / 2);
                                break;
                        }
                    }

                    async Task<bool> ReserveAsync(Instance instance, Dictionary<Instance, (CampaignRow Campaign, WorkItemRow Open)> rows)
                    {
                        if (
                            await instance.Ledger.TryLeaseAsync(rows[instance].Open, shared.Now + shared.Options.LeaseDuration, Token)
                            is not { } reserved
                        )
                        {
                            return false;
                        }

                        lock (rows)
                        {
                            rows[instance] = (rows[instance].Campaign, reserved);
                        }

                        return true;
                    }
                },
                iter: 15,
                threads: 1
            );

    /// <summary>The same for the reading of a file, which ends with its rejection or its commit.</summary>
    [Fact]
    public Task A_file_is_read_by_one_instance_until_its_lease_expires() =>
        Gen.Select(Gen.Int[2, 4], Gen.Enum<Move>().Array[8, 20], Gen.Bool)
            .SampleAsync(
                async (workers, steps, commits) =>
                {
                    await using var shared = await Shared.StartAsync(storage);
                    DateTimeOffset? until = null;
                    Instance? holder = null;
                    var ended = false;
                    var instances = shared.NewInstances(workers);
                    var claims = new Dictionary<Instance, FileLease>();
                    foreach (var step in steps)
                    {
                        var now = shared.Now;
                        switch (step)
                        {
                            case Move.Take when !ended:
                                var known = await Task.WhenAll(instances.Select(i => i.Files.FindFileAsync(Path, Token)));
                                var taken = await Task.WhenAll(
                                    instances.Select(
                                        (instance, i) =>
                                            Task.Run(() =>
                                                instance.Files.TryLeaseFileAsync(
                                                    Path,
                                                    "v1",
                                                    known[i],
                                                    now,
                                                    now + shared.Options.LeaseDuration,
                                                    Token
                                                )
                                            )
                                    )
                                );
                                Assert.Equal(until is null || now >= until ? 1 : 0, taken.Count(claim => claim is not null));
                                if (Array.FindIndex(taken, claim => claim is not null) is var winner and >= 0)
                                {
                                    // What the one before has left half-written is given to the next one, to be removed.
                                    Assert.Equal(holder is null ? null : claims[holder].File.PlanId, taken[winner]!.AbandonedPlan);
                                    (holder, until) = (instances[winner], now + shared.Options.LeaseDuration);
                                    claims[holder] = taken[winner]!;
                                }

                                break;
                            case Move.Renew:
                                var renewers = await AtOnceAsync(
                                    [.. claims.Keys],
                                    i => i.Files.TryRenewLeaseAsync(claims[i], now + shared.Options.LeaseDuration, Token)
                                );
                                Assert.Equal(holder is null || ended ? [] : [holder], renewers);
                                if (holder is not null && !ended)
                                {
                                    until = now + shared.Options.LeaseDuration;
                                }

                                break;
                            case Move.End:
                                var enders = await AtOnceAsync(
                                    [.. claims.Keys],
                                    async i =>
                                        commits
                                            ? await i.Ledger.CommitAsync(
                                                RowOf("Reminder", claims[i].File.PlanId, now),
                                                Path,
                                                claims[i],
                                                [],
                                                now,
                                                Token
                                            )
                                                is not null
                                            : await i.Files.CompleteFileAsync(claims[i], FileState.Rejected, null, Token)
                                );
                                Assert.Equal(holder is null || ended ? [] : [holder], enders);
                                if (holder is null || ended)
                                {
                                    break;
                                }

                                ended = true;
                                var source = (await holder.Files.FindFileAsync(Path, Token))!;
                                Assert.Equal(commits ? FileState.Planned : FileState.Rejected, source.State);
                                Assert.Null(await holder.Ledger.FindWorkItemAsync(WorkItemKind.File, Path, Token));
                                Assert.Equal(
                                    commits,
                                    await holder.Ledger.FindCampaignAsync("Reminder", Token) is { } campaign
                                        && campaign.PlanId == claims[holder].File.PlanId
                                );
                                break;
                            case Move.HalfALease or Move.ALease:
                                shared.Clock.Advance(step == Move.ALease ? shared.Options.LeaseDuration : shared.Options.LeaseDuration / 2);
                                break;
                        }
                    }
                },
                iter: 15,
                threads: 1
            );

    [Fact]
    public Task Of_many_sources_that_commit_a_name_at_once_one_does() =>
        Gen.Select(Gen.Int[2, 5], Gen.Bool)
            .SampleAsync(
                async (sources, sameContent) =>
                {
                    await using var shared = await Shared.StartAsync(storage);
                    var now = shared.Now;
                    var instances = shared.NewInstances(sources);
                    var plans = await Task.WhenAll(
                        instances.Select((instance, i) => PlanAsync(instance, Campaign("Reminder", sameContent ? 1 : i + 1)))
                    );
                    var claims = await Task.WhenAll(
                        instances.Select(
                            (instance, i) =>
                                instance.Files.TryLeaseFileAsync($"{i}.json", "v", null, now, now + shared.Options.LeaseDuration, Token)
                        )
                    );
                    var outcomes = await Task.WhenAll(
                        instances.Select(
                            (instance, i) =>
                                Task.Run(() =>
                                    instance.Committer.CommitAsync(plans[i], $"{i}.json", $"campaigns/{i}.json", claims[i], now, Token)
                                )
                        )
                    );

                    var winner = Assert.Single(Enumerable.Range(0, sources), i => outcomes[i] is CommitOutcome.Committed);
                    var ledger = shared.NewInstance().Ledger;
                    Assert.Equal(plans[winner].PlanId, (await ledger.FindCampaignAsync("Reminder", Token))!.PlanId);
                    Assert.Equal(["Reminder"], (await ledger.ListCampaignsAsync(100, null, Token)).TaskNames);
                    for (var i = 0; i < sources; i++)
                    {
                        Assert.True(
                            i == winner
                                || (sameContent ? outcomes[i] is CommitOutcome.SameContent : outcomes[i] is CommitOutcome.NameTaken),
                            outcomes[i].ToString()
                        );
                        // A commit that did not come about has left nothing behind: the file is still being read.
                        var source = (await instances[0].Files.FindFileAsync($"{i}.json", Token))!;
                        Assert.Equal(i == winner ? FileState.Planned : FileState.Reading, source.State);
                        Assert.Equal(i == winner, await ledger.FindWorkItemAsync(WorkItemKind.File, $"{i}.json", Token) is null);
                        Assert.Equal(
                            i == winner,
                            await ledger.FindSubmittedAsync($"campaigns/{i}.json", plans[i].ContentHash, Token) is not null
                        );
                    }
                },
                iter: 12,
                threads: 1
            );

    public enum GateStep
    {
        Close,
        Ask,
        Pass,
        HalfAHold,
        AHold,
    }

    /// <summary>The model is whether there is a hold, until when, and who has the permission for its probe and until when.</summary>
    [Fact]
    public Task A_hold_is_imposed_once_probed_by_one_and_lifted_once() =>
        Gen.Select(Gen.Int[2, 4], Gen.Enum<GateStep>().Array[15, 40])
            .SampleAsync(
                async (workers, steps) =>
                {
                    await using var shared = await Shared.StartAsync(storage);
                    var (duration, lease) = (shared.Options.HoldDuration, shared.Options.LeaseDuration);
                    var instances = shared.NewInstances(workers);
                    var probes = new Dictionary<Instance, SendPermit>();
                    DateTimeOffset? until = null,
                        probing = null;
                    Instance? prober = null;
                    var (imposed, lifted) = (0, 0);
                    foreach (var step in steps)
                    {
                        var now = shared.Now;
                        switch (step)
                        {
                            case GateStep.Close: // by requests that were under way when it was closed first, and none of which is the probe
                                if (now >= until)
                                {
                                    break;
                                }

                                var ends = await Task.WhenAll(instances.Select(i => Task.Run(() => CloseGateAsync(i))));
                                if (until is null)
                                {
                                    (until, imposed) = (now + duration, imposed + 1);
                                }

                                Assert.All(ends, end => Assert.Equal(until, end));
                                break;
                            case GateStep.Ask:
                                var answers = await Task.WhenAll(
                                    instances.Select(i => Task.Run(() => i.CircuitBreaker.AcquireAsync(hasTurn: false, Token)))
                                );
                                var allowed = Enumerable.Range(0, workers).Where(i => answers[i].IsAllowed).ToList();
                                if (until is null)
                                {
                                    Assert.Equal(workers, allowed.Count);
                                    Assert.All(answers, answer => Assert.Null(answer.Probe));
                                }
                                else if (now < until || now < probing)
                                {
                                    Assert.Empty(allowed);
                                    Assert.All(
                                        answers,
                                        answer => Assert.InRange(answer.NotBefore, now, now < until ? until.Value : now.AddSeconds(15))
                                    );
                                }
                                else
                                {
                                    prober = instances[Assert.Single(allowed)];
                                    probes[prober] = answers[allowed[0]];
                                    probing = now + lease;
                                }

                                break;
                            case GateStep.Pass: // by all who have ever probed: only the probe that is under way tells about this hold
                                await AtOnceAsync(
                                    [.. probes.Keys],
                                    async i =>
                                    {
                                        await i.CircuitBreaker.RecordSuccessAsync(probes[i], Token);
                                        return true;
                                    }
                                );
                                if (prober is not null)
                                {
                                    (until, probing, prober, lifted) = (null, null, null, lifted + 1);
                                }

                                break;
                            default:
                                shared.Clock.Advance(step == GateStep.AHold ? duration : duration / 2);
                                break;
                        }

                        Assert.Equal(until, (await instances[0].Account.FindCircuitAsync(Token))?.Until);
                    }

                    // Each is logged once, loudly: somebody is woken up by it.
                    Assert.Equal(
                        (imposed, lifted),
                        (instances.Sum(i => i.Log.Count(LogLevel.Critical)), instances.Sum(i => i.Log.Count(LogLevel.Warning)))
                    );
                },
                iter: 15,
                threads: 1
            );

    [Fact]
    public Task Instances_at_once_on_a_task_send_it_once_a_round_and_record_every_answer() =>
        Gen.Select(Gen.Int[2, 3], Faults.Array[0, 4])
            .SampleAsync(
                async (workers, faults) =>
                {
                    await using var shared = await Shared.StartAsync(storage);
                    foreach (var fault in faults)
                    {
                        shared.Simulator.Faults.Add(fault);
                    }

                    var (campaign, _) = await CommitAsync(shared, Campaign("Reminder", 2));
                    var instances = shared.NewInstances(workers);
                    for (var round = 0; round < 20; round++)
                    {
                        var sent = shared.Simulator.CreateCallsReceived;
                        var copies = await Task.WhenAll(instances.Select(i => i.Ledger.GetTasksAsync(campaign.PlanId, Token)));
                        if (copies[0][0].IsSettled)
                        {
                            break;
                        }

                        if (copies[0][0].DueAt > shared.Now)
                        {
                            shared.Clock.Advance(copies[0][0].DueAt - shared.Now);
                        }

                        await Task.WhenAll(
                            instances.Select(
                                (instance, i) => Task.Run(() => instance.Tasks.AdvanceAsync(campaign, copies[i][0], hasTurn: true, Token))
                            )
                        );
                        Assert.InRange(shared.Simulator.CreateCallsReceived - sent, 0, 1);
                    }

                    var task = Assert.Single(await instances[0].Ledger.GetTasksAsync(campaign.PlanId, Token));
                    Assert.Equal((TaskState.Accepted, shared.Simulator.CreateCallsReceived), (task.State, task.Attempts));
                    Assert.Equal(Assert.Single(shared.Simulator.AcceptedTasks).KeyId, task.KeyId);
                },
                iter: 20,
                threads: 1
            );

    [Fact]
    public Task Instances_whose_clocks_tick_at_once_submit_every_callee_once() =>
        Gen.Select(Gen.Int[2, 4], Gen.Int[1, 5], Faults.Array[0, 5])
            .SampleAsync(
                async (workers, callees, faults) =>
                {
                    await using var shared = await Shared.StartAsync(storage, calleesPerTask: 2);
                    foreach (var fault in faults)
                    {
                        shared.Simulator.Faults.Add(fault);
                    }

                    var instances = shared.NewInstances(workers);
                    await instances[0]
                        .Blobs.GetBlobContainerClient(Containers.Campaigns)
                        .UploadBlobAsync(Path, BinaryData.FromString(Campaign("Reminder", callees)), Token);
                    CampaignReport? report = null;
                    for (var tick = 0; tick < 60 && report is not { State: CampaignStates.Accepted }; tick++)
                    {
                        await Task.WhenAll(instances.Select(i => Task.Run(() => i.Service.RunDueAsync(Token))));
                        shared.Clock.Advance(TimeSpan.FromMinutes(5));
                        report = await instances[0].Service.FindAsync("Reminder", Token);
                    }

                    Assert.Equal((CampaignStates.Accepted, (long)callees), (report!.State, report.Counts.Accepted));
                    Assert.Equal(Numbers(callees), shared.Simulator.AcceptedTasks.SelectMany(task => task.Numbers).Order());
                    Assert.Equal(shared.Simulator.CreateCallsReceived, report.Tasks.Sum(task => task.Attempts));
                    await AssertStoredReportAsync(shared, report);
                },
                iter: 12,
                threads: 1
            );

    public enum Conclusion
    {
        Found,
        Expired,
        Rejected,
        Deferred,
    }

    /// <summary>
    /// An instance is suspended between Laaffic's acceptance and its record, until its lease has expired. The other one
    /// finds the task, or, if Laaffic does not keep to what is known of it, comes to another conclusion.
    /// </summary>
    [Theory]
    [InlineData(Conclusion.Found), InlineData(Conclusion.Expired), InlineData(Conclusion.Rejected), InlineData(Conclusion.Deferred)]
    public async Task An_acceptance_recorded_late_stays_one(Conclusion conclusion)
    {
        await using var shared = await Shared.StartAsync(storage);
        await using var forgetful = await VoiceApiSimulator.StartAsync(new SimulatorOptions { Time = shared.Clock }, Token);
        if (conclusion == Conclusion.Rejected)
        {
            forgetful.Faults.Add(Fault.Answer(-22));
        }

        if (conclusion == Conclusion.Deferred)
        {
            forgetful.Faults.Add(Fault.Answer(-37));
        }

        var suspended = shared.NewInstance();
        var other = shared.NewInstance(conclusion == Conclusion.Found ? shared.Simulator : forgetful);
        var (campaign, open) = await CommitAsync(shared, Campaign("Reminder", 2));

        suspended.Gate.Close(
            request => request.StartsWith("PUT", StringComparison.Ordinal) && request.Contains(campaign.PlanId, StringComparison.Ordinal),
            pass: 1
        );
        var late = Task.Run(() => suspended.Worker.DispatchAsync(campaign, open, Token), Token);
        await suspended.Gate.Reached;
        var accepted = Assert.Single(shared.Simulator.AcceptedTasks);
        shared.Clock.Advance(
            conclusion == Conclusion.Expired
                ? shared.Options.GiveUpAfter + shared.Options.LeaseDuration
                : shared.Options.LeaseDuration + shared.Options.UncertainSettleTime
        );
        await other.Service.RunDueAsync(Token);
        Assert.Equal(
            conclusion switch
            {
                Conclusion.Found => TaskState.Accepted,
                Conclusion.Expired => TaskState.Expired,
                Conclusion.Rejected => TaskState.Rejected,
                _ => TaskState.Uncertain,
            },
            Assert.Single(await other.Ledger.GetTasksAsync(campaign.PlanId, Token)).State
        );
        suspended.Gate.Open();
        await late;
        shared.Clock.Advance(TimeSpan.FromHours(1));
        await other.Service.RunDueAsync(Token);

        var task = Assert.Single(await other.Ledger.GetTasksAsync(campaign.PlanId, Token));
        Assert.Equal((TaskState.Accepted, accepted.KeyId), (task.State, task.KeyId));
        Assert.Empty(forgetful.AcceptedTasks);
        var report = (await other.Service.FindAsync("Reminder", Token))!;
        Assert.Equal((CampaignStates.Accepted, 2), (report.State, report.Counts.Accepted));
        await AssertStoredReportAsync(shared, report);
        var listed = Assert.Single((await other.Service.ListAsync(10, null, Token)).Campaigns);
        Assert.Equal((CampaignStates.Accepted, 2, 0), (listed.State, listed.Accepted, listed.Waiting));
    }

    [Fact]
    public async Task An_acceptance_recorded_late_is_reported_though_the_round_is_another_one_s()
    {
        await using var shared = await Shared.StartAsync(storage, calleesPerTask: 1);
        await using var forgetful = await VoiceApiSimulator.StartAsync(new SimulatorOptions { Time = shared.Clock }, Token);
        var (suspended, other) = (shared.NewInstance(), shared.NewInstance(forgetful));
        var (campaign, open) = await CommitAsync(shared, Campaign("Reminder", 2));
        suspended.Gate.Close(
            request => request.StartsWith("PUT", StringComparison.Ordinal) && request.Contains(campaign.PlanId, StringComparison.Ordinal),
            pass: 1
        );
        var late = Task.Run(() => suspended.Worker.DispatchAsync(campaign, open, Token), Token);
        await suspended.Gate.Reached;
        shared.Clock.Advance(shared.Options.GiveUpAfter + shared.Options.LeaseDuration);
        await other.Service.RunDueAsync(Token);
        Assert.Equal(CampaignStates.Expired, (await other.Service.FindAsync("Reminder", Token))!.State);
        suspended.Gate.Open();
        await late;

        var report = (await other.Service.FindAsync("Reminder", Token))!;
        Assert.Equal((CampaignStates.Partial, 1, 1), (report.State, report.Counts.Accepted, report.Counts.NotSubmitted));
        await AssertStoredReportAsync(shared, report);
        var listed = Assert.Single((await other.Service.ListAsync(10, null, Token)).Campaigns);
        Assert.Equal((CampaignStates.Partial, 1, 0), (listed.State, listed.Accepted, listed.Waiting));
    }

    [Fact]
    public Task The_report_written_last_shows_what_the_ledger_says_last() =>
        Gen.Select(Gen.Int[2, 4], Gen.Int[2, 8])
            .SampleAsync(
                async (writers, tasks) =>
                {
                    await using var shared = await Shared.StartAsync(storage, calleesPerTask: 1);
                    var (campaign, _) = await CommitAsync(shared, Campaign("Reminder", tasks));
                    var instances = shared.NewInstances(writers);
                    await AtOnceAsync(
                        instances,
                        async writer =>
                        {
                            // Each settles tasks of its own, and writes the report after each.
                            foreach (
                                var task in (await writer.Ledger.GetTasksAsync(campaign.PlanId, Token)).Where(
                                    (_, i) => i % writers == Array.IndexOf(instances, writer)
                                )
                            )
                            {
                                Assert.NotNull(
                                    await writer.Ledger.TryReplaceAsync(task with { State = TaskState.Accepted, KeyId = 1 }, Token)
                                );
                                await writer.Reports.WriteAsync(campaign, Token);
                            }

                            return true;
                        }
                    );

                    var report = (await instances[0].Reports.ReadAsync(campaign, Token)).Report;
                    Assert.Equal((CampaignStates.Accepted, (long)tasks), (report.State, report.Counts.Accepted));
                    await AssertStoredReportAsync(shared, report);
                },
                iter: 15,
                threads: 1
            );

    /// <summary>
    /// The reader of a bad file is suspended before it writes that the file is rejected, and meanwhile the file is
    /// overwritten with a good one, which another instance takes up when the lease has expired.
    /// </summary>
    [Theory]
    [
        InlineData(false, 0),
        InlineData(false, 1),
        InlineData(false, 2),
        InlineData(false, 3),
        InlineData(true, 0),
        InlineData(true, 1),
        InlineData(true, 2),
        InlineData(true, 3)
    ]
    public async Task A_rejection_written_late_does_not_hide_a_later_version_of_the_file(bool onAnother, int requestsBefore)
    {
        await using var shared = await Shared.StartAsync(storage);
        var (suspended, other) = (shared.NewInstance(), shared.NewInstance());
        var file = other.Blobs.GetBlobContainerClient(Containers.Campaigns).GetBlobClient(Path);
        if (onAnother)
        {
            await file.UploadAsync(BinaryData.FromString(WithRejected("First")), Token);
            await other.Service.ProcessFileAsync(Path, Token);
        }

        await file.UploadAsync(BinaryData.FromString("""{"numberInfoList":[{"calleeNumber":"0"}]}"""), overwrite: true, Token);
        suspended.Gate.Close(request => request.Contains("/results/", StringComparison.Ordinal), requestsBefore);
        var late = Task.Run(() => suspended.Service.ProcessFileAsync(Path, Token), Token);
        await suspended.Gate.Reached;
        await file.UploadAsync(BinaryData.FromString(WithRejected("Reminder")), overwrite: true, Token);
        shared.Clock.Advance(shared.Options.LeaseDuration);
        await other.Service.ProcessFileAsync(Path, Token);
        suspended.Gate.Open();
        await late;

        var report = (await other.Service.FindAsync("Reminder", Token))!;
        Assert.Equal((CampaignStates.Accepted, 2, 1), (report.State, report.Counts.Accepted, report.Counts.Rejected));
        await AssertStoredReportAsync(shared, report);
        Assert.Contains("not for Reminder", await ResultAsync(Path + ".rejected.csv"), StringComparison.Ordinal);
        if (onAnother)
        {
            // The first version's report has made room and says what it said.
            var place = $"{Path}.{LedgerKeys.Campaign("First")[2..10]}";
            Assert.Contains("\"First\"", await ResultAsync(place + ".report.json"), StringComparison.Ordinal);
            Assert.Contains("not for First", await ResultAsync(place + ".rejected.csv"), StringComparison.Ordinal);
        }

        static string WithRejected(string name) =>
            Campaign(name, 2).Replace("]}", $$""",{"calleeNumber":"not for {{name}}"}]}""", StringComparison.Ordinal);

        async Task<string> ResultAsync(string name) =>
            (
                await other.Blobs.GetBlobContainerClient(Containers.Results).GetBlobClient(name).DownloadContentAsync(Token)
            ).Value.Content.ToString();
    }

    private static Task<DateTimeOffset> CloseGateAsync(Instance instance) =>
        instance.CircuitBreaker.TripAsync(CircuitKind.Hold, "test", new SendPermit(IsAllowed: true, null, default), null, Token);

    private static IEnumerable<string> Numbers(int count) => Shared.Numbers(count);

    private static string Campaign(string name, int callees) => Shared.Campaign(name, callees);

    private static CampaignRow RowOf(string name, string planId, DateTimeOffset now) =>
        new()
        {
            TaskName = name,
            PlanId = planId,
            ContentHash = "hash",
            CommittedAt = now,
            Deadline = now.AddDays(1),
            TaskCount = 1,
        };

    [Fact]
    public async Task Tasks_that_are_stored_once_more_stay_what_they_have_become()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await Shared.SubmitAsync(instance, "Reminder");
        var campaign = (await instance.Ledger.FindCampaignAsync("Reminder", Token))!;
        var stored = Assert.Single(await instance.Ledger.GetTasksAsync(campaign.PlanId, Token));

        // The request that stored them, which the client gave up and repeated, arrives late.
        await instance.Ledger.AddTasksAsync([stored with { State = TaskState.Waiting, KeyId = null }], Token);

        Assert.Equal(TaskState.Accepted, Assert.Single(await instance.Ledger.GetTasksAsync(campaign.PlanId, Token)).State);
    }

    private static Task<Plan> PlanAsync(Instance instance, string content) =>
        instance.Planner.PlanAsync(
            new PlanRequest(Guid.NewGuid().ToString("N"), "a.json", "campaigns/" + Path, null, DateTimeOffset.UnixEpoch),
            new MemoryStream(Encoding.UTF8.GetBytes(content)),
            Token
        );

    private static async Task<CommitOutcome.Committed> CommitAsync(Shared shared, string content)
    {
        var instance = shared.NewInstance();
        return Assert.IsType<CommitOutcome.Committed>(
            await instance.Committer.CommitAsync(await PlanAsync(instance, content), null, "test", null, DateTimeOffset.UtcNow, Token)
        );
    }

    /// <summary>All do it at once; those for whom it was true.</summary>
    private static async Task<Instance[]> AtOnceAsync(Instance[] instances, Func<Instance, Task<bool>> act)
    {
        var results = await Task.WhenAll(instances.Select(instance => Task.Run(() => act(instance))));
        return [.. instances.Where((_, i) => results[i])];
    }

    private static async Task AssertStoredReportAsync(Shared shared, CampaignReport report)
    {
        var name = report.Source == "campaigns/" + Path && await ExistsAsync(Path + ".report.json") ? Path : "_api/" + report.TaskName;
        var stored = (
            await shared
                .NewInstance()
                .Blobs.GetBlobContainerClient(Containers.Results)
                .GetBlobClient(name + ".report.json")
                .DownloadContentAsync(Token)
        )
            .Value
            .Content;
        Assert.Equal(
            System.Text.Json.JsonSerializer.Serialize(report, ReportJson.Default.CampaignReport),
            System.Text.Json.JsonSerializer.Serialize(
                System.Text.Json.JsonSerializer.Deserialize(stored, ReportJson.Default.CampaignReport),
                ReportJson.Default.CampaignReport
            )
        );

        async Task<bool> ExistsAsync(string blob) =>
            await shared.NewInstance().Blobs.GetBlobContainerClient(Containers.Results).GetBlobClient(blob).ExistsAsync(Token);
    }
}
