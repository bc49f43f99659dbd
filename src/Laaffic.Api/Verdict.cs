namespace Laaffic.Api;

/// <summary>What an answer means for the caller, so that nobody compares status numbers.</summary>
public enum Verdict
{
    /// <summary>Done (status 0, under an HTTP status that says so too).</summary>
    Accepted,

    /// <summary>
    /// The account was not recognised (status -1), with newly fetched secrets too: nothing will work until someone fixes them.
    /// </summary>
    FixCredentials,

    /// <summary>The timestamp was refused (status -16), signed with the server's own clock too.</summary>
    ClockSkew,

    /// <summary>
    /// Nothing can be submitted for now, whatever is sent: stop sending until someone has acted. The account is refused
    /// (statuses -2, -10, -13), or the API is not where it is looked for (HTTP 401, 403, 404 or 405 without the documented
    /// JSON: a wrong base address, a firewall).
    /// </summary>
    Hold,

    /// <summary>Too many tasks at once (status -37): submit again when some have finished.</summary>
    Busy,

    /// <summary>A daily allowance is used up (status -46): submit again the next day.</summary>
    DailyLimit,

    /// <summary>
    /// Try again later: statuses -18, -23, -26, HTTP 3xx and 5xx whatever the JSON says (but that the task exists), a status 0
    /// under HTTP 4xx, HTTP 408 and 429, a time-out, a broken connection, a reply that is not the documented JSON.
    /// </summary>
    Defer,

    /// <summary>The task name, or the data, is there already (statuses -20, -41).</summary>
    Exists,

    /// <summary>Refused for good: sending the same again cannot help (a documented status about the request, other HTTP 4xx).</summary>
    Reject,

    /// <summary>A status that is not documented.</summary>
    Unknown,
}
