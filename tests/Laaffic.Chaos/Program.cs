using System.CommandLine;
using Laaffic;
using Laaffic.Chaos;

// dotnet run --project tests/Laaffic.Chaos -- [--rounds N] [--seed S] [--seconds T]
var roundCount = CommandLineProgram.Number("--rounds", "N", "The rounds, each of a seed of its own. [default: 1]");
var firstSeed = CommandLineProgram.Number(
    "--seed",
    "S",
    "The seed of the first round; the next ones are S+1, S+2, … [default: a random one]"
);
var duration = CommandLineProgram.Number("--seconds", "T", "How long the trouble of a round lasts. [default: 20]");
var command = new RootCommand("Kills local hosts at random, stops storage and breaks the API's connections, and checks what is promised.")
{
    roundCount,
    firstSeed,
    duration,
};
command.SetAction(parsed =>
    RunAsync(parsed.GetValue(roundCount) ?? 1, parsed.GetValue(firstSeed) ?? Random.Shared.Next(), parsed.GetValue(duration) ?? 20)
);
return await CommandLineProgram.RunAsync(command, args);

static async Task<int> RunAsync(int rounds, int seed, int seconds)
{
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
}
