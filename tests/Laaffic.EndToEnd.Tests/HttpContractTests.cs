using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Laaffic.Api;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Functions;
using Laaffic.Functions.Http;
using Laaffic.Simulator;
using Laaffic.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Laaffic.EndToEnd.Tests;

/// <summary>The HTTP endpoints as a caller sees them: what each request is answered, and what it does.</summary>
public sealed class HttpContractTests(StorageFixture storage)
{
    private const string Csv = "calleeNumber,text1\n12025550101,Ann\n12025550102,Ben\n";
    private const string Profile = """{"taskName":"{file} {date} {time}","agentId":41}""";

    [Fact]
    public async Task What_became_of_an_uncertain_task_can_be_told()
    {
        await using var app = await HttpApp.StartAsync(storage);
        app.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        app.Simulator.Faults.Add(Fault.Reply(500) with { Endpoint = ApiEndpoint.Query, Times = null });
        Assert.Equal(HttpStatusCode.Accepted, (await app.PostJsonAsync(TestApp.ThreeCallees)).Status);

        var answer = await app.PostAsync(
            """{"outcome":"accepted","keyId":4711,"by":"Ann"}""",
            "application/json",
            "/Reminder/tasks/1/resolve"
        );

        Assert.Equal((HttpStatusCode.OK, "accepted"), (answer.Status, answer.State));
        Assert.Equal(4711, answer.Report.GetProperty("tasks")[0].GetProperty("keyId").GetInt64());
        Assert.Contains("Ann", answer.Report.GetProperty("tasks")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        var other = await app.PostAsync("""{"outcome":"notAccepted","by":"Ben"}""", "application/json", "/Reminder/tasks/1/resolve");
        Assert.Equal(HttpStatusCode.Conflict, other.Status);
        Assert.Equal(1, app.Simulator.CreateCallsReceived);
    }

    [Theory]
    [InlineData("", "JSON object")]
    [InlineData("[]", "JSON object")]
    [InlineData("{}", "outcome")]
    [InlineData("""{"outcome":"maybe","by":"Ann"}""", "outcome")]
    [InlineData("""{"outcome":"notAccepted"}""", "by must name")]
    [InlineData("""{"outcome":"notAccepted","by":" "}""", "by must name")]
    [InlineData("""{"outcome":"accepted","by":"Ann"}""", "keyId")]
    [InlineData("""{"outcome":"notAccepted","keyId":0,"by":"Ann"}""", "keyId")]
    [InlineData("""{"outcome":"accepted","keyID":5,"by":"Ann"}""", "no other fields")]
    public async Task What_is_no_word_on_a_task_is_answered_400(string body, string says)
    {
        await using var app = await HttpApp.StartAsync(storage);
        await app.PostJsonAsync(TestApp.ThreeCallees);

        var answer = await app.PostAsync(body, "application/json", "/Reminder/tasks/1/resolve");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(says, answer.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [
        InlineData("/Reminder/tasks/2/resolve"),
        InlineData("/Reminder/tasks/0/resolve"),
        InlineData("/Reminder/tasks/x/resolve"),
        InlineData("/Other/tasks/1/resolve")
    ]
    public async Task A_task_that_is_not_there_cannot_be_told_about(string address)
    {
        await using var app = await HttpApp.StartAsync(storage);
        await app.PostJsonAsync(TestApp.ThreeCallees);

        Assert.Equal(
            HttpStatusCode.NotFound,
            (await app.PostAsync("""{"outcome":"notAccepted","by":"Ann"}""", "application/json", address)).Status
        );
    }

    [Fact]
    public async Task A_json_campaign_is_accepted_and_answered_with_its_report()
    {
        await using var app = await HttpApp.StartAsync(storage);

        var answer = await app.PostJsonAsync(TestApp.ThreeCallees);

        Assert.Equal((HttpStatusCode.OK, "accepted"), (answer.Status, answer.State));
        Assert.Equal((3, 3, 0), (answer.Count("read"), answer.Count("accepted"), answer.Count("waiting")));
        var task = Assert.Single(answer.Body.GetProperty("tasks").EnumerateArray());
        Assert.Equal(app.Simulator.FindTask("Reminder")!.KeyId, task.GetProperty("keyId").GetInt64());
        Assert.Equal(["12025550101", "12025550102", "12025550103"], app.Simulator.FindTask("Reminder")!.Numbers);
        AssertSame(answer, await app.GetCampaignAsync("Reminder"));
    }

    [Fact]
    public async Task A_campaign_that_has_to_wait_is_answered_202_and_accepted_when_the_timer_has_tried_again()
    {
        await using var app = await HttpApp.StartAsync(storage);
        app.Simulator.Faults.Add(Fault.Answer(-37));

        var answer = await app.PostJsonAsync(TestApp.ThreeCallees);

        Assert.Equal((HttpStatusCode.Accepted, "waiting", 3), (answer.Status, answer.State, answer.Count("waiting")));
        var task = Assert.Single(answer.Body.GetProperty("tasks").EnumerateArray());
        Assert.Equal("deferred", task.GetProperty("state").GetString());
        Assert.Contains("-37", task.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, task.GetProperty("nextAttempt").ValueKind);
        Assert.Equal(1, answer.Body.GetProperty("placeInQueue").GetInt32());
        Assert.StartsWith("busy: ", answer.Body.GetProperty("waitsFor").GetString(), StringComparison.Ordinal);
        AssertSame(answer, await app.GetCampaignAsync("Reminder"));

        var later = await app.GetWhenAsync("Reminder", CampaignStates.Accepted);
        Assert.Equal((HttpStatusCode.OK, 3, 0), (later.Status, later.Count("accepted"), later.Count("waiting")));
        Assert.Equal(2, app.Simulator.CreateCallsReceived);
        AssertSame(later, await app.PostJsonAsync(TestApp.ThreeCallees));
    }

    [Fact]
    public async Task The_same_request_sent_again_is_answered_the_same_and_calls_nobody_again()
    {
        await using var app = await HttpApp.StartAsync(storage);

        var first = await app.PostJsonAsync(TestApp.ThreeCallees);
        var second = await app.PostJsonAsync(TestApp.ThreeCallees);

        AssertSame(first, second);
        Assert.Equal(1, app.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task The_same_csv_sent_again_is_one_campaign_although_its_name_would_have_another_time()
    {
        await using var app = await HttpApp.StartAsync(storage);
        await app.PutProfileAsync("default", Profile);

        var first = await app.PostCsvAsync(Csv);
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        var second = await app.PostCsvAsync(Csv);
        var byName = await app.PostCsvAsync(Csv, "?profile=default");

        Assert.Equal((HttpStatusCode.OK, "accepted"), (first.Status, first.State));
        AssertSame(first, second);
        AssertSame(first, byName);
        Assert.Equal(1, app.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task A_repeated_request_is_answered_as_before_although_its_sendTime_is_past_by_then()
    {
        await using var app = await HttpApp.StartAsync(storage);
        var at = app.Clock.GetUtcNow().AddHours(1).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        var campaign = TestApp.ThreeCallees.Replace("\"agentId\"", $"\"sendTime\":\"{at}\",\"agentId\"", StringComparison.Ordinal);
        var first = await app.PostJsonAsync(campaign);
        app.Clock.Advance(TimeSpan.FromHours(2));

        AssertSame(first, await app.PostJsonAsync(campaign));
        var other = await app.PostJsonAsync(campaign.Replace("Reminder", "Another", StringComparison.Ordinal));

        Assert.Equal((HttpStatusCode.OK, "accepted"), (first.Status, first.State));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "sendTime"), (other.Status, Assert.Single(other.Errors).Field));
        Assert.Equal(1, app.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task Ten_equal_requests_at_once_are_one_campaign()
    {
        await using var app = await HttpApp.StartAsync(storage);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => app.PostJsonAsync(TestApp.ThreeCallees)));

        Assert.All(
            answers,
            answer =>
            {
                Assert.Equal(answer.State == "accepted" ? HttpStatusCode.OK : HttpStatusCode.Accepted, answer.Status);
                Assert.Equal("Reminder", answer.Report.GetProperty("taskName").GetString());
                Assert.Equal(3, answer.Count("accepted") + answer.Count("waiting"));
            }
        );
        Assert.Contains(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Single(answers.Select(answer => answer.Report.GetProperty("committedAt").GetDateTimeOffset()).Distinct());
        Assert.Equal("accepted", (await app.PostJsonAsync(TestApp.ThreeCallees)).State);
        Assert.Equal(1, app.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task A_task_name_with_other_content_is_a_conflict()
    {
        await using var app = await HttpApp.StartAsync(storage);
        await app.PostJsonAsync(TestApp.ThreeCallees);

        var answer = await app.PostJsonAsync(TestApp.ThreeCallees.Replace("Ann", "Bea", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        var error = Assert.Single(answer.Errors);
        Assert.Equal("taskName", error.Field);
        Assert.Contains("POST /api/campaigns", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, app.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task Broken_json_is_answered_400_with_its_line()
    {
        await using var app = await HttpApp.StartAsync(storage);

        var answer = await app.PostJsonAsync(
            "{\n  \"taskName\": \"Reminder\",\n  \"numberInfoList\": [{\"calleeNumber\": \"12025550101\"},],\n  \"agentId\": 41\n}"
        );

        Assert.Equal((HttpStatusCode.BadRequest, 3), (answer.Status, Assert.Single(answer.Errors).Line));
    }

    [Theory]
    [InlineData("application/json", "empty")]
    [InlineData("text/csv", "no header row")]
    public async Task An_empty_request_is_answered_400(string contentType, string message)
    {
        await using var app = await HttpApp.StartAsync(storage);

        var answer = await app.PostAsync("", contentType);

        Assert.Equal((HttpStatusCode.BadRequest, 0), (answer.Status, answer.Count("read")));
        Assert.Contains(message, Assert.Single(answer.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_rules_are_all_answered_at_once_by_field()
    {
        await using var app = await HttpApp.StartAsync(storage);

        var answer = await app.PostJsonAsync(
            """
            {
              "taskName": "R", "displayNum": "+1", "maxCalls": 1000, "maxRinging": 60,
              "allowSendTime": [{ "strTime": "9", "endTime": "10:00" }],
              "recallFlow": { "recallType": 1, "recallInterval": 5, "recallNum": 11 },
              "numberInfoList": [{ "calleeNumber": "12025550101", "texts1": "Ann" }, { "calleeNumber": "12025550102" }]
            }
            """
        );

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Equal(
            [
                "agentId",
                "allowSendTime[0].strTime",
                "displayNum",
                "maxCalls",
                "maxRinging",
                "numberInfoList[0].texts1",
                "recallFlow.recallNum",
                "taskName",
            ],
            answer.Errors.Select(error => error.Field).Order(StringComparer.Ordinal)
        );
        Assert.All(answer.Errors.Where(error => error.Field != "agentId"), error => Assert.NotNull(error.Line));
        Assert.Equal(answer.Errors.Count, answer.Report.GetProperty("errorCount").GetInt64());
        Assert.Equal(0, app.Simulator.CreateCallsReceived);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData(null)]
    public async Task Neither_json_nor_csv_is_answered_415(string? contentType)
    {
        await using var app = await HttpApp.StartAsync(storage);

        var answer = await app.PostAsync(TestApp.ThreeCallees, contentType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Status);
        Assert.Contains("application/json", answer.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON")]
    public async Task Content_types_are_read_as_http_means_them(string contentType)
    {
        await using var app = await HttpApp.StartAsync(storage);

        Assert.Equal(HttpStatusCode.OK, (await app.PostAsync(TestApp.ThreeCallees, contentType)).Status);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public async Task A_request_above_the_limit_is_answered_413_whether_or_not_it_tells_its_length_or_asks_first(
        bool tellsLength,
        bool asksFirst
    )
    {
        await using var app = await HttpApp.StartAsync(storage);
        var request = new HttpRequestMessage(HttpMethod.Post, "campaigns")
        {
            Content = new Spaces(RequestLimit.Bytes + 10_000_000, tellsLength),
        };
        request.Headers.ExpectContinue = asksFirst;

        var answer = await app.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.Contains("100 MiB", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_csv_takes_its_settings_from_the_default_profile_or_the_one_it_names()
    {
        await using var app = await HttpApp.StartAsync(storage);
        await app.PutProfileAsync("default", """{"taskName":"By default","agentId":41}""");
        await app.PutProfileAsync("spring", """{"taskName":"In spring","agentId":42}""");

        var byDefault = await app.PostCsvAsync(Csv);
        var named = await app.PostCsvAsync(Csv, "?profile=spring");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (byDefault.Status, named.Status));
        Assert.Equal(41, app.Simulator.FindTask("By default")!.Settings.GetProperty("agentId").GetInt32());
        Assert.Equal(42, app.Simulator.FindTask("In spring")!.Settings.GetProperty("agentId").GetInt32());
    }

    [Theory]
    [InlineData("../results/x")]
    [InlineData("a/../../results/x")]
    [InlineData("%2e%2e%2fresults%2fx")]
    [InlineData("..\\results\\x")]
    public async Task A_file_of_another_container_cannot_be_read_as_a_profile(string name)
    {
        await using var app = await HttpApp.StartAsync(storage);
        await app
            .Blobs.GetBlobContainerClient(Containers.Results)
            .UploadBlobAsync(
                "x.json",
                BinaryData.FromString("""{"taskName":"Not a profile","agentId":41}"""),
                TestContext.Current.CancellationToken
            );

        var answer = await app.PostCsvAsync(Csv, "?profile=" + Uri.EscapeDataString(name));

        Assert.Equal((HttpStatusCode.BadRequest, "profile"), (answer.Status, Assert.Single(answer.Errors).Field));
        Assert.Contains($"\"{name}\" cannot be a profile's name", answer.Errors[0].Message, StringComparison.Ordinal);
        Assert.NotEmpty(answer.Detail!);
        Assert.Equal(0, app.Simulator.CreateCallsReceived);
    }

    [Theory]
    [InlineData("sendTime", "\"sendTime\":\"0001-01-01 00:00:00\"")]
    [InlineData("sendTime", "\"sendTime\":\"9999-12-31T23:59:59+00:00\"")]
    [InlineData("delivery.submitAt", "\"delivery\":{\"submitAt\":\"9999-12-31T23:59:59Z\"}")]
    [InlineData("delivery.expireAt", "\"delivery\":{\"expireAt\":\"9999-12-31T23:59:59+14:00\"}")]
    public async Task A_date_out_of_this_century_is_answered_422_with_its_field(string field, string setting)
    {
        await using var app = await HttpApp.StartAsync(storage);

        var answer = await app.PostJsonAsync(
            TestApp.ThreeCallees.Replace("\"agentId\"", $"{setting},\"agentId\"", StringComparison.Ordinal)
        );

        Assert.Equal((HttpStatusCode.UnprocessableEntity, field), (answer.Status, Assert.Single(answer.Errors).Field));
        Assert.Contains("is in none of the years 2000 to 2100", answer.Errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_that_does_not_exist_is_named()
    {
        await using var app = await HttpApp.StartAsync(storage);

        var answer = await app.PostCsvAsync(Csv, "?profile=autumn");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains(
            answer.Errors,
            error => error.Field == "taskName" && error.Message.Contains("profiles/autumn.json does not exist", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_json_campaign_takes_no_profile()
    {
        await using var app = await HttpApp.StartAsync(storage);

        var answer = await app.PostAsync(TestApp.ThreeCallees, "application/json", "?profile=spring");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(0, app.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task A_task_that_Laaffic_rejects_is_answered_422_with_its_reason()
    {
        await using var app = await HttpApp.StartAsync(storage);
        app.Simulator.Faults.Add(Fault.Answer(-60));

        var answer = await app.PostJsonAsync(TestApp.ThreeCallees);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "rejected", 3), (answer.Status, answer.State, answer.Count("notSubmitted")));
        Assert.Contains("-60", Assert.Single(answer.Errors).Message, StringComparison.Ordinal);
        AssertSame(answer, await app.PostJsonAsync(TestApp.ThreeCallees));
        var read = await app.GetCampaignAsync("Reminder");
        Assert.Equal(HttpStatusCode.OK, read.Status);
        AssertSame(answer, read);
        Assert.Equal(1, app.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task Rejected_callees_are_told_and_listed()
    {
        await using var app = await HttpApp.StartAsync(storage);
        await app.PutProfileAsync("default", """{"taskName":"Spring/Offer","agentId":41}""");

        var answer = await app.PostCsvAsync(
            "calleeNumber,text1\n12025550101,Ann\n12025,Ben\n12025550101,Ann\n8613200000007.00,Cem\n=12025550102,Dan\n"
        );

        Assert.Equal(
            (HttpStatusCode.OK, 5, 1, 1, 3),
            (answer.Status, answer.Count("read"), answer.Count("accepted"), answer.Count("duplicate"), answer.Count("rejected"))
        );
        Assert.Equal(
            [(3, "the number has 5 digits; 6 to 18 are needed"), (5, "it is a number with decimals"), (6, "the number contains '='")],
            Rejected(answer).Select(callee => (callee.Line, callee.Reason.Split(',', ':')[0]))
        );
        var file = answer.Report.GetProperty("rejectedFile").GetString()!;
        Assert.Matches("^results/_api/Spring_Offer-[0-9a-f]{8}\\.rejected\\.csv$", file);
        var lines = (await app.ResultAsync(file["results/".Length..])).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["\uFEFFline,reason,calleeNumber,text1", "3:12025,Ben", "4:12025550101,Ann", "5:8613200000007.00,Cem", "6:'=12025550102,Dan"],
            lines.Select(line => line.StartsWith('\uFEFF') ? line : $"{line[0]}:{string.Join(',', line.Split(',')[^2..])}")
        );
    }

    [Theory]
    [InlineData("text/csv")]
    [InlineData("application/json")]
    public async Task When_nobody_is_left_to_call_the_first_rejections_are_answered(string contentType)
    {
        await using var app = await HttpApp.StartAsync(storage);
        var numbers = Enumerable.Range(0, 25).Select(n => $"120255501{n:00} {(n % 2 == 0 ? "x" : "(home")}");
        var campaign =
            contentType == "text/csv"
                ? "# taskName: Nobody\n# agentId: 41\ncalleeNumber\n" + string.Join('\n', numbers)
                : $$"""{"taskName":"Nobody","agentId":41,"numberInfoList":"""
                    + $$"""[{{string.Join(",\n", numbers.Select(number => $$"""{"calleeNumber":"{{number}}"}"""))}}]}""";

        var answer = await app.PostAsync(campaign, contentType);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, 25, 25), (answer.Status, answer.Count("read"), answer.Count("rejected")));
        Assert.Contains("of 25 callees 25 were rejected", Assert.Single(answer.Errors).Message, StringComparison.Ordinal);
        var first = contentType == "text/csv" ? 4 : 1;
        Assert.Equal(Enumerable.Range(first, 20).Select(line => (long)line), Rejected(answer).Select(callee => callee.Line));
        Assert.All(Rejected(answer), callee => Assert.Contains("the number contains '", callee.Reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("智能體API-16")]
    [InlineData("two words")]
    [InlineData("spring/offer")]
    [InlineData("50% off")]
    [InlineData("100%2Fday")]
    [InlineData("a?b#c&d=e+f")]
    [InlineData("Zoë; «d'été»")]
    public async Task One_campaign_is_found_by_any_name(string taskName)
    {
        await using var app = await HttpApp.StartAsync(storage);
        var posted = await app.PostJsonAsync(
            TestApp.ThreeCallees.Replace("\"Reminder\"", JsonSerializer.Serialize(taskName), StringComparison.Ordinal)
        );

        var answer = await app.GetCampaignAsync(taskName);

        Assert.Equal(HttpStatusCode.OK, posted.Status);
        AssertSame(posted, answer);
        Assert.Equal(taskName, answer.Report.GetProperty("taskName").GetString());
    }

    [Fact]
    public async Task An_unknown_campaign_is_answered_404()
    {
        await using var app = await HttpApp.StartAsync(storage);

        var answer = await app.GetCampaignAsync("spring/智能體");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Contains("'spring/智能體'", answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Campaigns_are_listed_in_pages_the_newest_first()
    {
        await using var app = await HttpApp.StartAsync(storage);
        Assert.Equal([], Names(await app.GetAsync("campaigns")));
        for (var n = 1; n <= 5; n++)
        {
            await app.PostJsonAsync(TestApp.ThreeCallees.Replace("Reminder", $"Reminder {n}", StringComparison.Ordinal));
            app.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["Reminder 5", "Reminder 4", "Reminder 3", "Reminder 2", "Reminder 1"], Names(await app.GetAsync("campaigns")));
        List<string> paged = [];
        var address = "campaigns?size=2";
        for (var pages = 0; pages < 3; pages++)
        {
            var page = await app.GetAsync(address);
            Assert.InRange(Names(page).Count, 1, 2);
            paged.AddRange(Names(page));
            var continuation = page.Body.GetProperty("continuation").GetString();
            Assert.Equal(pages == 2, continuation is null);
            address = $"campaigns?size=2&continuation={Uri.EscapeDataString(continuation ?? "")}";
        }

        Assert.Equal(["Reminder 5", "Reminder 4", "Reminder 3", "Reminder 2", "Reminder 1"], paged);
        var newest = (await app.GetAsync("campaigns?size=1")).Body.GetProperty("campaigns")[0];
        Assert.Equal(
            ("accepted", 1, 3),
            (newest.GetProperty("state").GetString(), newest.GetProperty("tasks").GetInt32(), newest.GetProperty("accepted").GetInt64())
        );
    }

    [Theory]
    [InlineData("?size=0", "size is '0'")]
    [InlineData("?size=1001", "size is '1001'")]
    [InlineData("?size=many", "size is 'many'")]
    [InlineData("?size=-1", "size is '-1'")]
    [InlineData("?continuation=nonsense", "continuation")]
    [InlineData("?continuation=0000000000000000000:' or PartitionKey ne '", "continuation")]
    public async Task A_bad_page_is_answered_400(string query, string detail)
    {
        await using var app = await HttpApp.StartAsync(storage);

        var answer = await app.GetAsync("campaigns" + query);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(detail, answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_is_200_even_on_hold_and_tells_why()
    {
        await using var app = await HttpApp.StartAsync(storage);
        var before = await app.GetAsync("health/details");
        app.Simulator.Account.Balance = 0;
        Assert.Equal(HttpStatusCode.Accepted, (await app.PostJsonAsync(TestApp.ThreeCallees)).Status);

        var held = await app.GetAsync("health/details");

        Assert.Equal((HttpStatusCode.OK, JsonValueKind.Null), (before.Status, before.Body.GetProperty("hold").ValueKind));
        Assert.Equal(HttpStatusCode.OK, held.Status);
        Assert.Contains("-10", held.Body.GetProperty("hold").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_storage_health_is_503_and_a_campaign_is_answered_503_and_can_be_sent_again()
    {
        await using var app = await HttpApp.StartAsync(DeadAccount());

        var health = app.GetAsync("health/details");
        var posted = app.PostJsonAsync(TestApp.ThreeCallees);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await health).Status);
        Assert.False((await health).Body.GetProperty("isHealthy").GetBoolean());
        Assert.Contains("storage", (await health).Body.GetProperty("storage").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await posted).Status);
        Assert.Contains("Send the same request again later", (await posted).Detail, StringComparison.Ordinal);
        Assert.Equal(0, app.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task Without_an_identity_for_storage_health_says_so_and_a_campaign_is_answered_503()
    {
        var nobody = new NoIdentity();
        await using var simulator = await VoiceApiSimulator.StartAsync(new SimulatorOptions(), TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = simulator.BaseAddress };
        CredentialsProvider secrets = (_, _) => new(new LaafficCredentials("app", "key", "secret"));
        await using var parts = AppComposition.Compose(
            new BlobServiceClient(new Uri("https://nobody.blob.core.windows.net"), nobody),
            new TableServiceClient(new Uri("https://nobody.table.core.windows.net"), nobody),
            http,
            secrets,
            new CampaignOptions(),
            TimeProvider.System
        );
        var (service, guard) = (parts.GetRequiredService<CampaignService>(), new FailureGuard(NullLogger<FailureGuard>.Instance));
        var request = new DefaultHttpContext().Request;

        var health = Assert.IsType<ContentResult>(
            await new HealthDetails(service, guard).Run(request, TestContext.Current.CancellationToken)
        );
        var listed = Assert.IsType<ContentResult>(
            await new ListCampaigns(service, guard).Run(request, TestContext.Current.CancellationToken)
        );

        Assert.Equal((503, 503), (health.StatusCode, listed.StatusCode));
        Assert.Contains("No identity was found.", health.Content, StringComparison.Ordinal);
        Assert.Contains("Storage does not answer", listed.Content, StringComparison.Ordinal);
    }

    private static void AssertSame(Answer expected, Answer actual) =>
        Assert.True(JsonElement.DeepEquals(expected.Report, actual.Report), $"Expected {expected.Report}\nbut got {actual.Report}");

    private static IReadOnlyList<string> Names(Answer page) =>
        [.. page.Body.GetProperty("campaigns").EnumerateArray().Select(campaign => campaign.GetProperty("taskName").GetString()!)];

    private static IReadOnlyList<(long Line, string Reason)> Rejected(Answer answer) =>
        [
            .. answer
                .Report.GetProperty("rejectedCallees")
                .EnumerateArray()
                .Select(callee => (callee.GetProperty("line").GetInt64(), callee.GetProperty("reason").GetString()!)),
        ];

    /// <summary>An account at a port that nobody listens on.</summary>
    private static string DeadAccount()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var key = Convert.ToBase64String(Encoding.ASCII.GetBytes("nobody"));
        return $"DefaultEndpointsProtocol=http;AccountName=nobody;AccountKey={key};BlobEndpoint=http://127.0.0.1:{port}/nobody;"
            + $"TableEndpoint=http://127.0.0.1:{port}/nobody;";
    }

    /// <summary>JSON white space, as much as is wanted.</summary>
    private sealed class Spaces : HttpContent
    {
        private readonly long _length;
        private readonly bool _tellsLength;

        public Spaces(long length, bool tellsLength)
        {
            (this._length, this._tellsLength) = (length, tellsLength);
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var spaces = Encoding.ASCII.GetBytes(new string(' ', 1 << 16));
            for (var left = _length; left > 0; left -= spaces.Length)
            {
                await stream.WriteAsync(spaces.AsMemory(0, (int)Math.Min(left, spaces.Length)), TestContext.Current.CancellationToken);
            }
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = _length;
            return _tellsLength;
        }
    }

    private sealed class NoIdentity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new CredentialUnavailableException("No identity was found.");

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new CredentialUnavailableException("No identity was found.");
    }
}
