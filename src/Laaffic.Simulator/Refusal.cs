namespace Laaffic.Simulator;

/// <summary>Why a request is refused: a status of the documents, and what in particular was wrong.</summary>
internal sealed record Refusal(int Status, string? Detail = null)
{
    /// <summary>The status' documented text, then what was wrong.</summary>
    public string Reason => Detail is null ? TextOf(Status) : $"{TextOf(Status)}: {Detail}";

    /// <summary>The text of a status; made up for one the documents do not have.</summary>
    public static string TextOf(int status) =>
        status switch
        {
            0 => "success",
            -1 => "authentication failed",
            -2 => "IP address not allowed",
            -10 => "balance too low",
            -13 => "user locked",
            -16 => "timestamp expired",
            -18 => "system error",
            -20 => "data exists already",
            -21 => "data failed validation",
            -22 => "bad parameter",
            -23 => "data limit reached",
            -24 => "data does not exist",
            -26 => "rate lookup failed",
            -35 => "no callee numbers",
            -37 => "too many tasks at once, submit again once some have finished",
            -38 => "text and language type needed",
            -39 => "language type lookup failed",
            -41 => "task name exists already",
            -46 => "long text-to-speech: 5 a day used up",
            -53 => "hang-up SMS needs one trigger condition",
            -54 => "wrong task",
            -60 => "AI script template does not exist",
            -68 => "agent's industry intents and the recall intents do not match",
            _ => $"status {status}",
        };
}
