using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Laaffic.Simulator.Tests;

public class ControlSurfaceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Accepted_tasks_and_their_callees_can_be_read()
    {
        await using var caller = await Caller.StartAsync();
        await caller.CreateAsync(
            Caller.Sample(
                """
                {"taskName": "50% off/春",
                 "numberInfoList": [{"calleeNumber": "12025550123"}, {"calleeNumber": "12025550124"}, {"calleeNumber": "12025550123"}]}
                """
            )
        );

        var task = Assert.Single((await caller.Http.GetFromJsonAsync<JsonElement>("simulator/tasks", Ct)).EnumerateArray());
        Assert.Equal(123123, task.GetProperty("keyId").GetInt32());
        Assert.Equal("50% off/春", task.GetProperty("name").GetString());
        Assert.Equal("calling", task.GetProperty("status").GetString());
        Assert.Equal(3, task.GetProperty("callees").GetInt32());
        Assert.Equal(1, task.GetProperty("duplicates").GetInt32());
        Assert.Equal(41, task.GetProperty("settings").GetProperty("agentId").GetInt32());
        Assert.Equal(
            "12025550123\n12025550124\n12025550123\n",
            await caller.Http.GetStringAsync($"simulator/tasks/{Uri.EscapeDataString("50% off/春")}/callees", Ct)
        );
        Assert.Equal(HttpStatusCode.NotFound, (await caller.Http.GetAsync("simulator/tasks/other/callees", Ct)).StatusCode);
    }

    [Fact]
    public async Task Calls_can_be_read_and_do_not_include_the_control_surface()
    {
        await using var caller = await Caller.StartAsync();
        await caller.CreateAsync(Caller.Named("called"));
        await caller.Http.GetAsync("simulator/tasks", Ct);

        var call = Assert.Single((await caller.Http.GetFromJsonAsync<JsonElement>("simulator/calls", Ct)).EnumerateArray());

        Assert.Equal("create", call.GetProperty("endpoint").GetString());
        Assert.Equal("called", call.GetProperty("taskName").GetString());
        Assert.Equal(0, call.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Faults_can_be_set_and_cleared()
    {
        await using var caller = await Caller.StartAsync();

        var added = await PostFaultAsync(
            caller,
            """{"effect": "status", "status": -37, "times": null, "taskName": "name", "delay": "00:00:00.001", "acceptFirst": false}"""
        );
        Assert.Equal(HttpStatusCode.NoContent, added.StatusCode);
        Assert.Equal(
            Fault.Answer(-37) with
            {
                Times = null,
                TaskName = "name",
                Delay = TimeSpan.FromMilliseconds(1),
            },
            Assert.Single(caller.Simulator.Faults.Pending)
        );
        Assert.Equal(-37, (await caller.CreateAsync(Caller.Named("name"))).Status);

        await caller.Http.DeleteAsync("simulator/faults", Ct);
        Assert.Equal(0, (await caller.CreateAsync(Caller.Named("name"))).Status);
    }

    [Theory]
    [InlineData("""{"effect": "status", "state": -37}""", "state")]
    [InlineData("""{"status": -37}""", "effect")]
    [InlineData("""{"effect": "explode"}""", "effect")]
    [InlineData("""{"effect": "status", "times": 0}""", "times")]
    [InlineData("null", "a fault is needed")]
    [InlineData("nonsense", "invalid")]
    public async Task A_wrong_fault_is_refused_with_the_reason(string fault, string reason)
    {
        await using var caller = await Caller.StartAsync();

        var answer = await PostFaultAsync(caller, fault);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Empty(caller.Simulator.Faults.Pending);
    }

    [Fact]
    public async Task The_account_can_be_changed_in_part()
    {
        await using var caller = await Caller.StartAsync();

        var changed = await PutAccountAsync(
            caller,
            """
            {"appId": "app", "apiKey": "key", "apiSecret": "secret", "balance": 2.5, "locked": true,
             "allowedAddresses": ["127.0.0.1"], "maxTasksAtOnce": 3, "taskDuration": "00:01:00"}
            """
        );

        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        var account = caller.Simulator.Account;
        Assert.Equal(
            ("app", "key", "secret", 2.5m, true, 3, TimeSpan.FromMinutes(1)),
            (
                account.AppId,
                account.ApiKey,
                account.ApiSecret,
                account.Balance,
                account.Locked,
                account.MaxTasksAtOnce!.Value,
                account.TaskDuration
            )
        );
        Assert.Equal([IPAddress.Loopback], account.AllowedAddresses!);

        await PutAccountAsync(caller, """{"locked": false, "allowedAddresses": null, "maxTasksAtOnce": null}""");
        Assert.Equal((false, null, null, "app"), (account.Locked, account.AllowedAddresses, account.MaxTasksAtOnce, account.AppId));
    }

    [Theory]
    [InlineData("""{"balance": 5, "locked": "yes"}""", "locked must be true or false")]
    [InlineData("""{"balance": 5, "maxTasksAtOnce": -1}""", "maxTasksAtOnce must be an integer of at least 0")]
    [InlineData("""{"balance": 5, "taskDuration": "soon"}""", "taskDuration must be a time span")]
    [InlineData("""{"balance": 5, "allowedAddresses": ["here"]}""", "allowedAddresses must be an array of IP addresses")]
    [InlineData("""{"balance": 5, "credit": 5}""", "credit is not one of")]
    [InlineData("""{"balance": "5"}""", "balance must be a number")]
    [InlineData("""{"balance": 5, "appId": null}""", "appId must be a string")]
    [InlineData("[]", "an object is needed")]
    public async Task A_wrong_change_of_the_account_changes_nothing(string change, string reason)
    {
        await using var caller = await Caller.StartAsync();

        var answer = await PutAccountAsync(caller, change);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(100, caller.Simulator.Account.Balance);
    }

    private static Task<HttpResponseMessage> PostFaultAsync(Caller caller, string fault) =>
        caller.Http.PostAsync("simulator/faults", new StringContent(fault), Ct);

    private static Task<HttpResponseMessage> PutAccountAsync(Caller caller, string change) =>
        caller.Http.PutAsync("simulator/account", new StringContent(change), Ct);
}
