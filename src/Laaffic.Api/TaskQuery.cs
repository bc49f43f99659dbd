namespace Laaffic.Api;

/// <summary>
/// Which agent tasks to list (<c>voice/group/call/query</c> with task type 3). Its times are by this machine's clock: where
/// the client knows that the server's differs, it asks for those by either clock.
/// </summary>
/// <param name="From">The earliest time of creation, to the second. The API names no time zone: leave a day to spare.</param>
/// <param name="To">The latest time of creation, to the second, in the same zone.</param>
public sealed record TaskQuery(DateTime From, DateTime To)
{
    /// <summary>The most records a page can hold (documented: 1-100).</summary>
    public const int MaxSize = 100;

    /// <summary>What task names must contain; the search is fuzzy. Empty for all.</summary>
    public string SearchCondition { get; init; } = "";

    /// <summary>The states to list; empty for all.</summary>
    public IReadOnlyList<TaskRecordStatus> StatusList { get; init; } = [];

    /// <summary>The page's number, from 1.</summary>
    public int Current { get; init; } = 1;

    /// <summary>The page's size, 1-100.</summary>
    public int Size { get; init; } = MaxSize;
}

/// <summary>One page of a query. Each count is null if the reply did not hold it.</summary>
/// <param name="Records">The tasks of this page.</param>
/// <param name="Total">How many tasks match on all pages.</param>
/// <param name="Pages">How many pages there are.</param>
/// <param name="Current">This page's number, from 1.</param>
/// <param name="Size">The page size that the server used.</param>
public sealed record TaskPage(IReadOnlyList<TaskRecord> Records, long? Total, long? Pages, long? Current, long? Size);

/// <summary>A task as the query endpoint shows it. Anything that the reply left out or that cannot be read is null.</summary>
public sealed record TaskRecord
{
    /// <summary>The task's id, the keyId that creating it answered.</summary>
    public long? TaskId { get; init; }

    /// <summary>The task's name, as it was given.</summary>
    public string? TaskName { get; init; }

    /// <summary>Its state; a number that is not documented is kept as it came.</summary>
    public TaskRecordStatus? Status { get; init; }

    /// <summary>How many numbers it has.</summary>
    public int? NumCnt { get; init; }

    /// <summary>How many were called.</summary>
    public int? CallNum { get; init; }

    /// <summary>How many calls succeeded.</summary>
    public int? Success { get; init; }

    /// <summary>How many calls failed.</summary>
    public int? Fail { get; init; }

    /// <summary>When it was created, as the server wrote it.</summary>
    public string? CreatedTime { get; init; }

    /// <summary>The id of its agent.</summary>
    public long? ScriptId { get; init; }

    /// <summary>Its type; 3 is an agent task.</summary>
    public int? TaskType { get; init; }
}

/// <summary>The state of a task at Laaffic.</summary>
public enum TaskRecordStatus
{
    /// <summary>Not begun yet.</summary>
    Waiting = 0,

    /// <summary>Calls are going out.</summary>
    Calling = 1,

    /// <summary>All calls are done.</summary>
    Finished = 2,

    /// <summary>The platform could not submit it.</summary>
    SubmissionFailed = 3,

    /// <summary>Cancelled.</summary>
    Cancelled = 4,

    /// <summary>Suspended.</summary>
    Suspended = 5,

    /// <summary>Being submitted.</summary>
    Submitting = 6,
}

/// <summary>The answer to the question whether a task of a certain name exists.</summary>
/// <param name="Answered">
/// False if the server gave no usable answer, only part of the pages, pages that contradict each other, or a task of nearly
/// this name: then nothing is known.
/// </param>
/// <param name="Task">The task of exactly that name; null if there is none or nothing is known.</param>
/// <param name="Reason">One sentence for a person.</param>
public sealed record TaskLookup(bool Answered, TaskRecord? Task, string Reason)
{
    /// <summary>Not answered, because Laaffic refused the query, failed or could not be reached.</summary>
    public bool IsRefused { get; init; }
}
