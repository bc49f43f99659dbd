namespace Laaffic.Api;

/// <summary>What came of a call. The server and the network never cause an exception, only another verdict.</summary>
/// <param name="Verdict">What the answer means for the caller.</param>
/// <param name="Status">
/// The status that the reply's JSON held; null if there was no reply, if it was not the documented JSON, or if its HTTP
/// status leaves the JSON's without meaning.
/// </param>
/// <param name="HttpStatus">The HTTP status; null if no reply came.</param>
/// <param name="Reason">
/// One sentence for a person, such as "Laaffic answered -10 (balance too low).", followed by the vendor's own reason (at
/// most 300 characters of it) where it adds something.
/// </param>
/// <param name="RetryAfter">How long the server asked to wait (header <c>Retry-After</c>, seconds or date), never negative.</param>
public abstract record LaafficReply(Verdict Verdict, LaafficStatus? Status, int? HttpStatus, string Reason, TimeSpan? RetryAfter);

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
    TimeSpan? RetryAfter) : LaafficReply(Verdict, Status, HttpStatus, Reason, RetryAfter);

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
    TimeSpan? RetryAfter) : LaafficReply(Verdict, Status, HttpStatus, Reason, RetryAfter);

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
    TimeSpan? RetryAfter) : LaafficReply(Verdict, Status, HttpStatus, Reason, RetryAfter);

/// <summary>What came of <see cref="LaafficClient.GetBalanceAsync"/>.</summary>
/// <param name="Verdict">What the answer means for the caller.</param>
/// <param name="Status">The status that the reply's JSON held, if it did.</param>
/// <param name="HttpStatus">The HTTP status; null if no reply came.</param>
/// <param name="Reason">One sentence for a person.</param>
/// <param name="Balance">The balance in the account's currency; null if the reply did not hold it.</param>
/// <param name="Gift">The part given for free; null if the reply did not hold it.</param>
/// <param name="Credit">The credit line; null if the reply did not hold it.</param>
/// <param name="RetryAfter">How long the server asked to wait.</param>
public sealed record BalanceReply(
    Verdict Verdict,
    LaafficStatus? Status,
    int? HttpStatus,
    string Reason,
    decimal? Balance,
    decimal? Gift,
    decimal? Credit,
    TimeSpan? RetryAfter) : LaafficReply(Verdict, Status, HttpStatus, Reason, RetryAfter);
