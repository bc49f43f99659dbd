using System.Text.Json;

namespace Laaffic.Simulator;

/// <summary>A request of the cancel endpoint.</summary>
/// <param name="KeyIds">The tasks to cancel.</param>
/// <param name="Refusal">What is wrong with the request; null when nothing is.</param>
internal sealed record CancelRequest(IReadOnlyList<int> KeyIds, Refusal? Refusal)
{
    public static CancelRequest Judge(JsonElement body)
    {
        var findings = new Findings();
        var keyIds = new Fields(body, "", findings).Only("taskIdList").Integers("taskIdList", required: true);
        if (keyIds.Count == 0)
        {
            findings.Bad("taskIdList must name at least one task");
        }

        return new(keyIds, findings.BadParameter);
    }
}
