namespace Laaffic.Simulation.Faults;

/// <summary>What a request goes to.</summary>
internal enum Target
{
    Tables,
    Blobs,
    Vault,
    Api,
}
