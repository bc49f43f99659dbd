using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using CsCheck;
using Laaffic.Api;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests;

/// <summary>What was not accepted of a campaign lies ready to be dropped, and following a report's advice calls nobody twice.</summary>
public sealed class NotSubmittedTests(StorageFixture storage)
{
    private const string Path = "list.json";
    private const string Rest = "list.json.not-submitted.csv";

    private static readonly CampaignOptions OneCalleePerTask = new() { MaxCalleesPerTask = 1 };

    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // A profile that says something else about everything that a campaign can say.
    private const string Profile = """
        {"taskName":"{file}","appId":"another","scriptId":99,"displayNum":"1","sendTime":"2090-01-01 00:00:00",
         "maxCalls":1,"maxRingingTime":11,"allowSendTime":[{"strTime":"00:00","endTime":"00:01"}],"enableRecording":0,"calloutRate":9,
         "recallFlow":{"recallType":0,"recallInterval":1,"recallNum":1},
         "delivery":{"submitAt":"2080-01-01T00:00:00Z","expireAt":"2081-01-01T00:00:00Z"}}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly string[] Texts =
    [
        "",
        "=1+1",
        "+49",
        "-5",
        "@me",
        "#no",
        " edge ",
        "a,b;c\td|e",
        "\"",
        "\"q\", \"r\"",
        "two\r\nlines",
        "two\nlines",
        "\r\n",
        "\uFEFFx",
        "😀 Zoë",
        "{file}",
        "'",
        "\u2028",
    ];

    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.Int[0, Texts.Length - 1].Select(i => Texts[i]),
        Gen.String[Gen.Char["ab,;\"\n =é|\t"], 0, 12]
    );

    private static readonly Gen<JsonObject> AnyCallee =
        from texts in Gen.Select(Gen.Int[1, 10], AnyText).List[0, 4]
        from spread in Gen.Int[0, 3]
        from information in Gen.Frequency((9, Gen.Const((string?)null)), (1, AnyText.Select(text => (string?)text)))
        from odd in Gen.Frequency((6, Gen.Const(false)), (1, Gen.Const(true)))
        select Callee(texts, spread, information, odd);

    /// <summary>A callee whose number is to be set. Mostly it has all texts up to one, as the rows of a table have.</summary>
    private static JsonObject Callee(List<(int Number, string Text)> texts, int spread, string? information, bool odd)
    {
        var callee = new JsonObject { ["calleeNumber"] = "" };
        for (var i = 0; i < texts.Count; i++)
        {
            callee[$"text{(odd ? texts[i].Number : i + 1)}"] = texts[i].Text + (odd && spread == 0 ? "\r" : "");
        }

        if (odd && information is not null)
        {
            callee["callInformation"] = new JsonObject { ["note"] = information };
        }

        return callee;
    }

    [Fact]
    public async Task Whatever_was_not_accepted_can_be_dropped_and_everyone_is_called_once_with_the_same_texts()
    {
        await using var app = await TestApp.StartAsync(storage, new CampaignOptions { MaxCalleesPerTask = 3 });
        await app.PutProfileAsync("default", Profile);
        var (count, csv, json) = (0, 0, 0);
        await Gen.Select(AnyCallee.Array[1, 12], Gen.Bool.Array[4], Gen.Int[0, 3])
            .SampleAsync(
                async (callees, refused, kind) =>
                {
                    var id = Interlocked.Increment(ref count);
                    var name = kind == 0 ? $"Any {{x}} {id}" : $"Any {id}";
                    for (var i = 0; i < callees.Length; i++)
                    {
                        callees[i]["calleeNumber"] =
                            (i % 5 == 4 ? "01" : "4479") + string.Create(CultureInfo.InvariantCulture, $"{id:0000}{i:00}");
                    }

                    var campaign = new JsonObject
                    {
                        ["taskName"] = name,
                        ["agentId"] = 41,
                        ["maxCalls"] = 30 + id % 100,
                        ["recallFlow"] = new JsonObject
                        {
                            ["recallType"] = 3,
                            ["recallInterval"] = 5,
                            ["recallNum"] = 2,
                            ["recallIntent"] = new JsonArray("99999"),
                        },
                        ["numberInfoList"] = new JsonArray([.. callees.Select(c => c.DeepClone())]),
                    };
                    if (kind == 1)
                    {
                        campaign["appId"] = app.Simulator.Account.AppId;
                    }

                    if (kind == 2)
                    {
                        campaign["displayNum"] = "";
                    }

                    if (kind == 3)
                    {
                        campaign["allowSendTime"] = new JsonArray(new JsonObject { ["strTime"] = "09:00", ["endTime"] = "18:00" });
                    }

                    var tasks = (callees.Length + 2) / 3;
                    for (var i = 0; i < tasks; i++)
                    {
                        if (refused[i])
                        {
                            app.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = i == 0 ? name : $"{name}-{i + 1}" });
                        }
                    }

                    var path = $"any{id}.json";
                    await app.DropAsync(path, campaign.ToJsonString(Unescaped));
                    var report = await app.ReportAsync(path);
                    var called = Called(app, name, tasks);
                    Assert.Equal(refused.Take(tasks).Any(r => r), report.NotSubmittedFiles.Count == 1);
                    if (report.NotSubmittedFiles.Count == 1)
                    {
                        var file = report.NotSubmittedFiles[0];
                        Assert.Contains(file, report.NeedsAction, StringComparison.Ordinal);
                        _ = file.EndsWith(".csv", StringComparison.Ordinal)
                            ? Interlocked.Increment(ref csv)
                            : Interlocked.Increment(ref json);
                        var rest = await DropResultAsync(app, file);
                        Assert.Equal((CampaignStates.Accepted, null), (rest.State, rest.NeedsAction));
                        Assert.Empty(rest.IgnoredColumns);
                        Assert.Empty(rest.Warnings);
                        called = [.. called, .. Called(app, rest.TaskName!, rest.Tasks.Count)];
                        var settings = JsonNode.Parse(app.Simulator.FindTask(rest.TaskName!)!.Settings.GetRawText())!;
                        settings["taskName"] = name;
                        campaign.Remove("numberInfoList");
                        campaign["appId"] = app.Simulator.Account.AppId;
                        Assert.True(JsonNode.DeepEquals(campaign, settings), $"{settings} instead of {campaign}");
                    }

                    Assert.Equal(callees.Select(Shown).Order(StringComparer.Ordinal), called.Order(StringComparer.Ordinal));
                },
                iter: 60,
                threads: 2
            );
        TestContext.Current.SendDiagnosticMessage($"{count} campaigns, {csv} CSV, {json} JSON");
        Assert.True(csv > 5 && json > 5, $"Of {count} campaigns {csv} were written as CSV and {json} as JSON.");
        Assert.Equal(app.Called.Count, app.Called.Distinct().Count());

        static string Shown(JsonObject callee) =>
            string.Join(
                '|',
                callee
                    .OrderBy(field => field.Key, StringComparer.Ordinal)
                    .Select(field =>
                        field.Key == "calleeNumber"
                            ? (string)field.Value!
                            : $"{field.Key}={(field.Value is JsonObject map ? (string)map["note"]! : Cut((string)field.Value!))}"
                    )
            );
    }

    [Fact]
    public async Task No_profiles_mapping_or_region_applies_to_it()
    {
        await using var app = await TestApp.StartAsync(storage, OneCalleePerTask);
        await app.PutProfileAsync(
            "default",
            """{"taskName":"{file}","agentId":41,"list":{"columns":{"calleeNumber":"Mobile"},"required":["Mobile"],"defaultRegion":"ID"}}"""
        );
        app.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "list-2" });
        await app.DropAsync("list.csv", "Mobile\n+1 202 555 0101\n+1 202 555 0102\n");
        var rest = Assert.Single((await app.ReportAsync("list.csv")).NotSubmittedFiles)["results/".Length..];

        await app.DropAsync("rest.csv", await app.ResultAsync(rest));

        var report = await app.ReportAsync("rest.csv");
        Assert.Empty(report.Errors);
        Assert.Equal(["12025550101", "12025550102"], app.Called.Order());
    }

    [Fact]
    public async Task The_rest_of_a_csv_is_a_csv_that_needs_no_profile()
    {
        await using var app = await TestApp.StartAsync(storage, OneCalleePerTask);
        await app.PutProfileAsync("dunning", """{"taskName":"{file} of May","agentId":41,"displayNum":"100811"}""");
        app.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "list of May-2" });
        await app.DropAsync("dunning/list.csv", "calleeNumber;text1;text2\n12025550101;Ann;\n12025550102;\"=Ben; \"\"B\"\"\";-5\n");

        var report = await app.ReportAsync("dunning/list.csv");
        Assert.Equal(["results/dunning/list.csv.not-submitted.csv"], report.NotSubmittedFiles);
        Assert.Equal(
            """"
            # taskName: list of May rest
            # appId:
            # agentId: 41
            # scriptId:
            # displayNum: 100811
            # sendTime:
            # maxCalls:
            # maxRingingTime:
            # allowSendTime:
            # enableRecording:
            # calloutRate:
            # recallFlow:
            # submitAt:
            # expireAt:
            # What a profile says of lists does not apply
            calleeNumber,text1,text2
            12025550102,"=Ben; ""B""",-5

            """".ReplaceLineEndings("\r\n"),
            (await app.ResultAsync("dunning/list.csv.not-submitted.csv")).TrimStart('\uFEFF')
        );
        Assert.StartsWith("1 callee of 1 of 2 tasks were not accepted", report.NeedsAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list.csv"), InlineData("list.json")]
    public async Task The_rest_may_call_where_its_campaign_might(string path)
    {
        await using var app = await TestApp.StartAsync(storage, OneCalleePerTask);
        app.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "spring-2" });
        await app.DropAsync(
            path,
            path.EndsWith(".csv", StringComparison.Ordinal)
                ? "# taskName: spring\n# agentId: 41\n# allowedCountries: US, premium\ncalleeNumber\n12025550101\n19002345678\n"
                : """
                {"taskName":"spring","agentId":41,"delivery":{"allowedCountries":["US","premium"]},"numberInfoList":[
                 {"calleeNumber":"12025550101"},{"calleeNumber":"19002345678","callInformation":{"a":"b"}}]}
                """
        );

        var rest = await DropResultAsync(app, Assert.Single((await app.ReportAsync(path)).NotSubmittedFiles));

        Assert.Equal(CampaignStates.Accepted, rest.State);
        Assert.Equal(["12025550101", "19002345678"], app.Called);
    }

    [Fact]
    public async Task The_rest_of_a_rest_has_another_name_again()
    {
        await using var app = await TestApp.StartAsync(storage, OneCalleePerTask);
        app.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Reminder-2" });
        app.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Reminder-3" });
        app.Simulator.Faults.Add(Fault.Answer(-24) with { TaskName = "Reminder rest-2" });
        await app.DropAsync(Path, TestApp.ThreeCallees);

        var rest = await DropResultAsync(app, "results/" + Rest);
        Assert.Equal((CampaignStates.Partial, "Reminder rest"), (rest.State, rest.TaskName));
        Assert.Equal([$"results/{Rest}.not-submitted.csv"], rest.NotSubmittedFiles);
        var last = await DropResultAsync(app, rest.NotSubmittedFiles[0]);
        Assert.Equal((CampaignStates.Accepted, "Reminder rest rest"), (last.State, last.TaskName));
        Assert.Equal(["12025550101", "12025550102", "12025550103"], app.Called);
    }

    [Fact]
    public async Task A_rest_that_is_dropped_twice_under_two_names_is_submitted_once()
    {
        await using var app = await PartlyAcceptedAsync();
        var rest = await app.ResultAsync(Rest);
        await app.DropAsync("one.csv", rest);
        await app.DropAsync("two.csv", rest);

        Assert.Equal(CampaignStates.Duplicate, (await app.ReportAsync("two.csv")).State);
        Assert.Equal(["12025550101", "12025550102", "12025550103"], app.Called.Order());
    }

    [Fact]
    public async Task The_file_is_written_once_and_again_with_the_same_bytes_when_it_is_gone()
    {
        await using var app = await PartlyAcceptedAsync();
        var before = await VersionAsync(app);
        var content = await app.ResultAsync(Rest);
        await app.DropAsync(Path, TestApp.ThreeCallees); // the same content: the report is written again
        Assert.Equal(before, await VersionAsync(app));

        await Results(app).GetBlobClient(Rest).DeleteAsync(cancellationToken: Token);
        app.Clock.Advance(TimeSpan.FromDays(30));
        await app.DropAsync(Path, TestApp.ThreeCallees);
        Assert.Equal(content, await app.ResultAsync(Rest));
    }

    [Fact]
    public async Task A_campaign_that_waits_has_no_file_and_says_not_to_submit_anything_yet()
    {
        await using var app = await TestApp.StartAsync(storage, OneCalleePerTask);
        app.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Reminder-2" });
        app.Simulator.Faults.Add(Fault.Answer(-23) with { TaskName = "Reminder-3" });
        await app.DropAsync(Path, TestApp.ThreeCallees);

        var report = await app.ReportAsync(Path);
        Assert.Equal(CampaignStates.Waiting, report.State);
        Assert.Empty(report.NotSubmittedFiles);
        Assert.Empty(await app.ResultNamesAsync(Path + ".not"));
        Assert.Contains("Do not submit them yet", report.NeedsAction, StringComparison.Ordinal);

        report = await app.TickUntilSettledAsync(Path);
        Assert.Equal(["results/" + Rest], report.NotSubmittedFiles);
        Assert.Contains("12025550102", await app.ResultAsync(Rest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_whose_name_laaffic_had_is_listed_only_when_a_person_has_looked_and_then_in_a_file_of_its_own()
    {
        await using var app = await TestApp.StartAsync(storage, OneCalleePerTask);
        app.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Reminder-2" });
        app.Simulator.Faults.Add(Fault.Answer(-41) with { TaskName = "Reminder-3" });
        await app.DropAsync(Path, TestApp.ThreeCallees);
        var report = await app.TickUntilSettledAsync(Path);

        Assert.Equal(["results/" + Rest], report.NotSubmittedFiles);
        Assert.DoesNotContain("12025550103", await app.ResultAsync(Rest), StringComparison.Ordinal);
        Assert.Contains("Laaffic had the name of task 'Reminder-3'", report.NeedsAction, StringComparison.Ordinal);
        Assert.Contains("POST /api/campaigns/Reminder/tasks/3/resolve", report.NeedsAction, StringComparison.Ordinal);
        await DropResultAsync(app, report.NotSubmittedFiles[0]);

        await app.Service.ResolveTaskAsync("Reminder", 3, new TaskResolution(false, null, "Ann"), Token);
        report = await app.TickUntilSettledAsync(Path);
        Assert.Equal(["results/" + Rest, "results/list.json.not-submitted-2.csv"], report.NotSubmittedFiles);
        Assert.DoesNotContain("resolve", report.NeedsAction, StringComparison.Ordinal);
        foreach (var file in report.NotSubmittedFiles)
        {
            await DropResultAsync(app, file);
        }

        Assert.Equal(["12025550101", "12025550102", "12025550103"], app.Called.Order());
    }

    [Fact]
    public async Task Rows_whose_bodies_were_deleted_cannot_be_listed_and_the_report_says_so()
    {
        await using var app = await PartlyAcceptedAsync(async app =>
        {
            var bodies = app.Blobs.GetBlobContainerClient(Containers.Tasks);
            await foreach (var body in bodies.GetBlobsAsync(cancellationToken: Token))
            {
                if (body.Name.EndsWith("0002.json", StringComparison.Ordinal))
                {
                    await bodies.DeleteBlobAsync(body.Name, cancellationToken: Token);
                }
            }
        });

        var report = await app.ReportAsync(Path);
        Assert.Equal(["results/" + Rest], report.NotSubmittedFiles);
        Assert.Contains(
            "1 callee of 1 of 3 tasks were not accepted, and their rows cannot be listed any more",
            report.NeedsAction,
            StringComparison.Ordinal
        );
        Assert.Contains("if there is a campaign 'Reminder rest'", report.NeedsAction, StringComparison.Ordinal);
        Assert.Contains("nobody else of it", report.NeedsAction, StringComparison.Ordinal);
        Assert.DoesNotContain("12025550102", await app.ResultAsync(Rest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_moves_with_its_report_when_another_version_takes_the_path()
    {
        await using var app = await PartlyAcceptedAsync();
        var rest = await app.ResultAsync(Rest);
        app.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Other-2" });
        await app.DropAsync(
            Path,
            TestApp.ThreeCallees.Replace("Reminder", "Other", StringComparison.Ordinal).Replace("1202", "4479", StringComparison.Ordinal)
        );

        var place = (await app.ResultNamesAsync(Path + "."))
            .Single(name => name.EndsWith(".report.json", StringComparison.Ordinal) && name != Path + ".report.json")
            .Replace(".report.json", "", StringComparison.Ordinal);
        var moved = await app.ReportAsync(place);
        Assert.Equal(("Reminder", $"results/{place}.not-submitted.csv"), (moved.TaskName, Assert.Single(moved.NotSubmittedFiles)));
        Assert.Contains($"results/{place}.not-submitted.csv", moved.NeedsAction, StringComparison.Ordinal);
        Assert.Equal(rest, await app.ResultAsync($"{place}.not-submitted.csv"));
        Assert.Contains("# taskName: Other rest\r\n", await app.ResultAsync(Rest), StringComparison.Ordinal);
        Assert.Equal(
            moved with
            {
                CommittedAt = null,
            },
            (await app.Service.FindAsync("Reminder", Token))! with
            {
                CommittedAt = null,
            },
            new SameJson()
        );

        // And back, with the first content.
        await app.DropAsync(Path, TestApp.ThreeCallees);
        Assert.Equal(rest, await app.ResultAsync(Rest));
        Assert.DoesNotContain(await app.ResultNamesAsync(place), name => name.StartsWith(place, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_campaign_that_follows_to_the_path_leaves_nothing_of_another_there()
    {
        await using var app = await PartlyAcceptedAsync();
        await app.DropAsync(Path, "{}"); // rejected as a whole

        Assert.DoesNotContain(Rest, await app.ResultNamesAsync(Path));
        Assert.Single(await app.ResultNamesAsync(Path + "."), name => name.EndsWith(".not-submitted.csv", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Times_that_are_still_to_come_are_kept_and_others_left_out()
    {
        await using var app = await TestApp.StartAsync(storage, OneCalleePerTask);
        var (sendTime, expireAt) = (app.Clock.GetUtcNow().AddDays(2), app.Clock.GetUtcNow().AddDays(1));
        var campaign = TestApp.ThreeCallees.Replace(
            "\"agentId\"",
            string.Create(
                CultureInfo.InvariantCulture,
                $"\"sendTime\":\"{sendTime:yyyy-MM-dd HH:mm:ss}\",\"delivery\":{{\"expireAt\":\"{expireAt:yyyy-MM-dd'T'HH:mm:ssZ}\"}},"
                    + $"\"agentId\""
            ),
            StringComparison.Ordinal
        );
        app.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Reminder-2" });
        await app.DropAsync(Path, campaign);
        var kept = await app.ResultAsync(Rest);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"# sendTime: {sendTime:yyyy-MM-dd HH:mm:ss}\r\n"),
            kept,
            StringComparison.Ordinal
        );
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"# expireAt: {expireAt:yyyy-MM-dd'T'HH:mm:ss}"),
            kept,
            StringComparison.Ordinal
        );

        app.Simulator.Faults.Add(Fault.Answer(-23) with { TaskName = "Late", Times = null });
        await app.DropAsync(
            "late.json",
            campaign.Replace("Reminder", "Late", StringComparison.Ordinal).Replace("1202", "4479", StringComparison.Ordinal)
        );
        var report = await app.TickUntilSettledAsync("late.json");
        Assert.Contains("# expireAt:\r\n", await app.ResultAsync("late.json.not-submitted.csv"), StringComparison.Ordinal);
        Assert.Contains("Its expireAt had passed and is left out", report.NeedsAction, StringComparison.Ordinal);

        var rest = await DropResultAsync(app, "results/" + Rest);
        Assert.Equal(CampaignStates.Rejected, rest.State); // its expireAt has passed since, and nobody is called at a wrong time
        Assert.Contains("expireAt", Assert.Single(rest.Errors).Field, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_campaign_over_http_has_its_file_where_its_report_is()
    {
        await using var app = await HttpApp.StartAsync(storage);
        app.Simulator.Faults.Add(Fault.Answer(-22));
        var answer = await app.PostJsonAsync(TestApp.ThreeCallees);

        const string file = "results/_api/Reminder.not-submitted.csv";
        Assert.Equal(file, answer.Report.GetProperty("notSubmittedFiles")[0].GetString());
        Assert.Contains(file, answer.Detail, StringComparison.Ordinal);
        Assert.True(await app.Blobs.GetBlobContainerClient(Containers.Results).GetBlobClient(file["results/".Length..]).ExistsAsync(Token));
    }

    private async Task<TestApp> PartlyAcceptedAsync(Func<TestApp, Task>? beforeTheEnd = null)
    {
        var app = await TestApp.StartAsync(storage, OneCalleePerTask);
        app.Simulator.Faults.Add(Fault.Answer(-22) with { TaskName = "Reminder-2" });
        app.Simulator.Faults.Add(
            beforeTheEnd is null ? Fault.Answer(-24) with { TaskName = "Reminder-3" } : Fault.Answer(-23) with { TaskName = "Reminder-3" }
        );
        if (beforeTheEnd is not null)
        {
            app.Simulator.Faults.Add(Fault.Answer(-24) with { TaskName = "Reminder-3" });
        }

        await app.DropAsync(Path, TestApp.ThreeCallees);
        if (beforeTheEnd is null)
        {
            return app;
        }

        await beforeTheEnd(app);
        await app.TickUntilSettledAsync(Path);
        return app;
    }

    /// <summary>Follows the advice: the file goes into the container of campaigns under its own name.</summary>
    private static async Task<CampaignReport> DropResultAsync(TestApp app, string file)
    {
        var path = file["results/".Length..];
        await app.DropAsync(path, await app.ResultAsync(path));
        return await app.TickUntilSettledAsync(path);
    }

    private static BlobContainerClient Results(TestApp app) => app.Blobs.GetBlobContainerClient(Containers.Results);

    private static async Task<string> VersionAsync(TestApp app) =>
        (await Results(app).GetBlobClient(Rest).GetPropertiesAsync(cancellationToken: Token)).Value.ETag.ToString();

    private static List<string> Called(TestApp app, string name, int tasks) =>
        [
            .. Enumerable
                .Range(1, tasks)
                .Select(n => app.Simulator.FindTask(n == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{n}")))
                .OfType<AcceptedTask>()
                .SelectMany(task => task.Callees)
                .Select(callee =>
                    string.Join(
                        '|',
                        callee
                            .Texts.Select(text => ($"text{text.Key}", text.Value))
                            .Append(("calleeNumber", callee.Number))
                            .Concat(callee.CallInformation.Select(entry => ("callInformation", entry.Value)))
                            .OrderBy(field => field.Item1, StringComparer.Ordinal)
                            .Select(field => field.Item1 == "calleeNumber" ? field.Item2 : $"{field.Item1}={field.Item2}")
                    )
                ),
        ];

    /// <summary>The platform cuts a text at 30 characters.</summary>
    private static string Cut(string text) => text.Length <= CalleeRules.MaxTextLength ? text : text[..CalleeRules.MaxTextLength];

    private sealed class SameJson : IEqualityComparer<CampaignReport>
    {
        public bool Equals(CampaignReport? one, CampaignReport? other) => Text(one) == Text(other);

        public int GetHashCode(CampaignReport report) => Text(report).GetHashCode(StringComparison.Ordinal);

        private static string Text(CampaignReport? report) => JsonSerializer.Serialize(report, ReportJson.Default.CampaignReport!);
    }
}
