namespace Laaffic.Chaos;

/// <summary>What a round went through.</summary>
/// <param name="Campaigns">Campaigns dropped or posted.</param>
/// <param name="Callees">Callees that were called, each once.</param>
/// <param name="Kills">Hosts killed.</param>
/// <param name="StorageRestarts">Stops of the storage.</param>
/// <param name="Faults">Faults of the API.</param>
public sealed record ChaosOutcome(int Campaigns, int Callees, int Kills, int StorageRestarts, int Faults);
