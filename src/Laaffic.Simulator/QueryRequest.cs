using System.Text.Json;

namespace Laaffic.Simulator;

/// <summary>A request of the query endpoint.</summary>
internal sealed class QueryRequest
{
    private const int AgentTask = 3;

    private int _current,
        _size;
    private int? _taskType;
    private DateTime? _from,
        _to;
    private IReadOnlyList<int> _statuses = [];

    /// <summary>The part of a name that is searched for; null for all tasks.</summary>
    public string? Search { get; private init; }

    /// <summary>What is wrong with the request; null when nothing is.</summary>
    public Refusal? Refusal { get; private init; }

    /// <summary>Judges the body. Only current and size are taken as required: the documents do not say.</summary>
    public static QueryRequest Judge(JsonElement body)
    {
        var findings = new Findings();
        var request = new Fields(body, "", findings).Only("current", "size", "params");
        var current = request.Integer("current", 1, int.MaxValue, required: true) ?? 1;
        var size = request.Integer("size", 1, 100, required: true) ?? 1;
        var search = request.Object("params")?.Only("strTime", "endTime", "taskType", "statusList", "searchCondition");
        var (from, to) = (search?.LocalTime("strTime"), search?.LocalTime("endTime"));
        if (from > to)
        {
            search!.Broken("strTime", "is after endTime");
        }

        var taskType = search?.Integer("taskType", 0, int.MaxValue);
        var statuses = search?.Integers("statusList") ?? [];
        if (statuses.Any(status => status is < 0 or > 6))
        {
            search!.Broken("statusList", "may hold 0-6");
        }

        return new()
        {
            _current = current,
            _size = size,
            _taskType = taskType,
            _from = from,
            _to = to,
            _statuses = statuses,
            Search = search?.Text("searchCondition"),
            Refusal = findings.BadParameter ?? findings.BrokenRule,
        };
    }

    /// <summary>The page asked for, newest task first, as the reply's <c>data</c>.</summary>
    /// <param name="tasks">The tasks that are to be seen, oldest first.</param>
    /// <param name="local">Gives a time as the account's wall clock shows it.</param>
    public object Answer(IEnumerable<AcceptedTask> tasks, Func<DateTimeOffset, DateTime> local)
    {
        List<AcceptedTask> found = [.. tasks.Reverse().Where(task => Fits(task, local(task.SubmittedAt)))];
        return new
        {
            total = found.Count,
            size = _size,
            current = _current,
            pages = (found.Count + _size - 1) / _size,
            // As long: current may be so great that the product is beyond an int.
            records = found.Where((_, index) => index / _size == _current - 1L).Select(task => RecordOf(task, local)),
        };
    }

    private bool Fits(AcceptedTask task, DateTime created) =>
        (Search is null || task.Name.Contains(Search, StringComparison.OrdinalIgnoreCase))
        && (_taskType ?? AgentTask) == AgentTask
        && (_statuses.Count == 0 || _statuses.Contains((int)task.Status))
        && !(created < _from)
        && !(created > _to);

    private static object RecordOf(AcceptedTask task, Func<DateTimeOffset, DateTime> local)
    {
        // A call's result is not simulated: when a task is finished, all of its callees were reached.
        var status = task.Status;
        var called = status is SimulatedTaskStatus.Finished ? task.Callees.Count : 0;
        return new
        {
            taskId = task.KeyId,
            taskName = task.Name,
            status = (int)status,
            rate = status is SimulatedTaskStatus.Finished ? 100 : 0,
            numCnt = task.Callees.Count,
            callNum = called,
            success = called,
            fail = 0,
            createdTime = Fields.Format(local(task.SubmittedAt)),
            scriptId = task.AgentId,
            taskType = AgentTask,
        };
    }
}
