using System.Diagnostics;

namespace Laaffic.Simulator.Tests;

public class ProgramTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--port", "70000", "--port")]
    [InlineData("--port", "", "--port")]
    [InlineData("--max-tasks", "many", "--max-tasks")]
    [InlineData("--task-duration", "30", "--task-duration")]
    [InlineData("--query-after", "-00:00:01", "--query-after")]
    [InlineData("--balance", "1,5", "--balance")]
    [InlineData("--allow", "somewhere", "--allow")]
    [InlineData("--app-id", "", "--app-id")]
    [InlineData("--locked", "yes", "yes")]
    [InlineData("--colour", "red", "--colour")]
    public async Task A_wrong_argument_is_an_error_that_names_it(string name, string value, string named)
    {
        using var program = Start(name, value);
        await program.WaitForExitAsync(Ct);

        Assert.Equal(2, program.ExitCode);
        Assert.StartsWith($"{named}: ", await program.StandardError.ReadToEndAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_the_options()
    {
        using var program = Start("--help");
        var help = await program.StandardOutput.ReadToEndAsync(Ct);
        await program.WaitForExitAsync(Ct);

        Assert.Equal(0, program.ExitCode);
        Assert.Contains("--task-duration HH:MM:SS", help, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_serves_as_its_arguments_say_and_tells_of_each_task_without_whole_numbers()
    {
        await using var caller = await Caller.StartAsync();
        using var program = Start("--port", "0", "--api-secret", "not to be shown", "--balance", "7.5");
        try
        {
            var first = (await program.StandardOutput.ReadLineAsync(Ct))!;
            var address = new Uri(first[first.IndexOf("http", StringComparison.Ordinal)..]);
            caller.ApiSecret = "not to be shown";
            var balance = caller.Sign(new(HttpMethod.Get, new Uri(address, Caller.BalancePath)));
            Assert.Equal("7.50", (await caller.SendAsync(balance)).Json.GetProperty("balance").GetString());
            var create = caller.Post(
                new Uri(address, Caller.CreatePath).ToString(),
                new StringContent(Caller.Named("shown").ToJsonString())
            );
            Assert.Equal(0, (await caller.SendAsync(create)).Status);

            List<string> shown = [];
            while (!shown.Exists(line => line.Contains("shown:", StringComparison.Ordinal)))
            {
                shown.Add((await program.StandardOutput.ReadLineAsync(Ct))!);
            }

            Assert.Contains("86*********07", shown[^1], StringComparison.Ordinal);
            Assert.DoesNotContain(shown, line => line.Contains("8613200000007", StringComparison.Ordinal));
            Assert.DoesNotContain(shown, line => line.Contains("not to be shown", StringComparison.Ordinal));
        }
        finally
        {
            program.Kill();
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_is_an_error_that_says_so()
    {
        await using var caller = await Caller.StartAsync();

        using var program = Start("--port", caller.Simulator.BaseAddress.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await program.WaitForExitAsync(Ct);

        Assert.Equal(1, program.ExitCode);
        Assert.Contains("already in use", await program.StandardError.ReadToEndAsync(Ct), StringComparison.Ordinal);
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(
            new ProcessStartInfo("dotnet", [typeof(VoiceApiSimulator).Assembly.Location, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
}
