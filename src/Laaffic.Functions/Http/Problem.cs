using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Microsoft.AspNetCore.Mvc;

namespace Laaffic.Functions.Http;

/// <summary>An error as RFC 9457 has it, with an entry per fault and, where there is one, the campaign's report.</summary>
internal sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    IReadOnlyList<CampaignError> Errors,
    CampaignReport? Report
)
{
    public static IActionResult Of(int status, string title, string detail) =>
        Of(new Problem("about:blank", title, status, detail, [], null));

    public static IActionResult Of(int status, string title, string detail, IReadOnlyList<CampaignError> errors) =>
        Of(new Problem("about:blank", title, status, detail, errors, null));

    public static IActionResult Of(int status, string title, CampaignReport report)
    {
        IReadOnlyList<CampaignError> errors =
            report.Errors.Count > 0
                ? report.Errors
                :
                [
                    .. report
                        .Tasks.Where(t => t.State is TaskStates.Rejected or TaskStates.Expired)
                        .Select(t => new CampaignError(null, null, $"Task '{t.Name}' is {t.State}: {t.Reason}")),
                ];
        return Of(new Problem("about:blank", title, status, report.NeedsAction ?? title, errors, report));
    }

    private static IActionResult Of(Problem problem) => Json.Of(problem.Status, problem, "application/problem+json; charset=utf-8");
}
