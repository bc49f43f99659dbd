using System.Text.Json;

namespace Laaffic.Simulator;

/// <summary>A task the simulator accepted. All but <see cref="Status"/> stays as it was then.</summary>
public sealed class AcceptedTask
{
    private readonly TaskBook _book;
    private readonly CalleeList _callees;

    internal AcceptedTask(TaskBook book, long keyId, CreateRequest request, DateTimeOffset submittedAt, DateTime startsAt)
    {
        _book = book;
        _callees = request.Callees;
        KeyId = keyId;
        Name = request.TaskName!;
        AgentId = request.AgentId;
        Settings = request.Settings;
        SubmittedAt = submittedAt;
        StartsAt = startsAt;
    }

    /// <summary>The id answered as <c>data</c>; the query calls it <c>taskId</c>.</summary>
    public long KeyId { get; }

    /// <summary>The task's name, unique in the account.</summary>
    public string Name { get; }

    /// <summary>When it was accepted, by the simulator's clock.</summary>
    public DateTimeOffset SubmittedAt { get; }

    /// <summary>The callees in the order of the request, duplicates included. Each is decoded when it is looked at.</summary>
    public IReadOnlyList<AcceptedCallee> Callees => _callees;

    /// <summary>The callees' numbers in the order of the request; cheaper than <see cref="Callees"/>.</summary>
    public IEnumerable<string> Numbers => _callees.Numbers;

    /// <summary>The numbers that the request held more than once, each given once. The platform accepts them.</summary>
    public IReadOnlyList<string> DuplicateNumbers =>
        [.. Numbers.GroupBy(number => number).Where(same => same.Skip(1).Any()).Select(same => same.Key)];

    /// <summary>The request as it was sent, without <c>numberInfoList</c>.</summary>
    public JsonElement Settings { get; }

    /// <summary>Where the task stands now.</summary>
    public SimulatedTaskStatus Status => _book.StatusOf(this);

    internal int AgentId { get; }

    /// <summary>The start in the simulator's zone, kept as wall-clock time: a sendTime may be any date at all.</summary>
    internal DateTime StartsAt { get; }

    internal bool Cancelled { get; set; }
}
