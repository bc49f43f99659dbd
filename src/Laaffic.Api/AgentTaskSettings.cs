using System.Text.Json;

namespace Laaffic.Api;

/// <summary>
/// Everything of a create request except its callees. Properties are named as in the API; null means that the field is not
/// given. Nothing is checked on construction: see <see cref="Validate"/>.
/// </summary>
public sealed record AgentTaskSettings
{
    /// <summary>The shortest task name, in characters.</summary>
    internal const int MinTaskNameLength = 2;

    /// <summary>The longest task name, in characters.</summary>
    public const int MaxTaskNameLength = 64;

    /// <summary>The account's application id. Required.</summary>
    public string? AppId { get; init; }

    /// <summary>The task's name, 2-64 characters, unique in the account for all time. Required.</summary>
    public string? TaskName { get; init; }

    /// <summary>The number shown to the callee, 0-20 digits; may be empty.</summary>
    public string? DisplayNum { get; init; }

    /// <summary>When to call, as it was given: see <see cref="Api.SendTime"/>. Null is at once.</summary>
    public string? SendTime { get; init; }

    /// <summary>The longest talk in seconds, 1-999; the platform's default is 300.</summary>
    public int? MaxCalls { get; init; }

    /// <summary>How long to ring in seconds, 10-120; the platform's default is 60.</summary>
    public int? MaxRingingTime { get; init; }

    /// <summary>The hours in which calls may go out, at most 3 windows.</summary>
    public IReadOnlyList<SendWindow>? AllowSendTime { get; init; }

    /// <summary>The AI agent, under the name that the vendor's sample uses. Either this or <see cref="ScriptId"/>.</summary>
    public long? AgentId { get; init; }

    /// <summary>The AI agent, under the name that the vendor's table uses. Either this or <see cref="AgentId"/>.</summary>
    public long? ScriptId { get; init; }

    /// <summary>Whether to record, 0 or 1; the platform's default is 1.</summary>
    public int? EnableRecording { get; init; }

    /// <summary>The call-out multiplier, above 0; the platform's default is 1.</summary>
    public decimal? CalloutRate { get; init; }

    /// <summary>The automatic redial.</summary>
    public RecallFlow? RecallFlow { get; init; }

    /// <summary>The paths that were given but could not be read: <see cref="Validate"/> does not report them again as missing.</summary>
    internal IReadOnlyCollection<string> Unreadable { get; init; } = [];

    /// <summary>
    /// Reads settings from a JSON object. Numbers may come as strings and strings as numbers, null is the same as absent.
    /// </summary>
    /// <param name="obj">The object, without <c>numberInfoList</c> and anything else that is not a setting.</param>
    /// <param name="violations">
    /// Takes what cannot be read: a value of the wrong type, a field given twice, an unknown field (with the right name
    /// where one is close). Values of the right type that break a rule are left to <see cref="Validate"/>.
    /// </param>
    /// <returns>What could be read.</returns>
    public static AgentTaskSettings Read(JsonElement obj, ICollection<Violation> violations) => SettingsReader.Read(obj, violations);

    /// <summary>Reads settings from fields that come from several places, such as a campaign and its profile.</summary>
    /// <param name="fields">The fields, each name once.</param>
    /// <param name="violations">Takes what cannot be read, as for an object.</param>
    /// <returns>What could be read.</returns>
    internal static AgentTaskSettings Read(IEnumerable<(string? Name, JsonElement Value)> fields, ICollection<Violation> violations) =>
        SettingsReader.Read(fields, violations);

    /// <summary>Checks every documented rule and returns all that are broken; empty if it can be sent.</summary>
    public IReadOnlyList<Violation> Validate() => SettingsRules.Check(this);

    /// <summary>
    /// Writes each field that is set into a JSON object that the caller has opened, under the API's names.
    /// <c>numberInfoList</c> is left to the caller.
    /// </summary>
    /// <param name="writer">The writer, inside an object.</param>
    public void WriteTo(Utf8JsonWriter writer) => SettingsWriter.Write(this, writer);
}
