using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using CsCheck;
using Laaffic.Campaigns.Planning;
using Laaffic.Testing;
using Sylvan.Data.Csv;

namespace Laaffic.Campaigns.Tests.Planning;

public class StoredPlanTests(StorageFixture storage) : PlannerTestBase(storage)
{
    private static string Csv(int rows, string name = "spring") =>
        $"# taskName: {name}\n# agentId: 41\ncalleeNumber,text1\n"
        + string.Concat(Enumerable.Range(0, rows).Select(i => $"44770{i:0000000},person {i}\n"));

    [Theory]
    [InlineData(9, new[] { 9 })]
    [InlineData(10, new[] { 10 })]
    [InlineData(11, new[] { 10, 1 })]
    [InlineData(20, new[] { 10, 10 })]
    [InlineData(25, new[] { 10, 10, 5 })]
    public async Task A_campaign_becomes_as_many_tasks_as_its_callees_need(int callees, int[] sizes)
    {
        MaxCallees = 10;
        var plan = await PlanCsvAsync(Csv(callees));

        Assert.Equal(sizes, plan.Tasks.Select(task => task.Callees));
        Assert.Equal(Enumerable.Range(1, sizes.Length), plan.Tasks.Select(task => task.Number));
        Assert.Equal(
            Enumerable.Range(1, sizes.Length).Select(n => n == 1 ? "spring" : $"spring-{n}"),
            plan.Tasks.Select(task => task.Name)
        );
        var all = new List<string>();
        foreach (var task in plan.Tasks)
        {
            Assert.Equal($"{plan.PlanId}/{task.Number:0000}.json", task.BlobName);
            Assert.Equal(task.Name, (await BodyAsync(plan, task.Number)).GetProperty("taskName").GetString());
            var numbers = await NumbersAsync(plan, task.Number);
            Assert.Equal(task.Callees, numbers.Length);
            all.AddRange(numbers);
        }
        Assert.Equal(Enumerable.Range(0, callees).Select(i => $"44770{i:0000000}"), all);
    }

    [Fact]
    public async Task The_place_of_the_account_s_application_id_in_each_body_is_known()
    {
        MaxCallees = 100_000; // bodies of several blocks, one that is staged as a whole, and a last one
        foreach (
            var plan in (Plan[])
                [
                    await PlanCsvAsync(Csv(250_000)),
                    await PlanCsvAsync(Csv(3, "configured")),
                    await PlanJsonAsync("""{"taskName":"\"appId\":\"x","agentId":41,"numberInfoList":[{"calleeNumber":"447700900123"}]}"""),
                ]
        )
        {
            Assert.NotEmpty(plan.Tasks);
            foreach (var task in plan.Tasks)
            {
                var body = (await Tasks.GetBlobClient(task.BlobName).DownloadContentAsync(Cancelled)).Value.Content.ToMemory();
                Assert.Equal(
                    "\"appId\":\"configured\"",
                    Encoding.UTF8.GetString(body.Span.Slice((int)task.AppIdOffset! - 9, 9 + (int)task.AppIdLength! + 1))
                );
            }
        }
    }

    [Theory]
    [InlineData("# appId: mine\n"), InlineData("# appId: configured\n")]
    public async Task An_application_id_that_the_campaign_names_is_not_the_account_s(string line)
    {
        var task = Assert.Single((await PlanCsvAsync(line + Csv(1))).Tasks);

        Assert.Equal((null, null), (task.AppIdOffset, task.AppIdLength));
    }

    [Fact]
    public void A_plan_that_an_earlier_release_stored_is_read()
    {
        var plan = Plan.FromJson(
            """
            {"planId":"p","source":"s","contentHash":"h",
            "tasks":[{"number":1,"name":"n","blobName":"p/0001.json","length":5,"callees":1}]}
            """u8
        );

        Assert.Null(Assert.Single(plan.Tasks).AppIdOffset);
    }

    [Fact]
    public async Task Duplicates_count_across_tasks()
    {
        MaxCallees = 2;
        var plan = await PlanCsvAsync(Lines + "calleeNumber\n12025550123\n12025550124\n12025550123\n12025550125\n");

        Assert.Equal(["12025550125"], await NumbersAsync(plan, 2));
        Assert.Equal(new PlanCounts(4, 3, 1, 0), plan.Counts);
    }

    [Fact]
    public async Task The_last_tasks_name_must_fit_too()
    {
        MaxCallees = 1;
        var name = new string('n', 62);

        Assert.Equal(64, (await PlanCsvAsync(Csv(9, name))).Tasks[^1].Name.Length);
        Assert.Equal(
            $"|taskName|the campaign needs 10 tasks, and {name}-10, the name of the last, has 65 characters: at most 64 are allowed, "
                + $"so shorten taskName by 1",
            await ReasonAsync(await PlanCsvAsync(Csv(10, name)))
        );
        MaxCallees = 200_000;
        Assert.Empty((await PlanCsvAsync(Csv(10, name + "nn"))).Errors);
    }

    [Fact]
    public async Task Duplicates_leave_no_gap_wherever_they_stand_in_a_task()
    {
        var random = new Random(20260301);
        for (var i = 0; i < 40; i++)
        {
            MaxCallees = random.Next(2, 30);
            // Few numbers, so that duplicates begin tasks, end them and follow each other.
            var numbers = Enumerable.Range(0, random.Next(1, 100)).Select(_ => $"4477009000{random.Next(40):00}").ToArray();
            var plan = await PlanCsvAsync(
                Lines + "calleeNumber,text1\n" + string.Concat(numbers.Select((number, row) => $"{number},row {row}\n"))
            );

            var expected = numbers
                .Distinct()
                .Select(number => $$"""{"calleeNumber":"{{number}}","text1":"row {{Array.IndexOf(numbers, number)}}"}""")
                .ToArray();
            Assert.Equal(expected.Chunk(MaxCallees).Count(), plan.Tasks.Count);
            foreach (var (task, callees) in plan.Tasks.Zip(expected.Chunk(MaxCallees)))
            {
                Assert.Equal(callees.Length, task.Callees);
                Assert.Equal(callees, await CalleesAsync(plan, task.Number));
            }
            Assert.Equal(new PlanCounts(numbers.Length, expected.Length, numbers.Length - expected.Length, 0), plan.Counts);
        }
    }

    [Fact]
    public async Task A_body_of_many_blocks_is_stored_whole()
    {
        var beats = 0;
        var plan = await PlanAsync(
            CampaignFormat.Csv,
            new MemoryStream(Encoding.UTF8.GetBytes(Csv(180_000))),
            onProgress: _ =>
            {
                beats++;
                return ValueTask.CompletedTask;
            }
        );

        var callees = (await BodyAsync(plan)).GetProperty("numberInfoList").EnumerateArray();
        Assert.Equal(
            Enumerable.Range(0, 180_000).Select(i => $"44770{i:0000000} person {i}"),
            callees.Select(callee => $"{callee.GetProperty("calleeNumber")} {callee.GetProperty("text1")}")
        );
        var blocks = (await Tasks.GetBlobClient(plan.Tasks[0].BlobName).GetPropertiesAsync(cancellationToken: Cancelled)).Value;
        Assert.Equal("application/json", blocks.ContentType);
        Assert.True(beats >= 3, $"Progress was told {beats} times, not once a block.");
    }

    [Fact]
    public async Task The_plan_is_stored_last_and_reads_back_the_same()
    {
        var content = Encoding.UTF8.GetBytes(
            "# expireAt: 2026-03-02T10:00:00+08:00\n# sendTime: 2026-03-02 09:00:00\n# a comment\n"
                + Lines
                + "calleeNumber,text1,city\n12025550123,a,b\n1,a,b\n"
        );
        var plan = await PlanAsync(CampaignFormat.Csv, content);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), plan.ContentHash);
        Assert.Equal("campaigns/list", plan.Source);
        Assert.True(plan.HasRejectedFile);
        Assert.Equal(["0001.json", "plan.json", "rejected.csv"], await StoredAsync(plan));
        var stored = (
            await Tasks.GetBlobClient(PlanStore.RecordNameOf(plan.PlanId)).DownloadContentAsync(Cancelled)
        ).Value.Content.ToMemory();
        Assert.Equivalent(plan with { FirstCallees = [] }, Plan.FromJson(stored.Span), strict: true);
        Assert.Equal(plan.ToJson(), stored.ToArray());
    }

    [Theory]
    [InlineData("{\"taskName\"!")]
    [InlineData("")]
    public async Task The_hash_covers_all_bytes_of_a_campaign_that_is_rejected_early(string beginning)
    {
        byte[] content = [.. Encoding.UTF8.GetBytes(beginning), .. new byte[1_000_000]];

        foreach (var format in new[] { CampaignFormat.Json, CampaignFormat.Csv })
        {
            var source = new MemoryStream(content);
            var plan = await PlanAsync(format, source);

            Assert.True(plan.IsRejected);
            Assert.Equal(content.Length, source.Position);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), plan.ContentHash);
        }
    }

    [Fact]
    public async Task Nothing_of_a_rejected_campaign_appears_though_blocks_were_stored()
    {
        var plan = await PlanAsync(CampaignFormat.Csv, Encoding.UTF8.GetBytes(Csv(180_000) + "12025550123,\"broken"));

        Assert.Equal("180004||", (await ReasonAsync(plan))[..8]);
        Assert.Equal(180_000, plan.Counts.Valid);
    }

    [Fact]
    public async Task Rejected_callees_cannot_be_taken_for_formulas()
    {
        var plan = await PlanCsvAsync(Lines + "calleeNumber\n12025550123\n=1+1\n+1 a\n-2\n@SUM(A1)\n\"\t=1\"\n\"=\"\"x\"\",1\"\n");

        Assert.Equal(
            """"
            5,the number contains '=' (campaign: spring #622a),'=1+1
            6,the number contains 'a' (campaign: spring #622a),'+1 a
            7,"the number has 1 digit; 6 to 18 are needed, country code first (campaign: spring #622a)",'-2
            8,the number contains '@' (campaign: spring #622a),'@SUM(A1)
            9,the number contains '=' (campaign: spring #622a),'~'=1
            10,the number contains '=' (campaign: spring #622a),"'=""x"",1"

            """".Replace('~', '\t').ReplaceLineEndings("\r\n"),
            await RejectedAsync(plan)
        );
    }

    [Fact]
    public async Task Rejected_callees_are_no_formulas_where_cells_are_separated_otherwise()
    {
        var plan = await PlanJsonAsync(
            """{"taskName":"spring","agentId":41,"numberInfoList":[{"calleeNumber":"12025550123"},{"calleeNumber":"a;=1\t+b;\"@c,\n """
                + """-d;e=f"}]}"""
        );

        Assert.StartsWith("1,\"a;'=1\t'+b;\"\"'@c,\n '-d;e=f\",", await RejectedAsync(plan), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_rejected_value_is_a_formula_to_any_spreadsheet() =>
        await Gen.String[Gen.Char[";;\t\r\n,,==+-@\"\"' a1é"], 0, 30]
            .Array[1, 100]
            .SampleAsync(
                async values =>
                {
                    var callees = values.Select(value => new Dictionary<string, string> { ["calleeNumber"] = $"{value}x" });
                    var rejected = await RejectedAsync(
                        await PlanJsonAsync(
                            JsonSerializer.Serialize(
                                new Dictionary<string, object>
                                {
                                    ["taskName"] = "spring",
                                    ["agentId"] = 41,
                                    ["numberInfoList"] = callees,
                                }
                            )
                        )
                    );

                    // With the comma, quotes count; with another separator nearly all of them are characters like others.
                    using var reader = CsvDataReader.Create(new StringReader("line,value,reason\r\n" + rejected));
                    var written = new List<string>();
                    while (reader.Read())
                    {
                        written.Add(reader.GetString(1));
                    }

                    Assert.Equal(
                        values.Select(value => $"{value}x".Replace("'", "", StringComparison.Ordinal)),
                        written.Select(value => value.Replace("'", "", StringComparison.Ordinal))
                    );
                    var cells = written.Concat(rejected.Split('\r', '\n').SelectMany(line => line.Split(';').Concat(line.Split('\t'))));
                    Assert.DoesNotContain(cells, cell => cell.TrimStart(' ', '"') is ['=' or '+' or '-' or '@', ..]);
                },
                iter: 60,
                threads: 2
            );

    [Fact]
    public async Task A_rejected_value_is_quoted_as_needed_and_cut_within_no_character()
    {
        var plan = await PlanJsonAsync(
            JsonSerializer.Serialize(
                new Dictionary<string, object>
                {
                    ["taskName"] = "spring",
                    ["agentId"] = 41,
                    ["numberInfoList"] = new[] { "12025550123", "a,\nb", new string('你', 500) }.Select(value => new Dictionary<
                        string,
                        string
                    >
                    {
                        ["calleeNumber"] = value,
                    }),
                }
            )
        );

        var rejected = await RejectedAsync(plan);
        Assert.StartsWith("1,\"a,\nb\",numberInfoList[1].calleeNumber: the number contains 'a'\r\n1,", rejected, StringComparison.Ordinal);
        Assert.EndsWith(
            $"1,{new string('你', 133)}…,numberInfoList[2].calleeNumber: the number contains '你'\r\n",
            rejected,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_plan_that_is_made_again_under_its_id_is_the_same()
    {
        var request = new PlanRequest(Guid.NewGuid().ToString("N"), "list.csv", "campaigns/list", null, Now);
        var planner = NewPlanner();
        var first = await planner.PlanAsync(request, new MemoryStream(Encoding.UTF8.GetBytes(Csv(1))), Cancelled);
        var second = await planner.PlanAsync(request, new MemoryStream(Encoding.UTF8.GetBytes(Csv(1))), Cancelled);

        Assert.Equal(first.ToJson(), second.ToJson());
    }

    [Fact]
    public async Task What_progress_throws_ends_the_planning() =>
        await Assert.ThrowsAsync<TimeoutException>(() =>
            PlanAsync(CampaignFormat.Csv, new MemoryStream(Encoding.UTF8.GetBytes(Csv(1))), onProgress: _ => throw new TimeoutException())
        );

    [Fact]
    public async Task Progress_is_told_with_every_read()
    {
        var beats = 0;
        var source = new PieceStream(
            Encoding.UTF8.GetBytes(Lines + "calleeNumber\n" + new string('\n', 100)),
            10,
            () => Time.Advance(TimeSpan.FromSeconds(2))
        );
        await PlanAsync(
            CampaignFormat.Csv,
            source,
            onProgress: _ =>
            {
                beats++;
                return ValueTask.CompletedTask;
            }
        );

        Assert.True(beats >= 10, $"Progress was told {beats} times, not with every read.");
    }

    [Fact]
    public async Task A_source_that_breaks_and_storage_that_fails_are_thrown()
    {
        var broken = new PieceStream(Encoding.UTF8.GetBytes(Csv(100)), 10, () => throw new IOException("gone"));
        await Assert.ThrowsAsync<IOException>(() => PlanAsync(CampaignFormat.Csv, broken));

        var options = new BlobClientOptions { Retry = { MaxRetries = 0 } };
        var nowhere = new BlobServiceClient(
            "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;",
            options
        );
        var planner = NewPlanner(storage: nowhere);
        await Assert.ThrowsAsync<RequestFailedException>(() =>
            planner.PlanAsync(
                new PlanRequest("id", "list.csv", "campaigns/list", "default", Now),
                new MemoryStream(Encoding.UTF8.GetBytes(Csv(1))),
                Cancelled
            )
        );
    }

    [Fact]
    public async Task Cancelling_is_thrown()
    {
        using var cancelled = new CancellationTokenSource();
        var source = new PieceStream(Encoding.UTF8.GetBytes(Csv(100)), 10, cancelled.Cancel);
        var planner = NewPlanner();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            planner.PlanAsync(
                new PlanRequest(Guid.NewGuid().ToString("N"), "list.csv", "campaigns/list", null, Now),
                source,
                cancelled.Token
            )
        );
    }
}
