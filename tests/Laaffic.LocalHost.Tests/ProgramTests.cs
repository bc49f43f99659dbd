using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Azure.Storage.Blobs;

namespace Laaffic.LocalHost.Tests;

public sealed partial class ProgramTests(AzuriteFixture storage) : IClassFixture<AzuriteFixture>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Unknown option '--prot'.", "--prot", "1")]
    [InlineData("Unknown option '-x'.", "-x")]
    [InlineData("Unknown option '--help=yes'.", "--help=yes")]
    [InlineData("--port needs a port number.", "--port")]
    [InlineData("--port needs a port number.", "--port", "--verbose")]
    [InlineData("--port is 'http': use a number from 0 to 65535.", "--port", "http")]
    [InlineData("--port is '65536': use a number from 0 to 65535.", "--port=65536")]
    [InlineData("--data needs a folder.", "--data=")]
    [InlineData("Only one folder can be given: 'a' or 'b'.", "a", "b")]
    [InlineData("The folder 'no such folder' does not exist.", "no such folder")]
    public async Task A_wrong_command_line_is_told_and_starts_nothing(string message, params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync([], arguments);

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.StartsWith(message, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_every_option()
    {
        var (exitCode, output, _) = await RunAsync([], "--help");

        Assert.Equal(0, exitCode);
        Assert.All(
            ["FOLDER", "--port", "--data", "--verbose", "AzureWebJobsStorage", "Laaffic__BaseUrl"],
            option => Assert.Contains(option, output, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Version_is_one_line()
    {
        var (exitCode, output, errors) = await RunAsync([], "--version");

        Assert.Equal(0, exitCode);
        Assert.Matches(@"^[0-9]+\.[0-9]+\.[0-9]+\S*\s*$", output);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Data_cannot_be_kept_of_storage_that_is_not_its_own()
    {
        var (exitCode, _, errors) = await RunAsync([("AzureWebJobsStorage", storage.ConnectionString)], "--data", "unused");

        Assert.Equal(2, exitCode);
        Assert.StartsWith("--data is for Azurite's data", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Served_on_given_storage_it_creates_the_containers_and_shows_how_a_file_is_dropped()
    {
        using var process = Start([("AzureWebJobsStorage", storage.ConnectionString)], "--port", "0");
        try
        {
            var output = await ReadUntilAsync(process, "Ctrl+C stops it.");
            var dropUrl = DropUrl().Match(output).Groups[1].Value;
            Assert.StartsWith(
                new BlobServiceClient(storage.ConnectionString).Uri.AbsoluteUri.TrimEnd('/') + "/campaigns/my.csv?",
                dropUrl,
                StringComparison.Ordinal
            );

            using var http = new HttpClient();
            using var content = new StringContent("calleeNumber");
            using var request = new HttpRequestMessage(HttpMethod.Put, dropUrl) { Content = content };
            request.Headers.Add("x-ms-blob-type", "BlockBlob");
            using var answer = await http.SendAsync(request, Cancelled);
            answer.EnsureSuccessStatusCode();

            var blobs = new BlobServiceClient(storage.ConnectionString);
            Assert.True(await blobs.GetBlobContainerClient("campaigns").GetBlobClient("my.csv").ExistsAsync(Cancelled));
            foreach (var container in (string[])["profiles", "tasks", "results"])
            {
                Assert.True(await blobs.GetBlobContainerClient(container).ExistsAsync(Cancelled), container);
            }
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task No_storage_server_is_left_behind_when_it_is_killed()
    {
        using var process = Start([], "--port", "0");
        var output = await ReadUntilAsync(process, "Ctrl+C stops it.");
        var port = int.Parse(StoragePort().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(IsListening(port));

        process.Kill();

        await Wait.UntilAsync(() => !IsListening(port));
    }

    private static bool IsListening(int port)
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        (string, string)[] environment,
        params string[] arguments
    )
    {
        using var process = Start(environment, arguments);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(Cancelled);
            var errors = process.StandardError.ReadToEndAsync(Cancelled);
            await process.WaitForExitAsync(Cancelled).WaitAsync(Deadline, Cancelled);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task<string> ReadUntilAsync(Process process, string last)
    {
        List<string> lines = [];
        while (await process.StandardOutput.ReadLineAsync(Cancelled).AsTask().WaitAsync(Deadline, Cancelled) is { } line)
        {
            lines.Add(line);
            if (line.Contains(last, StringComparison.Ordinal))
            {
                return string.Join('\n', lines);
            }
        }

        throw new InvalidOperationException($"It ended: {await process.StandardError.ReadToEndAsync(Cancelled)}");
    }

    private static Process Start((string Name, string Value)[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Laaffic.LocalHost.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var name in start
                .Environment.Keys.Where(name =>
                    name.StartsWith("Laaffic", StringComparison.Ordinal) || name.StartsWith("AzureWebJobs", StringComparison.Ordinal)
                )
                .ToArray()
        )
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    [GeneratedRegex("""curl -X PUT -H "x-ms-blob-type: BlockBlob" -T my.csv "([^"]+)".*""")]
    private static partial Regex DropUrl();

    [GeneratedRegex(@"Storage +http://127.0.0.1:(\d+)/")]
    private static partial Regex StoragePort();
}
