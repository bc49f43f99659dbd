using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Laaffic.LocalHost;

/// <summary>Serves the functions with HTTP triggers. Keys are not asked for.</summary>
internal static class HttpFunctions
{
    private static readonly string[] AnyMethod = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"];

    /// <summary>Maps a function to its route and methods.</summary>
    /// <param name="routes">Where it is mapped.</param>
    /// <param name="function">The function.</param>
    /// <param name="trigger">Its trigger.</param>
    /// <param name="routePrefix">What its route starts with, such as <c>api</c>; may be empty.</param>
    /// <param name="logger">Told of exceptions.</param>
    /// <param name="stopping">Cancels calls when the host stops.</param>
    public static void MapFunction(
        this IEndpointRouteBuilder routes,
        Function function,
        HttpTriggerAttribute trigger,
        string routePrefix,
        ILogger logger,
        CancellationToken stopping
    ) =>
        routes.MapMethods(
            $"{routePrefix.Trim('/')}/{trigger.Route ?? function.Name}",
            trigger.Methods ?? AnyMethod,
            async context =>
            {
                using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
                try
                {
                    var result = await function.InvokeAsync(
                        context.RequestServices,
                        context.Request,
                        name => context.GetRouteValue(name)?.ToString(),
                        logger,
                        ending.Token
                    );
                    // As the worker's ASP.NET Core integration does it.
                    await result!.ExecuteResultAsync(new ActionContext(context, context.GetRouteData(), new ActionDescriptor()));
                }
                catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
                {
                    // There is nobody left to answer.
                }
                catch (Exception e) when (e is not BadHttpRequestException)
                {
                    logger.FunctionFailed(e, function.Name, "the caller is told so");
                    if (context.Response.HasStarted)
                    {
                        context.Abort();
                    }
                    else
                    {
                        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                    }
                }
            }
        );
}
