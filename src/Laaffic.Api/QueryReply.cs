namespace Laaffic.Api;

/// <summary>What came of <see cref="LaafficClient.QueryTasksAsync"/>.</summary>
/// <param name="Verdict"><see cref="Verdict.Accepted"/> exactly when there is a <paramref name="Page"/>.</param>
/// <param name="Status">The status that the reply's JSON held, if it did.</param>
/// <param name="HttpStatus">The HTTP status; null if no reply came.</param>
/// <param name="Reason">One sentence for a person.</param>
/// <param name="Page">The page asked for; null if the server gave no usable answer.</param>
/// <param name="RetryAfter">How long the server asked to wait.</param>
public sealed record QueryReply(
    Verdict Verdict,
    LaafficStatus? Status,
    int? HttpStatus,
    string Reason,
    TaskPage? Page,
    TimeSpan? RetryAfter
) : LaafficReply(Verdict, Status, HttpStatus, Reason, RetryAfter);
