using System.Globalization;
using System.Text.Json;

namespace Laaffic.Api.Tests;

public class QueryTests
{
    private static readonly DateTime From = new(2024, 1, 1, 0, 0, 0);
    private static readonly DateTime To = new(2024, 6, 3, 15, 13, 1);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_query_is_written_as_documented()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Json(Page(1, 0, 0)));

        await Client
            .For(server, "/v3")
            .QueryTasksAsync(
                new(From, To)
                {
                    SearchCondition = "智能體",
                    Current = 2,
                    Size = 10,
                    StatusList = [TaskRecordStatus.Waiting, TaskRecordStatus.Finished],
                },
                Cancelled
            );

        var call = Assert.Single(server.Calls);
        Assert.Equal(("POST", "/v3/voice/group/call/query"), (call.Method, call.Path));
        Assert.Equal("application/json;charset=UTF-8", call.Header("Content-Type"));
        Assert.Equal(
            """{"current":2,"size":10,"params":{"strTime":"2024-01-01 00:00:00","endTime":"2024-06-03 15:13:01","taskType":"""
                + """3,"statusList":[0,2],"searchCondition":"智能體"}}""",
            call.Body
        );
    }

    [Fact]
    public async Task Unfinished_tasks_are_counted_on_all_pages_whether_the_server_heeds_the_states_or_not()
    {
        await using var server = await ScriptedServer.StartAsync(
            Answers.Json(
                """{"code":0,"data":{"total":3,"size":2,"pages":2,"records":[{"taskId":1,"taskName":"a","status":0},{"taskId":"""
                    + """2,"taskName":"b","status":2}]}}"""
            ),
            Answers.Json("""{"code":0,"data":{"total":3,"size":2,"pages":2,"records":[{"taskId":3,"taskName":"c","status":6}]}}""")
        );

        Assert.Equal(2, await Client.For(server).CountUnfinishedAsync(To, Cancelled)); // waiting, and being submitted
        Assert.Contains("\"statusList\":[0,1,6]", server.Calls[0].Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"code":0,"data":null}""")]
    [InlineData("""{"code":-18,"msg":"system error"}""")]
    [InlineData("""{"code":0,"data":{"total":5,"size":100,"current":1,"pages":1,"records":[{"taskId":1,"taskName":"a","status":0}]}}""")]
    public async Task A_list_that_does_not_tell_how_many_are_unfinished_is_no_count(string answer)
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Json(answer));

        Assert.Null(await Client.For(server).CountUnfinishedAsync(To, Cancelled));
    }

    [Fact]
    public async Task A_page_is_read_as_documented()
    {
        var reply = await QueryAsync(
            """
            {"code":0,"msg":"success","data":{"total":31,"size":10,"current":1,"pages":4,"records":[
            {"taskId":77,"taskName":"spring","status":2,"rate":0.5,"numCnt":200000,"callNum":3,"success":2,"fail":1,
            "createdTime":"2024-05-01 10:00:00","scriptId":41,"taskType":3}]}}
            """
        );

        Assert.Equal(Verdict.Accepted, reply.Verdict);
        Assert.Equal((31L, 4L, 1L, 10L), (reply.Page!.Total, reply.Page.Pages, reply.Page.Current, reply.Page.Size));
        Assert.Equal(
            new TaskRecord
            {
                TaskId = 77,
                TaskName = "spring",
                Status = TaskRecordStatus.Finished,
                NumCnt = 200_000,
                CallNum = 3,
                Success = 2,
                Fail = 1,
                CreatedTime = "2024-05-01 10:00:00",
            },
            Assert.Single(reply.Page.Records)
        );
    }

    [Fact]
    public async Task Numbers_as_strings_strings_as_numbers_and_nulls_are_read_too()
    {
        var reply = await QueryAsync(
            """
            {"status":"0","reason":"success","data":{"total":"1","size":null,"records":[
            {"taskId":"77","taskName":2024,"status":"6","numCnt":"5","callNum":null,"success":"many","fail":[],
            "createdTime":1714557600000,"taskType":"3"}]}}
            """
        );

        Assert.Equal((1L, null), (reply.Page!.Total, reply.Page.Size));
        Assert.Equal(
            new TaskRecord
            {
                TaskId = 77,
                TaskName = "2024",
                Status = TaskRecordStatus.Submitting,
                NumCnt = 5,
                CreatedTime = "1714557600000",
            },
            Assert.Single(reply.Page.Records)
        );
    }

    [Theory]
    [InlineData("""{"code":0,"data":{"total":0,"records":[]}}""")]
    [InlineData("""{"code":0,"data":{"total":"0","pages":0,"records":[]}}""")]
    [InlineData("""{"code":0,"data":{"records":[]}}""")]
    public async Task No_tasks_are_an_answer(string json)
    {
        var reply = await QueryAsync(json);
        Assert.Equal(Verdict.Accepted, reply.Verdict);
        Assert.Empty(reply.Page!.Records);
    }

    [Theory]
    [InlineData("""{"code":0}""")]
    [InlineData("""{"code":0,"data":"none"}""")]
    [InlineData("""{"code":0,"data":null}""")]
    [InlineData("""{"code":0,"data":{}}""")]
    [InlineData("""{"code":0,"data":{"total":0,"records":null}}""")]
    [InlineData("""{"code":0,"data":{"total":0}}""")]
    [InlineData("""{"code":0,"data":{"records":{}}}""")]
    [InlineData("""{"code":0,"data":{"records":["spring"]}}""")]
    public async Task A_success_without_a_page_of_tasks_is_no_answer(string json)
    {
        var reply = await QueryAsync(json);
        Assert.Equal(Verdict.Defer, reply.Verdict);
        Assert.Null(reply.Page);
        Assert.Equal((false, false), await FindAsync(json));
    }

    [Theory]
    [InlineData(-10, Verdict.Hold)]
    [InlineData(-18, Verdict.Defer)]
    [InlineData(-22, Verdict.Reject)]
    public async Task A_refused_query_has_the_statuses_meaning(int code, Verdict verdict)
    {
        var reply = await QueryAsync($$$"""{"code":{{{code}}},"data":{"records":[]}}""");
        Assert.Equal((verdict, null), (reply.Verdict, reply.Page));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 0)]
    [InlineData(1, 101)]
    public async Task A_page_that_the_API_does_not_have_is_not_asked_for(int current, int size)
    {
        await using var server = await ScriptedServer.StartAsync();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            Client.For(server).QueryTasksAsync(new(From, To) { Current = current, Size = size }, Cancelled)
        );
    }

    [Fact]
    public async Task A_cancelled_query_is_thrown_at_any_time()
    {
        var taken = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(Answers.Silence(taken));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var call = Client.For(server).QueryTasksAsync(new(From, To), stop.Token);
        await taken.Task.WaitAsync(Cancelled);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Only_the_exact_name_is_found()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Json(Page(1, 4, 1, "Spring", "spring-2", "spring ", "spring")));

        var lookup = await Client.For(server).FindTaskAsync("spring", From, To, Cancelled);

        Assert.True(lookup.Answered);
        Assert.Equal((3L, "spring"), (lookup.Task!.TaskId, lookup.Task.TaskName));
        using var query = JsonDocument.Parse(Assert.Single(server.Calls).Body);
        Assert.Equal("spring", query.RootElement.GetProperty("params").GetProperty("searchCondition").GetString());
        Assert.Equal(100, query.RootElement.GetProperty("size").GetInt32());
    }

    [Fact]
    public async Task Similar_names_alone_are_not_it() =>
        Assert.Equal((true, false), await FindAsync(Page(1, 2, 1, "spring-2", "my spring")));

    [Theory]
    [InlineData("spring", "SPRING")]
    [InlineData("spring", " spring\t")]
    [InlineData("caf\u00e9", "cafe\u0301")]
    [InlineData("caf\u00e9", "CAFE\u0301 ")]
    [InlineData("Promo 1", "Ｐｒｏｍｏ １")]
    public async Task A_name_that_is_nearly_it_leaves_the_question_open(string asked, string listed)
    {
        // On the first of two pages: the exact name could still follow.
        await using var server = await ScriptedServer.StartAsync(Answers.Json(Page(1, 2, 2, listed)), Answers.Json(Page(2, 2, 2, "other")));

        var lookup = await Client.For(server).FindTaskAsync(asked, From, To, Cancelled);

        Assert.Equal((false, null), (lookup.Answered, lookup.Task));
        Assert.Contains($"\"{listed.Trim()}\"", lookup.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_exact_name_is_found_behind_one_that_is_nearly_it() =>
        Assert.Equal((true, true), await FindAsync(Page(1, 2, 2, "SPRING"), Page(2, 2, 2, "spring")));

    [Fact]
    public async Task Half_a_surrogate_pair_in_the_name_looked_for_is_no_obstacle()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Json(Page(1, 1, 1, "other")));
        Assert.True((await Client.For(server).FindTaskAsync("half \ud800", From, To, Cancelled)).Answered);
    }

    [Theory]
    [InlineData("""{"taskId":7}""")]
    [InlineData("""{"taskId":7,"taskName":null}""")]
    [InlineData("""{"taskId":7,"taskName":"\ud800"}""")]
    public async Task A_task_without_a_readable_name_leaves_the_question_open(string record) =>
        Assert.Equal((false, false), await FindAsync($$$"""{"code":0,"data":{"total":1,"records":[{{{record}}}]}}"""));

    [Fact]
    public async Task Without_an_earliest_time_the_search_has_no_lower_limit()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Json(Page(1, 0, 0)));
        await Client.For(server).FindTaskAsync("spring", null, To, Cancelled);
        Assert.Contains("\"strTime\":\"2000-01-01 00:00:00\"", Assert.Single(server.Calls).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "2024-01-01 00:00:00", "2024-06-05 15:13:01")]
    [InlineData(-2, "2023-12-30 00:00:00", "2024-06-03 15:13:01")]
    public async Task A_search_holds_the_times_by_the_servers_clock_too_once_it_is_known(int days, string from, string to)
    {
        var date = Answers.HttpDate(DateTimeOffset.UtcNow.AddDays(days));
        await using var server = await ScriptedServer.StartAsync(
            Answers.Json("""{"code":-16}""", headers: ("Date", date)),
            Answers.Json(Page(1, 0, 0))
        );

        Assert.True((await Client.For(server).FindTaskAsync("spring", From, To, Cancelled)).Answered);

        using var query = JsonDocument.Parse(server.Calls[1].Body);
        var window = query.RootElement.GetProperty("params");
        AssertAbout(from, window.GetProperty("strTime").GetString()!);
        AssertAbout(to, window.GetProperty("endTime").GetString()!);

        static void AssertAbout(string expected, string actual) =>
            Assert.True(
                (DateTime.Parse(actual, CultureInfo.InvariantCulture) - DateTime.Parse(expected, CultureInfo.InvariantCulture)).Duration()
                    <= TimeSpan.FromMinutes(1),
                actual
            );
    }

    [Theory]
    [InlineData("0001-01-01"), InlineData("9999-12-31")]
    public async Task A_server_whose_clock_is_absurd_is_asked_all_the_same(string date)
    {
        var time = DateTimeOffset.Parse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        await using var server = await ScriptedServer.StartAsync(
            Answers.Json("""{"code":-16}""", headers: ("Date", Answers.HttpDate(time))),
            Answers.Json(Page(1, 0, 0))
        );
        Assert.True((await Client.For(server).FindTaskAsync("spring", null, To, Cancelled)).Answered);
    }

    [Fact]
    public async Task The_name_is_found_on_the_last_page() =>
        Assert.Equal((true, true), await FindAsync(Page(1, 3, 3, "a"), Page(2, 3, 3, "b"), Page(3, 3, 3, "spring")));

    [Fact]
    public async Task All_pages_are_read_before_the_name_is_said_to_be_absent() =>
        Assert.Equal((true, false), await FindAsync(Page(1, 3, 3, "a"), Page(2, 3, 3, "b"), Page(3, 3, 3, "c")));

    [Fact]
    public async Task The_total_tells_the_last_page_where_the_number_of_pages_is_missing() =>
        Assert.Equal((true, true), await FindAsync(Page(1, 2, null, "a"), Page(2, 2, null, "spring")));

    [Fact]
    public async Task A_page_that_is_not_full_is_the_last_where_the_server_counts_nothing()
    {
        var full = Page(1, null, null, Many(100));
        Assert.Equal((true, true), await FindAsync(full, Page(2, null, null, "spring")));
    }

    [Fact]
    public async Task A_page_that_fails_leaves_the_question_open() =>
        Assert.Equal((false, false), await FindAsync(Page(1, 3, 3, "a"), """{"code":-18}"""));

    [Fact]
    public async Task A_server_that_shows_fewer_tasks_than_it_counts_leaves_the_question_open() =>
        Assert.Equal((false, false), await FindAsync(Page(1, 5, 3, "a"), Page(2, 5, 3)));

    public static TheoryData<string, string[]> Contradictions =>
        new()
        {
            { "page 1 of its list where page 2", [Page(1, 150, 2, Many(100)), Page(1, 150, 2, Many(100))] },
            { "page 7 of its list where page 1", [Page(7, 0, 0)] },
            { "listed a task twice", [Page(null, 200, 2, Many(100)), Page(null, 200, 2, Many(100))] },
            { "listed a task twice", [Page(null, null, null, Many(100)), Page(null, null, null, Many(100))] },
            {
                "listed a task twice",
                [
                    """{"code":0,"data":{"records":[{"taskName":"a","createdTime":"2024"},{"taskName":"a","createdTime":"2024"}]"""
                        + ""","total":1}}""",
                ]
            },
            { "counted 3 pages of similar names, but page 1 held 0", [Page(1, null, 3)] },
            { "counted 0 pages of similar names, but page 1 held 1", [Page(1, null, 0, "a")] },
            { "counted 0 tasks of similar names but showed 1", [Page(1, 0, 1, "a")] },
            { "counted 1 tasks of similar names but showed 2", [Page(1, 1, null, "a", "b")] },
            { "counted 3 tasks of similar names but showed 2", [Page(1, 3, 2, "a"), Page(2, null, 2, "b")] },
            { "counted -1 tasks", ["""{"code":0,"data":{"records":[],"total":-1}}"""] },
            { "counted -1 pages", ["""{"code":0,"data":{"records":[],"pages":-1}}"""] },
            { "counted 2 tasks of similar names, then 3", [Page(1, 2, 2, "a"), Page(2, 3, 2, "b", "c")] },
        };

    [Theory]
    [MemberData(nameof(Contradictions))]
    public async Task A_list_that_contradicts_itself_leaves_the_question_open(string reason, string[] pages)
    {
        await using var server = await ScriptedServer.StartAsync([.. pages.Select(page => Answers.Json(page))]);
        var lookup = await Client.For(server).FindTaskAsync("spring", From, To, Cancelled);
        Assert.Equal((false, null), (lookup.Answered, lookup.Task));
        Assert.Contains(reason, lookup.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_exact_name_is_found_in_a_list_that_contradicts_itself() =>
        Assert.Equal((true, true), await FindAsync(Page(7, 1, 9, "a"), Page(1, 3, 2, "spring")));

    [Fact]
    public async Task Tasks_without_ids_are_told_apart_by_their_names_and_times() =>
        Assert.Equal(
            (true, false),
            await FindAsync(
                """{"code":0,"data":{"records":[{"taskName":"a","createdTime":"2024"},{"taskName":"a","createdTime":"2025"},"""
                    + """{"taskName":"b"}],"total":3}}"""
            )
        );

    [Fact]
    public async Task Endless_pages_leave_the_question_open() =>
        Assert.Equal((false, false), await FindAsync([.. Enumerable.Range(1, 50).Select(i => Page(i, 1000, 1000, "a"))]));

    [Fact]
    public async Task A_query_that_cannot_be_sent_leaves_the_question_open()
    {
        var lookup = await Client.For(ScriptedServer.NobodysAddress()).FindTaskAsync("spring", From, To, Cancelled);
        Assert.False(lookup.Answered);
        Assert.StartsWith("No connection to Laaffic could be made", lookup.Reason, StringComparison.Ordinal);
    }

    private static async Task<QueryReply> QueryAsync(string json)
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Json(json));
        return await Client.For(server).QueryTasksAsync(new(From, To), Cancelled);
    }

    private static async Task<(bool Answered, bool Found)> FindAsync(params string[] pages)
    {
        await using var server = await ScriptedServer.StartAsync([.. pages.Select(page => Answers.Json(page))]);
        var lookup = await Client.For(server).FindTaskAsync("spring", From, To, Cancelled);
        return (lookup.Answered, lookup.Task is not null);
    }

    private static string[] Many(int count) => [.. Enumerable.Range(0, count).Select(i => $"spring-{i}")];

    private static string Page(int? current, int? total, int? pages, params string[] names) =>
        JsonSerializer.Serialize(
            new
            {
                code = "0",
                data = new
                {
                    total,
                    pages = pages?.ToString(CultureInfo.InvariantCulture),
                    current,
                    records = names.Select((taskName, i) => new { taskId = ((current ?? 1) - 1) * TaskQuery.MaxSize + i, taskName }),
                },
            }
        );
}
