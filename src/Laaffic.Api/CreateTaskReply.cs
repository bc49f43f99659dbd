namespace Laaffic.Api;

/// <summary>What came of <see cref="LaafficClient.CreateTaskAsync"/>.</summary>
/// <param name="Verdict">What the answer means for the caller.</param>
/// <param name="MayHaveBeenAccepted">
/// True where the request may have reached the server and what it did with it is not known: a time-out, a cancellation or a
/// broken connection after sending began, HTTP 3xx and 5xx whatever the JSON says, HTTP 408, a status 0 under HTTP 4xx, a
/// reply that is not the documented JSON, status -18, an undocumented positive status. False where no connection could be
/// made, where <see cref="TaskBody.MayComplete"/> ended the attempt, for HTTP 429 and other 4xx, and for every other status.
/// </param>
/// <param name="Status">The status that the reply's JSON held, if it did.</param>
/// <param name="HttpStatus">The HTTP status; null if no reply came.</param>
/// <param name="Reason">One sentence for a person.</param>
/// <param name="KeyId">The id of the accepted task; null if it was not accepted or the reply held no id.</param>
/// <param name="RetryAfter">How long the server asked to wait.</param>
public sealed record CreateTaskReply(
    Verdict Verdict,
    bool MayHaveBeenAccepted,
    LaafficStatus? Status,
    int? HttpStatus,
    string Reason,
    long? KeyId,
    TimeSpan? RetryAfter
) : LaafficReply(Verdict, Status, HttpStatus, Reason, RetryAfter);
