namespace Laaffic.Api;

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
    TimeSpan? RetryAfter
) : LaafficReply(Verdict, Status, HttpStatus, Reason, RetryAfter);
