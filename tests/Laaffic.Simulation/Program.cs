using Laaffic;
using Laaffic.Simulation;
using Laaffic.Simulation.Instances;
using Laaffic.Simulation.Running;

return await CommandLineProgram.RunAsync(Arguments.Describe(RunAsync), args);

static Task<int> RunAsync(Arguments arguments)
{
    if (arguments.Before is { } before)
    {
        World.EarlierRelease = new EarlierRelease(before);
    }

    // The pool's only thread is where everything of a run happens.
    return arguments switch
    {
        { Replay: { } seed } => Task.Run(() => Replay.RunAsync(seed)),
        { Due: { } due } => Task.Run(() => Due.RunAsync(due)),
        { Busy: { } busy } => Task.Run(() => Busy.RunAsync(busy)),
        { Worker: { } worker } => Task.Run(() => Worker.RunAsync(arguments, worker)),
        _ => Task.FromResult(new Workers(arguments).Run()),
    };
}
