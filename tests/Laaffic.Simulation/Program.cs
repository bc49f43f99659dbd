using Laaffic.Simulation;
using Laaffic.Simulation.Instances;
using Laaffic.Simulation.Running;

var arguments = Arguments.Read(args);
if (arguments.Error is { } error)
{
    Console.Error.WriteLine(error);
    Console.Error.WriteLine(Arguments.Help);
    return 2;
}

if (arguments.ShowsHelp)
{
    Console.WriteLine(Arguments.Help);
    return 0;
}

if (arguments.Before is { } before)
{
    World.EarlierRelease = new EarlierRelease(before);
}

// The pool's only thread is where everything of a run happens.
if (arguments.Replay is { } seed)
{
    return await Task.Run(() => Replay.RunAsync(seed));
}

if (arguments.Due is { } due)
{
    return await Task.Run(() => Due.RunAsync(due));
}

if (arguments.Busy is { } busy)
{
    return await Task.Run(() => Busy.RunAsync(busy));
}

if (arguments.Worker is { } worker)
{
    return await Task.Run(() => Worker.RunAsync(arguments, worker));
}

return new Workers(arguments).Run();
