namespace Laaffic.Simulation.Storage;

/// <summary>Ends a request with an error of the storage service.</summary>
internal sealed class Refusal(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    /// <summary>Whatever the app does not use is not simulated, and says so rather than answering something plausible.</summary>
    public static Refusal NotSimulated(string what) => new(501, "NotImplemented", $"The simulated account does not know {what}.");
}
