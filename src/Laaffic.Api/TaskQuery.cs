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
