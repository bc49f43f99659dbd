using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Laaffic.Api.Tests;

/// <summary>What a <see cref="ScriptedServer"/> can be told to do with a call.</summary>
internal static class Answers
{
    public static Func<HttpContext, ReceivedCall, Task> Json(
        string json,
        int httpStatus = 200,
        params (string Name, string Value)[] headers
    ) => Bytes(Encoding.UTF8.GetBytes(json), httpStatus, "application/json", headers);

    public static Func<HttpContext, ReceivedCall, Task> Html(int httpStatus, params (string Name, string Value)[] headers) =>
        Bytes("<html><body>Not what you expected</body></html>"u8.ToArray(), httpStatus, "text/html", headers);

    public static Func<HttpContext, ReceivedCall, Task> Bytes(
        byte[] bytes,
        int httpStatus = 200,
        string type = "application/json",
        params (string Name, string Value)[] headers
    ) =>
        async (context, call) =>
        {
            await ReadBodyAsync(context, call);
            context.Response.StatusCode = httpStatus;
            context.Response.ContentType = type;
            foreach (var (name, value) in headers)
            {
                context.Response.Headers[name] = value;
            }

            if (httpStatus is not 204 and not 304)
            {
                await context.Response.Body.WriteAsync(bytes);
            }
        };

    /// <summary>Closes the connection as soon as the headers are there.</summary>
    public static Task AbortBeforeBody(HttpContext context, ReceivedCall call)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Takes the whole request and closes the connection without a word.</summary>
    public static async Task AbortAfterBody(HttpContext context, ReceivedCall call)
    {
        await ReadBodyAsync(context, call);
        context.Abort();
    }

    /// <summary>Sends half of what it announced and closes the connection.</summary>
    public static Func<HttpContext, ReceivedCall, Task> HalfOf(string json, int httpStatus = 200) =>
        async (context, call) =>
        {
            await ReadBodyAsync(context, call);
            context.Response.StatusCode = httpStatus;
            context.Response.ContentLength = json.Length;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(json[..(json.Length / 2)]));
            // Kestrel closes the connection of a reply that is shorter than announced, after what there is of it.
        };

    /// <summary>Takes the whole request, says so, and never answers.</summary>
    public static Func<HttpContext, ReceivedCall, Task> Silence(TaskCompletionSource? taken = null) =>
        async (context, call) =>
        {
            await ReadBodyAsync(context, call);
            taken?.TrySetResult();
            await UntilGoneAsync(context);
        };

    /// <summary>Sends the headers of a reply, says so, and never sends the rest.</summary>
    public static Func<HttpContext, ReceivedCall, Task> HeadersOnly(TaskCompletionSource? sent = null) =>
        async (context, call) =>
        {
            await ReadBodyAsync(context, call);
            context.Response.ContentLength = 100;
            await context.Response.Body.FlushAsync();
            sent?.TrySetResult();
            await UntilGoneAsync(context);
        };

    public static string HttpDate(DateTimeOffset time) => time.ToString("r", CultureInfo.InvariantCulture);

    public static async Task ReadBodyAsync(HttpContext context, ReceivedCall call)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        call.Body = await reader.ReadToEndAsync();
    }

    private static async Task UntilGoneAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (context.Features.Get<IHttpRequestLifetimeFeature>()!.RequestAborted.Register(gone.SetResult))
        {
            await gone.Task;
        }
    }
}
