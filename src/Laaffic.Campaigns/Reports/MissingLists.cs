using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;

namespace Laaffic.Campaigns.Reports;

/// <summary>
/// Lists of who was not submitted that could be written but are not there when a campaign is looked at: their writer is at it
/// or has died, or a person has deleted them.
/// </summary>
internal static class MissingLists
{
    /// <summary>The tasks as they are to be reported on besides: nothing is said of those whose list is missing.</summary>
    public static IReadOnlyList<TaskRow> Without(IReadOnlyList<TaskRow> tasks, IReadOnlyList<TaskRow> missing) =>
        [.. tasks.Select(task => missing.Contains(task) ? task with { State = TaskState.Accepted, ListedCallees = null } : task)];

    /// <summary>What a person is to do about them.</summary>
    public static string Advice(CampaignRow campaign, IReadOnlyList<TaskRow> missing, int tasks)
    {
        var callees = missing.Sum(task => (long)task.Callees);
        var names = string.Join(" or ", missing.Select(task => task.RestNumber ?? 1).Distinct().Order().Select(number => $"'{TaskNames.ForRest(campaign.TaskName, number)}'"));
        return $"{(callees == 1 ? "1 callee" : $"{callees} callees")} of {missing.Count} of {tasks} tasks were not accepted: see the tasks' reasons. The file that lists them is not there: it is just being written, or was deleted. Do not submit them otherwise. If there is a campaign {names} (GET /api/campaigns/NAME), they were submitted with it, and nothing is to be done. If there is none and the file does not come within some minutes, submit the original once more exactly as it is and as it was submitted: that calls nobody, and the file is written again.";
    }
}
