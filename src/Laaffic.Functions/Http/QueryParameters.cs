using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Laaffic.Functions.Http;

/// <summary>
/// What may stand in the query of a request. A parameter that is not known is refused: a mistyped <c>dryRun</c>, were it ignored,
/// would send a campaign.
/// </summary>
internal static class QueryParameters
{
    // Of the Functions host: the key of who calls, and the key's id.
    private static readonly string[] OfHost = ["code", "clientId"];

    /// <summary>The answer to a request with a parameter that its endpoint does not know, or with one twice; null if all is well.</summary>
    /// <param name="request">The request.</param>
    /// <param name="known">The parameters that the endpoint knows.</param>
    public static IActionResult? Refuse(HttpRequest request, params string[] known)
    {
        foreach (var (name, values) in request.Query)
        {
            if (OfHost.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return Problem.Of(
                    StatusCodes.Status400BadRequest,
                    "Unknown query parameter",
                    $"?{Shown(name)}= means nothing here: "
                        + (
                            known.Length == 0
                                ? "this endpoint takes no query parameters."
                                : $"known are {string.Join(", ", known.Select(k => $"?{k}="))}."
                        )
                        + " Nothing was done."
                );
            }

            if (values.Count > 1)
            {
                return Problem.Of(
                    StatusCodes.Status400BadRequest,
                    "Query parameter given twice",
                    $"?{name}= is given {values.Count} times. Give it once. Nothing was done."
                );
            }
        }

        return null;
    }

    private static string Shown(string name) => name.Length <= 60 ? name : $"{name[..59]}…";
}
