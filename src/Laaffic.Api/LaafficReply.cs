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
