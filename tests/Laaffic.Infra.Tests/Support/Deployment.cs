using System.Text.Json.Nodes;

namespace Laaffic.Infra.Tests.Support;

/// <summary>What a deployment would create.</summary>
/// <param name="snapshot">As the Bicep CLI evaluated it.</param>
public sealed class Deployment(JsonObject snapshot)
{
    /// <summary>All of it.</summary>
    public string Text { get; } = snapshot.ToJsonString();

    /// <summary>The names of the outputs.</summary>
    public IEnumerable<string> Outputs => snapshot["outputs"]!.AsObject().Select(o => o.Key);

    /// <summary>All resources.</summary>
    public IReadOnlyList<JsonObject> Resources { get; } = [.. snapshot["predictedResources"]!.AsArray().Select(r => r!.AsObject())];

    /// <summary>The resources of a type.</summary>
    public IReadOnlyList<JsonObject> All(string type) => [.. Resources.Where(r => (string)r["type"]! == type)];

    /// <summary>The properties of the one resource of a type.</summary>
    public JsonNode One(string type) => Assert.Single(All(type))["properties"]!;

    /// <summary>The value of an output.</summary>
    public string Output(string name) => ArmExpression.Evaluate((string)snapshot["outputs"]![name]!);

    /// <summary>The last parts of the names of a type's resources.</summary>
    public IEnumerable<string> Names(string type) => All(type).Select(r => ((string)r["name"]!).Split('/')[^1]);

    /// <summary>The app settings.</summary>
    public IReadOnlyDictionary<string, string> AppSettings() =>
        One("Microsoft.Web/sites/config").AsObject().ToDictionary(s => s.Key, s => ArmExpression.Evaluate((string)s.Value!));

    /// <summary>Who may do what where: role ids and scopes, both without what comes before.</summary>
    public IEnumerable<RoleAssignment> RoleAssignments() =>
        from assignment in All("Microsoft.Authorization/roleAssignments")
        let properties = assignment["properties"]!
        select new RoleAssignment(
            ((string)properties["roleDefinitionId"]!).Split('/')[^1],
            ScopeOf((string)assignment["id"]!),
            ArmExpression.Evaluate((string)properties["principalId"]!),
            (string?)properties["principalType"]
        );

    // .../providers/<scope>/providers/Microsoft.Authorization/roleAssignments/<name>, or an expression whose first argument is the scope.
    private static string ScopeOf(string id)
    {
        var scope = id.StartsWith("[extensionResourceId('", StringComparison.Ordinal)
            ? id.Split('\'')[1]
            : id[..id.LastIndexOf("/providers/Microsoft.Authorization/", StringComparison.Ordinal)];
        return scope.Replace(
            $"/subscriptions/{BicepCli.SubscriptionId}/resourceGroups/{BicepCli.ResourceGroup}",
            "",
            StringComparison.Ordinal
        );
    }
}
