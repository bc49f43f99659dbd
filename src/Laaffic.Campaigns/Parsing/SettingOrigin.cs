namespace Laaffic.Campaigns.Parsing;

/// <summary>Where a setting was written: in the campaign (Profile is null) or in a profile.</summary>
/// <param name="Profile">The profile's name with its container, such as <c>profiles/default.json</c>.</param>
/// <param name="Line">The physical line, from 1.</param>
internal readonly record struct SettingOrigin(string? Profile, long Line);
