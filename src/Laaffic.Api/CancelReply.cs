namespace Laaffic.Api;

/// <summary>What came of <see cref="LaafficClient.CancelTasksAsync"/>.</summary>
/// <param name="Verdict">What the answer means for the caller.</param>
/// <param name="MayHaveBeenCancelled">True where the request may have reached the server and what it did with it is not known.</param>
/// <param name="Status">The status that the reply's JSON held, if it did.</param>
/// <param name="HttpStatus">The HTTP status; null if no reply came.</param>
/// <param name="Reason">One sentence for a person.</param>
/// <param name="RetryAfter">How long the server asked to wait.</param>
public sealed record CancelReply(
    Verdict Verdict,
    bool MayHaveBeenCancelled,
    LaafficStatus? Status,
    int? HttpStatus,
    string Reason,
    TimeSpan? RetryAfter
) : LaafficReply(Verdict, Status, HttpStatus, Reason, RetryAfter);
