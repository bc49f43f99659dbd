using Laaffic.Campaigns;
using Laaffic.Campaigns.Planning;
using Laaffic.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using SpreadCheetah;

namespace Laaffic.Functions;

/// <summary>
/// <c>GET /api/profiles/{name}/template.csv</c> and <c>template.xlsx</c>: the empty list that a profile reads, with an example row.
/// </summary>
/// <param name="campaigns">Knows the profiles.</param>
/// <param name="guard">Answers what cannot be answered.</param>
public sealed class GetTemplate(CampaignService campaigns, FailureGuard guard)
{
    /// <summary>Answers the list; 404 if there is no such profile, 422 if it is wrong.</summary>
    /// <param name="request">The request.</param>
    /// <param name="name">The profile; one in a folder has its slashes percent-encoded.</param>
    /// <param name="format"><c>csv</c> or <c>xlsx</c>.</param>
    /// <param name="cancellationToken">Set when the app is stopping.</param>
    [Function(nameof(GetTemplate))]
    public Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "profiles/{name}/template.{format}")] HttpRequest request,
        string name,
        string format,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(name);
        if (QueryParameters.Refuse(request) is { } refused)
        {
            return Task.FromResult(refused);
        }

        if (format is not ("csv" or "xlsx"))
        {
            return Task.FromResult(
                Problem.Of(StatusCodes.Status404NotFound, "No such template", "There are template.csv and template.xlsx.")
            );
        }

        var profile = TaskNameRoute.Unescape(name);
        return guard.AnswerAsync(
            nameof(GetTemplate),
            async () =>
            {
                var result = await campaigns.FindTemplateAsync(profile, cancellationToken);
                return result switch
                {
                    { Template: { } template } => format == "csv"
                        ? new FileContentResult(template.ToCsv(), "text/csv; charset=utf-8") { FileDownloadName = "template.csv" }
                        : new FileContentResult(
                            await ToSpreadsheetAsync(template, cancellationToken),
                            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                        )
                        {
                            FileDownloadName = "template.xlsx",
                        },
                    { Exists: false } => Problem.Of(
                        StatusCodes.Status404NotFound,
                        "No such profile",
                        $"There is no {profile}.json in the container {Containers.Profiles}."
                    ),
                    _ => Problem.Of(
                        StatusCodes.Status422UnprocessableEntity,
                        "The profile is wrong",
                        "Fix the errors below.",
                        result.Errors
                    ),
                };
            },
            cancellationToken
        );
    }

    private static async Task<byte[]> ToSpreadsheetAsync(ListTemplate template, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await using (var spreadsheet = await Spreadsheet.CreateNewAsync(content, cancellationToken: cancellationToken))
        {
            await spreadsheet.StartWorksheetAsync(template.Sheet ?? "List", token: cancellationToken);
            await spreadsheet.AddRowAsync(template.Headers.Select(header => new Cell(header)).ToList(), cancellationToken);
            await spreadsheet.AddRowAsync(template.Example.Select(value => new Cell(value)).ToList(), cancellationToken);
            await spreadsheet.FinishAsync(cancellationToken);
        }

        return content.ToArray();
    }
}
