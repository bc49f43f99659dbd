using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace Laaffic.Simulator.Tests;

public class RememberedTaskTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Settings_are_remembered_as_they_were_sent_without_the_callees()
    {
        await using var caller = await Caller.StartAsync();
        var sent = Caller.Sample();

        await caller.CreateAsync(sent);

        sent.Remove("numberInfoList");
        var task = Assert.Single(caller.Simulator.AcceptedTasks);
        Assert.True(JsonElement.DeepEquals(JsonSerializer.SerializeToElement(sent), task.Settings));
        Assert.Equal("我要測試智能體API-16", task.Name);
        Assert.Same(task, caller.Simulator.FindTask(task.Name));
        Assert.Null(caller.Simulator.FindTask("我要測試智能體API"));
        Assert.InRange(DateTimeOffset.UtcNow - task.SubmittedAt, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Callees_are_remembered_with_their_texts_cut_to_thirty_characters()
    {
        await using var caller = await Caller.StartAsync();

        await caller.CreateAsync(
            Caller.Sample(
                """
                {"numberInfoList": [
                    {"calleeNumber": "8613200000007"},
                    {"calleeNumber": "000000", "text1": "王小明 \"Ming\"", "text3": null, "text10": "123456789012345678901234567890 cut",
                     "callInformation": {"sum": "1200"}},
                    {"calleeNumber": "8613200000009", "text2": "12345678901234567890123456789😀"}
                ]}
                """
            )
        );

        var callees = caller.Simulator.AcceptedTasks.Single().Callees;
        Assert.Equal(["8613200000007", "000000", "8613200000009"], callees.Select(callee => callee.Number));
        Assert.Empty(callees[0].Texts);
        Assert.Equal(new Dictionary<int, string> { [1] = "王小明 \"Ming\"", [10] = "123456789012345678901234567890" }, callees[1].Texts);
        Assert.Equal(new Dictionary<string, string> { ["sum"] = "1200" }, callees[1].CallInformation);
        Assert.Equal("12345678901234567890123456789", callees[2].Texts[2]);
    }

    [Fact]
    public async Task Only_numbers_are_remembered_when_texts_are_not_wanted()
    {
        await using var caller = await Caller.StartAsync(new() { RememberTexts = false });

        await caller.CreateAsync(Caller.Sample("""{"numberInfoList": [{"calleeNumber": "8613200000007", "text1": "a"}]}"""));

        var callee = Assert.Single(caller.Simulator.AcceptedTasks.Single().Callees);
        Assert.Equal("8613200000007", callee.Number);
        Assert.Empty(callee.Texts);
    }

    [Fact]
    public async Task A_number_twice_in_a_task_is_accepted_and_shown()
    {
        await using var caller = await Caller.StartAsync();

        var answer = await caller.CreateAsync(
            Caller.Sample(
                """
                {"numberInfoList": [{"calleeNumber": "12025550123"}, {"calleeNumber": "12025550124"},
                 {"calleeNumber": "12025550123"}, {"calleeNumber": "12025550123"}]}
                """
            )
        );

        Assert.Equal(0, answer.Status);
        var task = caller.Simulator.AcceptedTasks.Single();
        Assert.Equal(4, task.Callees.Count);
        Assert.Equal(["12025550123"], task.DuplicateNumbers);
    }

    [Fact]
    public async Task A_full_task_of_200000_callees_is_accepted_and_one_more_is_not()
    {
        await using var caller = await Caller.StartAsync();

        Assert.Equal(0, (await caller.SendAsync(caller.Post(Caller.CreatePath, Large("full", 200_000, text: "王小明")))).Status);
        var tooMany = await caller.SendAsync(caller.Post(Caller.CreatePath, Large("too many", 200_001, text: "")));

        Assert.Equal(-23, tooMany.Status);
        Assert.Contains("200001", tooMany.Reason, StringComparison.Ordinal);
        var task = Assert.Single(caller.Simulator.AcceptedTasks);
        Assert.Equal(Enumerable.Range(0, 200_000).Select(n => $"861{n:D9}"), task.Numbers);
        Assert.Equal("王小明", task.Callees[199_999].Texts[1]);
        Assert.Empty(task.DuplicateNumbers);
    }

    [Fact]
    public async Task A_body_of_eighty_megabytes_is_accepted()
    {
        await using var caller = await Caller.StartAsync();
        using var body = Large("large", 200_000, text: new string('明', 120));
        Assert.True(body.Headers.ContentLength > 80_000_000);

        Assert.Equal(0, (await caller.SendAsync(caller.Post(Caller.CreatePath, body))).Status);
        Assert.Equal(new string('明', 30), caller.Simulator.AcceptedTasks.Single().Callees[0].Texts[1]);
    }

    [Fact]
    public async Task However_a_body_is_written_and_cut_into_pieces_the_same_callees_are_remembered()
    {
        await using var caller = await Caller.StartAsync();
        var tasks = 0;
        var callee = Gen.Select(
            Gen.String[Gen.Char.AlphaNumeric, 0, 40],
            Gen.OneOf("王小明", "a\"b\\c", "😀", "\n", ""),
            Gen.Int[0, 99999]
        );

        await Gen.Select(callee.List[1, 20], Gen.Int[1, 64], Gen.Bool)
            .SampleAsync(
                async (callees, piece, indented) =>
                {
                    var name = $"task {Interlocked.Increment(ref tasks)}";
                    var sent = Caller.Named(name);
                    sent["numberInfoList"] = new JsonArray([
                        .. callees.Select(some => new JsonObject
                        {
                            ["text1"] = some.Item1,
                            ["calleeNumber"] = $"120255{some.Item3:D5}",
                            ["text10"] = some.Item2,
                        }),
                    ]);
                    // This writer escapes all but ASCII.
                    var body = Encoding.UTF8.GetBytes(sent.ToJsonString(new JsonSerializerOptions { WriteIndented = indented }));

                    var answer = await caller.SendAsync(caller.Post(Caller.CreatePath, new Pieces(body, piece)));

                    Assert.Equal(0, answer.Status);
                    Assert.Equal(
                        callees.Select(some => ($"120255{some.Item3:D5}", some.Item1[..Math.Min(30, some.Item1.Length)], some.Item2)),
                        caller.Simulator.FindTask(name)!.Callees.Select(some => (some.Number, some.Texts[1], some.Texts[10]))
                    );
                },
                iter: 60,
                threads: 1
            );
    }

    [Fact]
    public async Task A_request_cut_off_in_its_body_is_not_accepted()
    {
        await using var caller = await Caller.StartAsync();
        using var body = new Endless("""{"taskName": "cut off", "numberInfoList": [""");
        using var request = caller.Post(Caller.CreatePath, body);
        using var gone = new CancellationTokenSource();
        var sending = caller.Http.SendAsync(request, gone.Token);
        await Eventually.HoldsAsync(() => caller.Simulator.CreateCallsReceived == 1);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await Eventually.HoldsAsync(() => caller.Simulator.Calls.Single().Closed);
        Assert.Empty(caller.Simulator.AcceptedTasks);
    }

    private static ByteArrayContent Large(string name, int callees, string text)
    {
        var settings = Caller.Named(name);
        settings.Remove("numberInfoList");
        var json = new StringBuilder(settings.ToJsonString()[..^1]).Append(",\"numberInfoList\":[");
        for (var n = 0; n < callees; n++)
        {
            if (n > 0)
            {
                json.Append(',');
            }

            json.Append(System.Globalization.CultureInfo.InvariantCulture, $$"""{"calleeNumber":"861{{n:D9}}","text1":"{{text}}"}""");
        }

        return new(Encoding.UTF8.GetBytes(json.Append("]}").ToString()));
    }

    /// <summary>Sends a body a few bytes at a time, chunked.</summary>
    private sealed class Pieces(byte[] body, int size) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var at = 0; at < body.Length; at += size)
            {
                await stream.WriteAsync(body.AsMemory(at, Math.Min(size, body.Length - at)), Ct);
                await stream.FlushAsync(Ct);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>Sends the beginning of a body, and then nothing until it is cancelled.</summary>
    private sealed class Endless(string beginning) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, Ct);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(beginning), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
