using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Planning;

/// <summary>The settings of a profile as they were written.</summary>
/// <param name="Draft">The settings; empty if there is no such profile.</param>
/// <param name="Exists">Whether there is such a profile.</param>
/// <param name="WhereToSet">What to add to the message that a setting is missing.</param>
internal sealed record Profile(SettingsDraft Draft, bool Exists, string WhereToSet);
