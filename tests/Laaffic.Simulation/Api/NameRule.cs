namespace Laaffic.Simulation.Api;

/// <summary>How the API compares task names.</summary>
internal enum NameRule
{
    Exact,
    IgnoresCase,
    Trims,
}
