using System.Text;

namespace Laaffic.Api;

/// <summary>
/// The pages of a search as they come in: for one name, or for all tasks. It proves that no task has the name, or that all
/// were shown, only where nothing that the server said contradicts anything else.
/// </summary>
internal sealed class TaskSearch(string? exactName)
{
    // By the id; without one, by the name and the time of creation.
    private readonly HashSet<(long? Id, string? Name, string? Created)> _seen = [];
    private long? _total;
    private string? _doubt;

    /// <summary>Whether the page was the last.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Takes in the page that came when this one was asked for, which does not show the name.</summary>
    public void Add(TaskPage page, int asked)
    {
        _doubt ??= ContradictionIn(page, asked);
        _total ??= page.Total;
        var before = _seen.Count;
        foreach (var record in page.Records)
        {
            if (!_seen.Add(record.TaskId is { } id ? (id, null, null) : (null, record.TaskName, record.CreatedTime)))
            {
                _doubt ??= $"Laaffic listed a task twice (id {record.TaskId}), so others may be missing.";
            }

            _doubt ??= WhyItMayBe(record);
        }

        // The server's word on it counts; where it gives none, a page that is not full is the last. So is one that shows
        // nothing new, whatever the server says: the next would be no better.
        IsOver =
            _seen.Count == before
            || (
                page.Pages is { } pages ? asked >= pages
                : page.Total is { } count ? _seen.Count >= count
                : page.Records.Count < (page.Size ?? TaskQuery.MaxSize)
            );
    }

    /// <summary>What is known once the last page was read.</summary>
    public TaskLookup Conclude()
    {
        if (_total is { } count && count != _seen.Count)
        {
            _doubt ??= $"Laaffic counted {count} tasks of similar names but showed {_seen.Count}.";
        }

        return _doubt is null ? new(true, null, "Laaffic has no task of this name.") : new(false, null, _doubt);
    }

    private string? ContradictionIn(TaskPage page, int asked)
    {
        if (page.Current is { } current && current != asked)
        {
            return $"Laaffic answered with page {current} of its list where page {asked} was asked for.";
        }

        if (page.Total < 0 || page.Pages < 0)
        {
            return $"Laaffic counted {(page.Total < 0 ? page.Total : page.Pages)} {(page.Total < 0 ? "tasks" : "pages")} of similar names.";
        }

        if (page.Records.Count == 0 ? page.Pages > asked : page.Pages < asked)
        {
            return $"Laaffic counted {page.Pages} pages of similar names, but page {asked} held {page.Records.Count} tasks.";
        }
        // A task of this name may just have been added.
        return _total is { } count && page.Total is { } now && now != count
            ? $"Laaffic's list changed while it was read: it counted {count} tasks of similar names, then {now}."
            : null;
    }

    /// <summary>Why a task whose name is not exactly the one looked for may be it all the same; null if it is another.</summary>
    private string? WhyItMayBe(TaskRecord record)
    {
        if (exactName is null)
        {
            return null;
        }

        if (record.TaskName is not { } name)
        {
            return $"Laaffic lists a task (id {record.TaskId}) whose name cannot be read: it may be this one.";
        }

        return string.Equals(Plain(name), Plain(exactName), StringComparison.OrdinalIgnoreCase)
            ? $"Laaffic has no task of exactly this name, but one named \"{CallResult.Quoted(name)}\" (id {record.TaskId}), which may "
                + $"be what it made of it."
            : null;
    }

    private static string Plain(string name)
    {
        try
        {
            return name.Normalize(NormalizationForm.FormKC).Trim();
        }
        catch (ArgumentException)
        {
            return name.Trim(); // half of a surrogate pair has no normal form
        }
    }
}
