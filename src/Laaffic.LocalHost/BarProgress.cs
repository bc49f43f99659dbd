using Laaffic.Campaigns.Reports;
using Spectre.Console;

namespace Laaffic.LocalHost;

/// <summary>Progress as bars that a terminal draws over: one for dropping, one for waiting.</summary>
internal sealed class BarProgress(IAnsiConsole console) : IDropProgress
{
    private ProgressContext? _context;
    private ProgressTask? _dropping;
    private ProgressTask? _waiting;
    private string? _last;

    /// <inheritdoc />
    public async Task<T> ShowAsync<T>(Func<Task<T>> drop)
    {
        var result = await console
            .Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 20 },
                new ElapsedTimeColumn(),
                new CountColumn()
            )
            .StartAsync(context =>
            {
                _context = context;
                return drop();
            });
        // The bars are gone: what is to stay comes below the lines written meanwhile.
        if (_last is not null)
        {
            console.WritePlainLines(_last);
        }

        return result;
    }

    /// <inheritdoc />
    public void Dropping(int files) => _dropping = _context?.AddTask("Dropping", maxValue: files);

    /// <inheritdoc />
    public void Dropped() => _dropping?.Increment(1);

    /// <inheritdoc />
    public void Waiting(int campaigns, int profiles)
    {
        _dropping?.StopTask();
        console.WritePlainLines(ProgressText.Waiting(campaigns, profiles));
        _waiting = _context?.AddTask("Settling", maxValue: campaigns);
    }

    /// <inheritdoc />
    public void Changed(string name, CampaignReport report, IReadOnlyDictionary<string, CampaignReport?> reports)
    {
        if (_waiting is null)
        {
            return;
        }

        _waiting.Value = reports.Values.Count(other => other is { IsSettled: true });
        var counts = reports
            .Values.GroupBy(other => other?.State ?? "no report yet", StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Count()} {group.Key}");
        _waiting.Tag = string.Join(", ", counts);
        _last = $"Settled {_waiting.Value} of {reports.Count}: {_waiting.Tag}.";
    }

    /// <inheritdoc />
    public void StillWaiting(string name, CampaignReport? report) => console.WritePlainLines(ProgressText.StillWaiting(name, report));

    /// <inheritdoc />
    public void GivenUp() => console.WritePlainLines(ProgressText.GivenUp);
}
