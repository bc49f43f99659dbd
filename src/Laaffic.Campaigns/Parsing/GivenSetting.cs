using System.Text.Json;
using Laaffic.Api;

namespace Laaffic.Campaigns.Parsing;

/// <summary>A setting of this app's own, as it was written.</summary>
/// <param name="Value">Its value.</param>
/// <param name="Path">What it is called in errors, such as <c>delivery.submitAt</c>.</param>
/// <param name="Origin">Where it was written.</param>
internal readonly record struct GivenSetting(JsonElement Value, string Path, SettingOrigin Origin)
{
    /// <summary>The text that is its value; null if it is anything else.</summary>
    public string? Text => Value.ValueKind == JsonValueKind.String ? JsonValues.Text(Value) : null;

    /// <summary>Reports what is wrong with it.</summary>
    public void Refuse(CampaignErrors errors, string message) => errors.AddAt(Origin, Path, message);
}
