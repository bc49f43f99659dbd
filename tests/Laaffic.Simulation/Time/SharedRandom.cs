using System.Reflection;

namespace Laaffic.Simulation.Time;

/// <summary>
/// Makes <see cref="Random.Shared"/> on this thread follow a seed, for code that takes its random numbers there and cannot
/// be given others: releases that were built before.
/// </summary>
internal static class SharedRandom
{
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic;

    public static void Seed(Random seed)
    {
        _ = Random.Shared.Next(); // makes the thread's generator
        var shared = Random.Shared.GetType();
        var generator =
            shared.GetField("t_random", Hidden)?.GetValue(null)
            ?? throw new NotSupportedException("This version of .NET keeps the state of Random.Shared elsewhere.");
        foreach (var name in (string[])["_s0", "_s1", "_s2", "_s3"])
        {
            generator.GetType().GetField(name, Hidden)!.SetValue(generator, (ulong)seed.NextInt64() | 1);
        }
    }
}
