using System.Runtime.InteropServices;
using Azure;
using Laaffic;
using Laaffic.LocalHost;

return await CommandLineProgram.RunAsync(CommandLine.Describe(RunAsync), args, CommandLine.Unknown);

static async Task<int> RunAsync(CommandLine commandLine)
{
    using var stop = new CancellationTokenSource();
    Action<PosixSignalContext> onSignal = context =>
    {
        // The second one ends the process at once.
        context.Cancel = !stop.IsCancellationRequested;
        stop.Cancel();
    };
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, onSignal);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, onSignal);
    using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, onSignal);

    try
    {
        return await new LocalRun(commandLine).RunAsync(stop.Token);
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        return 1;
    }
    catch (Exception e) when (!commandLine.Verbose)
    {
        Console.Error.WriteLine(e is RequestFailedException failed ? $"Storage answered {failed.Status} {failed.ErrorCode}." : e.Message);
        return 2;
    }
}
