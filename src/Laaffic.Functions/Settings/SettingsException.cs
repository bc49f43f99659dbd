namespace Laaffic.Functions.Settings;

/// <summary>App settings are missing or wrong.</summary>
/// <param name="errors">A sentence each, with the setting's name.</param>
public sealed class SettingsException(IReadOnlyList<string> errors)
    : InvalidOperationException("The app settings need fixing: " + string.Join(" ", errors))
{
    /// <summary>A sentence each, with the setting's name.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
