using System.Runtime.Serialization;

namespace Laaffic.Campaigns.Ledger;

/// <summary>One task. Its partition is its plan's id, so that rows of a plan that was never committed are never seen.</summary>
internal sealed record TaskRow : LedgerRow
{
    public string Name { get; init; } = "";
    public string BlobName { get; init; } = "";
    public long BodyLength { get; init; }
    public int Callees { get; init; }

    /// <summary>Where the account's application id stands in the stored body, in bytes; null if the campaign named its own.</summary>
    public long? AppIdOffset { get; init; }
    public int? AppIdLength { get; init; }
    public TaskState State { get; init; }
    public DateTimeOffset DueAt { get; init; }
    public int Attempts { get; init; }
    public DateTimeOffset? FirstAttemptAt { get; init; }
    public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>Refusals and lost replies in a row: the exponent of the back-off.</summary>
    public int Failures { get; init; }

    /// <summary>When uncertain: from then on a query that does not find the task proves that it was not accepted.</summary>
    [DataMember(Name = "SettledAt")] // as earlier releases store it
    public DateTimeOffset? LookupConclusiveAt { get; init; }

    /// <summary>When uncertain: it was proven not to be accepted, and stands in line to be sent. It is asked about again before.</summary>
    public bool IsInLine { get; init; }

    /// <summary>When uncertain: Laaffic said that the name exists, so only its id is missing and nothing is sent again.</summary>
    public bool NameExists { get; init; }

    /// <summary>
    /// Laaffic had the name when this ledger knew of no request of ours that could have made it. It may be ours all the same
    /// (a ledger restored from a backup, a gateway that repeats requests), or a stranger's.
    /// </summary>
    public bool MayBeAtLaaffic { get; init; }

    /// <summary>
    /// Of the last attempt: which account of which API it was made with, as <c>LaafficClient.AccountAsync</c> tells it. Only
    /// that account's list says what became of it. Null in rows of earlier releases.
    /// </summary>
    public string? Account { get; init; }

    /// <summary>Accepted as far as this app can know, but a person has to look whether that is right: the reason says why.</summary>
    public bool NeedsLook { get; init; }

    /// <summary>Accepted, but listed by Laaffic with this number of callees instead of the number sent.</summary>
    public int? ListedCallees { get; init; }

    /// <summary>
    /// Not accepted: in which of the campaign's files of callees that were not submitted it is listed, from 1. Never changed,
    /// as that file may have been dropped; null if it is in none.
    /// </summary>
    public int? RestNumber { get; init; }

    /// <summary>The person who said what became of it, where Laaffic did not.</summary>
    public string? ResolvedBy { get; init; }
    public DateTimeOffset? LeaseUntil { get; init; }
    public long? KeyId { get; init; }

    /// <summary>When it was settled; null if it is not.</summary>
    [DataMember(Name = "SettledOn")] // as earlier releases store it
    public DateTimeOffset? SettledAt { get; init; }

    public string? Reason { get; init; }

    /// <summary>The last refusal was one that this app does not know (design: rejected once the time to try is over).</summary>
    public bool LastRefusalUnknown { get; init; }

    /// <summary>Whether Laaffic has to be asked what became of it.</summary>
    [IgnoreDataMember]
    public bool IsToBeAsked => State == TaskState.Uncertain && !IsInLine;

    public bool IsSettled => State is TaskState.Accepted or TaskState.Rejected or TaskState.Expired;
}
