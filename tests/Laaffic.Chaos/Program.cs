using System.Globalization;
using Laaffic.Chaos;

// dotnet run --project tests/Laaffic.Chaos -- [--rounds N] [--seed S] [--seconds T]
var rounds = 1;
var seconds = 20;
var seed = Random.Shared.Next();
for (var i = 0; i < args.Length; i += 2)
{
    if (i + 1 == args.Length || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
    {
        return Usage();
    }

    switch (args[i])
    {
        case "--rounds":
            rounds = value;
            break;
        case "--seed":
            seed = value;
            break;
        case "--seconds":
            seconds = value;
            break;
        default:
            return Usage();
    }
}

var kills = 0;
for (var round = 0; round < rounds; round++, seed++)
{
    Console.WriteLine($"Round {round + 1} of {rounds}, --seed {seed} --seconds {seconds}");
    try
    {
        var outcome = await ChaosRound.RunAsync(seed, TimeSpan.FromSeconds(seconds), Console.WriteLine, CancellationToken.None);
        kills += outcome.Kills;
        Console.WriteLine($"  {outcome}");
    }
    catch (BrokenPromiseException e)
    {
        Console.WriteLine($"  BROKEN: {e.Message}");
        Console.WriteLine($"Replay it with: dotnet run --project tests/Laaffic.Chaos -- --seed {seed} --seconds {seconds}");
        return 1;
    }
}

Console.WriteLine($"{rounds} rounds survived, {kills} kills.");
return 0;

static int Usage()
{
    Console.Error.WriteLine(
        "usage: Laaffic.Chaos [--rounds N] [--seed S] [--seconds T]   (N rounds of T seconds of trouble, seeds S, S+1, …)"
    );
    return 2;
}
