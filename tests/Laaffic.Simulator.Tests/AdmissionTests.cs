using System.Net;

namespace Laaffic.Simulator.Tests;

public class AdmissionTests
{
    [Fact]
    public void The_signature_of_the_documents_is_what_these_tests_sign_with() =>
        Assert.Equal("05d7a50893e22a5c4bb3216ae3396c7c", Caller.Signature("bDqJFiq9", "7bz1lzh9", "1630468800"));

    [Fact]
    public async Task The_sample_request_signed_at_its_own_time_is_accepted()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1630468800));
        await using var caller = await Caller.StartAsync(new() { Time = time });

        var answer = await caller.CreateAsync(Caller.Sample());

        Assert.Equal("""{"status":"0","reason":"success","data":123123}""", answer.Text);
    }

    [Fact]
    public async Task An_upper_case_signature_is_accepted()
    {
        await using var caller = await Caller.StartAsync();
        var request = caller.Post(Caller.CreatePath, new StringContent(Caller.Sample().ToJsonString()));
        var sign = request.Headers.GetValues("Sign").Single();
        request.Headers.Remove("Sign");
        request.Headers.Add("Sign", sign.ToUpperInvariant());

        Assert.Equal(0, (await caller.SendAsync(request)).Status);
    }

    [Theory]
    [InlineData("Sign")]
    [InlineData("Api-Key")]
    [InlineData("Timestamp")]
    public async Task A_missing_header_fails_authentication(string header)
    {
        await using var caller = await Caller.StartAsync();
        var request = caller.Post(Caller.CreatePath, new StringContent(Caller.Sample().ToJsonString()));
        request.Headers.Remove(header);

        Assert.Equal(-1, (await caller.SendAsync(request)).Status);
        Assert.Empty(caller.Simulator.AcceptedTasks);
    }

    [Fact]
    public async Task A_wrong_key_or_secret_fails_authentication_until_the_account_has_it()
    {
        await using var caller = await Caller.StartAsync();

        caller.ApiSecret = "new secret";
        Assert.Equal(-1, (await caller.CreateAsync(Caller.Sample())).Status);
        caller.ApiKey = "newKey";
        Assert.Equal(-1, (await caller.CreateAsync(Caller.Sample())).Status);
        caller.Simulator.Account.ApiKey = "newKey";
        caller.Simulator.Account.ApiSecret = "new secret";
        Assert.Equal(0, (await caller.CreateAsync(Caller.Sample())).Status);
    }

    [Theory]
    [InlineData(-299, 0)]
    [InlineData(299, 0)]
    [InlineData(-302, -16)]
    [InlineData(302, -16)]
    public async Task The_timestamp_may_be_five_minutes_off(int seconds, int status)
    {
        await using var caller = await Caller.StartAsync();
        caller.ClockOffset = TimeSpan.FromSeconds(seconds);

        Assert.Equal(status, (await caller.CreateAsync(Caller.Sample())).Status);
    }

    [Fact]
    public async Task A_timestamp_in_milliseconds_has_expired()
    {
        await using var caller = await Caller.StartAsync();
        var request = caller.Post(Caller.CreatePath, new StringContent(Caller.Sample().ToJsonString()));
        var timestamp = request.Headers.GetValues("Timestamp").Single() + "000";
        request.Headers.Remove("Timestamp");
        request.Headers.Remove("Sign");
        request.Headers.Add("Timestamp", timestamp);
        request.Headers.Add("Sign", Caller.Signature(caller.ApiKey, caller.ApiSecret, timestamp));

        Assert.Equal(-16, (await caller.SendAsync(request)).Status);
    }

    [Fact]
    public async Task A_server_whose_clock_is_off_tells_its_time_in_the_Date_header()
    {
        await using var caller = await Caller.StartAsync();
        caller.Simulator.ClockOffset = TimeSpan.FromHours(1);

        var refused = await caller.CreateAsync(Caller.Sample());
        Assert.Equal(-16, refused.Status);
        caller.ClockOffset = refused.Date!.Value - DateTimeOffset.UtcNow;
        Assert.InRange(caller.ClockOffset, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        Assert.Equal(0, (await caller.CreateAsync(Caller.Sample())).Status);
    }

    [Fact]
    public async Task An_address_that_is_not_allowed_is_refused_before_all_else()
    {
        await using var caller = await Caller.StartAsync();
        caller.Simulator.Account.AllowedAddresses = [IPAddress.Parse("203.0.113.9")];
        caller.ApiSecret = "wrong too";

        Assert.Equal(-2, (await caller.CreateAsync(Caller.Sample())).Status);
        caller.ApiSecret = caller.Simulator.Account.ApiSecret;
        caller.Simulator.Account.AllowedAddresses = [IPAddress.Loopback];
        Assert.Equal(0, (await caller.CreateAsync(Caller.Sample())).Status);
    }

    [Fact]
    public async Task A_locked_user_is_refused_before_the_fields_are_looked_at()
    {
        await using var caller = await Caller.StartAsync(new() { Account = new() { Locked = true } });

        Assert.Equal(-13, (await caller.CreateAsync([])).Status);
    }

    [Theory]
    [InlineData("POST", Caller.QueryPath)]
    [InlineData("POST", Caller.CancelPath)]
    [InlineData("GET", Caller.BalancePath)]
    public async Task Every_endpoint_checks_the_signature(string method, string path)
    {
        await using var caller = await Caller.StartAsync();
        caller.ApiSecret = "wrong";
        var request =
            method == "GET"
                ? caller.Sign(new(HttpMethod.Get, path))
                : caller.Post(path, new StringContent("""{"current":1,"size":1,"taskIdList":[1]}"""));

        Assert.Equal(-1, (await caller.SendAsync(request)).Status);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    [InlineData("application/json;charset=GBK")]
    public async Task Another_content_type_than_the_documented_one_is_a_bad_parameter(string type)
    {
        await using var caller = await Caller.StartAsync();
        var request = caller.Post(Caller.CreatePath, new StringContent(Caller.Sample().ToJsonString()));
        request.Content!.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);

        Assert.Equal(-22, (await caller.SendAsync(request)).Status);
    }
}
