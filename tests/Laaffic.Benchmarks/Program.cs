using System.Globalization;
using Laaffic.Benchmarks.Planning;

// dotnet run -c Release --project tests/Laaffic.Benchmarks -- planning [--rows N] [--rounds N] [--no-plain]
var rows = 1_000_000;
var rounds = 5;
var plain = true;
var mode = args is [var first, ..] ? first : "--help";
for (var i = 1; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--rows" when TryNumber(ref i, out rows): break;
        case "--rounds" when TryNumber(ref i, out rounds): break;
        case "--no-plain": plain = false; break;
        default: return Usage();
    }
}

switch (mode)
{
    case "planning":
        await PlanningBenchmark.RunAsync(rows, rounds, plain);
        return 0;
    default:
        return Usage();
}

bool TryNumber(ref int at, out int number)
{
    number = 0;
    return ++at < args.Length && int.TryParse(args[at], NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}

static int Usage()
{
    Console.Error.WriteLine("usage: Laaffic.Benchmarks planning [--rows N] [--rounds N] [--no-plain]");
    return 2;
}
