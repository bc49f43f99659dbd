namespace Laaffic.Api;

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
