using System.Runtime.InteropServices;

namespace Laaffic.Simulator;

internal static class SimulatorProgram
{
    private const int CannotStart = 1;

    public static Task<int> Main(string[] arguments) =>
        CommandLineProgram.RunAsync(CommandLine.Describe(RunAsync), arguments, CommandLine.Unknown);

    private static async Task<int> RunAsync(SimulatorOptions options)
    {
        var stopped = new TaskCompletionSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopped.TrySetResult();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await using var simulator = await VoiceApiSimulator.StartAsync(options with { OnAccepted = Print });
            var account = simulator.Account;
            // Only the vendor's published sample is shown.
            var secret = account.ApiSecret == new SimulatorAccount().ApiSecret ? account.ApiSecret : "as given";
            Console.WriteLine(
                $"""
                Laaffic simulator at {simulator.BaseAddress}
                  app id {account.AppId}, key {account.ApiKey}, secret {secret}
                  accepted tasks: {simulator.BaseAddress}simulator/tasks
                Ctrl+C stops it.
                """
            );
            await stopped.Task;
            return 0;
        }
        catch (IOException wrong)
        {
            await Console.Error.WriteLineAsync($"The simulator cannot start: {wrong.Message} --port chooses another port.");
            return CannotStart;
        }
    }

    private static void Print(AcceptedTask task)
    {
        var numbers = string.Join(", ", task.Numbers.Take(3).Select(Mask)) + (task.Callees.Count > 3 ? ", …" : "");
        Console.WriteLine($"{task.SubmittedAt:HH:mm:ss} task {task.KeyId} {task.Name}: {task.Callees.Count} callees, {numbers}");
    }

    private static string Mask(string number) => $"{number[..2]}{new string('*', number.Length - 4)}{number[^2..]}";
}
