namespace Laaffic.Simulator;

/// <summary>The account's tasks. Each member is one step: no two of them happen at the same time.</summary>
internal sealed class TaskBook(SimulatorAccount account, TimeZoneInfo zone, Func<DateTimeOffset> now)
{
    // The vendor's sample reply.
    private const long FirstKeyId = 123123;

    private readonly Lock _gate = new();
    private readonly List<AcceptedTask> _tasks = [];
    private readonly Dictionary<string, AcceptedTask> _byName = new(StringComparer.Ordinal);

    public IReadOnlyList<AcceptedTask> Tasks
    {
        get
        {
            lock (_gate)
            {
                return [.. _tasks];
            }
        }
    }

    public AcceptedTask? Find(string name)
    {
        lock (_gate)
        {
            return _byName.GetValueOrDefault(name);
        }
    }

    /// <summary>Accepts a request that is right in itself, unless the account's state is against it.</summary>
    public (AcceptedTask? Accepted, Refusal? Refusal) Accept(CreateRequest request)
    {
        lock (_gate)
        {
            if (_byName.ContainsKey(request.TaskName!))
            {
                return (null, new(-41));
            }

            if (account.Balance <= 0)
            {
                return (null, new(-10));
            }

            if (account.MaxTasksAtOnce is { } most && _tasks.Count(IsUnfinished) >= most)
            {
                return (null, new(-37));
            }

            var submittedAt = now();
            var startsAt = request.SendTime is { } later && later > Local(submittedAt) ? later : Local(submittedAt);
            var task = new AcceptedTask(this, FirstKeyId + _tasks.Count, request, submittedAt, startsAt);
            _tasks.Add(task);
            _byName.Add(task.Name, task);
            return (task, null);
        }
    }

    /// <summary>Cancels all of these tasks, or none if one does not exist or is not to be stopped any more.</summary>
    public Refusal? Cancel(IReadOnlyList<int> keyIds)
    {
        lock (_gate)
        {
            List<AcceptedTask> tasks = [];
            foreach (var keyId in keyIds)
            {
                if (_tasks.Find(task => task.KeyId == keyId) is not { } task)
                {
                    return new(-54, $"there is no task {keyId}");
                }

                if (!IsUnfinished(task))
                {
                    return new(-54, $"task {keyId} is finished or cancelled");
                }

                tasks.Add(task);
            }

            foreach (var task in tasks)
            {
                task.Cancelled = true;
            }

            return null;
        }
    }

    public SimulatedTaskStatus StatusOf(AcceptedTask task)
    {
        lock (_gate)
        {
            // The age, not the end, is compared: a sendTime may be so late that its end is beyond all dates.
            var age = Local(now()) - task.StartsAt;
            return task.Cancelled ? SimulatedTaskStatus.Cancelled
                : age < TimeSpan.Zero ? SimulatedTaskStatus.Waiting
                : age < account.TaskDuration ? SimulatedTaskStatus.Calling
                : SimulatedTaskStatus.Finished;
        }
    }

    /// <summary>A time as the account's wall clock shows it.</summary>
    public DateTime Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, zone).DateTime;

    private bool IsUnfinished(AcceptedTask task) => StatusOf(task) is SimulatedTaskStatus.Waiting or SimulatedTaskStatus.Calling;
}
