using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Laaffic.LocalHost.Tests;

public sealed class HttpFunctionTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Routes_methods_route_values_bodies_and_results_are_those_of_the_function()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.BaseAddress };
        Assert.EndsWith("/api/", host.BaseAddress.AbsoluteUri, StringComparison.Ordinal);

        var item = await http.GetFromJsonAsync<Item>($"items/{Uri.EscapeDataString("智能體 16")}/parts/7", Cancelled);
        Assert.Equal(new Item("智能體 16", "7", "from the services"), item);

        using var posted = await http.PostAsync("items", new StringContent("the body"), Cancelled);
        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
        Assert.Equal("the body", await posted.Content.ReadAsStringAsync(Cancelled));

        using var wrongMethod = await http.DeleteAsync("items", Cancelled);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, wrongMethod.StatusCode);
        using var unknown = await http.GetAsync("nothing", Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_route_defaults_to_the_name_of_the_function()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.BaseAddress };

        using var answer = await http.PatchAsync("Unrouted", null, Cancelled);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    [Fact]
    public async Task A_failing_function_answers_500_and_the_host_goes_on()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.BaseAddress };

        using var failed = await http.GetAsync("failing", Cancelled);
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.DoesNotContain("a secret", await failed.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);

        using var posted = await http.PostAsync("items", new StringContent("next"), Cancelled);
        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
    }

    [Fact]
    public async Task A_request_above_what_the_Functions_host_takes_is_refused()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, "items") { Content = new ByteArrayContent(new byte[210_000_001]) };
        request.Headers.ExpectContinue = true;

        using var answer = await http.SendAsync(request, Cancelled);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    private static Task<FunctionHost> StartAsync() =>
        FunctionHost.StartAsync(
            new FunctionHostOptions
            {
                Configuration = new ConfigurationBuilder().Build(),
                Functions = [typeof(ItemFunctions)],
                Services = (services, _) => services.AddSingleton("from the services"),
            },
            Cancelled
        );

    private sealed record Item(string Name, string Part, string Note);

    public sealed class ItemFunctions(string note)
    {
        [Function("GetPart")]
        public Task<IActionResult> GetPart(
            [HttpTrigger(AuthorizationLevel.Function, "get", Route = "items/{name}/parts/{part?}")] HttpRequest request,
            string name,
            string? part
        ) => Task.FromResult<IActionResult>(new OkObjectResult(new Item(name, part!, request.Query["note"].FirstOrDefault() ?? note)));

        [Function("Post")]
        public static async Task<IActionResult> Post(
            [HttpTrigger(AuthorizationLevel.Function, "post", Route = "items")] HttpRequest request,
            CancellationToken cancellationToken
        )
        {
            using var reader = new StreamReader(request.Body);
            return new ContentResult
            {
                Content = await reader.ReadToEndAsync(cancellationToken),
                StatusCode = StatusCodes.Status201Created,
            };
        }

        [Function("Unrouted")]
        public static Task<IActionResult> Unrouted([HttpTrigger] HttpRequest request) =>
            Task.FromResult<IActionResult>(new NoContentResult());

        [Function("Failing")]
        public static Task<IActionResult> Fail([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "failing")] HttpRequest request) =>
            throw new InvalidOperationException("a secret");
    }
}
