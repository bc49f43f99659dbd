using Laaffic.Campaigns.Reports;

namespace Laaffic.LocalHost;

/// <summary>Progress as plain lines, for files, pipes and simple terminals.</summary>
internal sealed class LineProgress(TextWriter output) : IDropProgress
{
    /// <inheritdoc />
    public Task<T> ShowAsync<T>(Func<Task<T>> drop) => drop();

    /// <inheritdoc />
    public void Dropping(int files) { }

    /// <inheritdoc />
    public void Dropped() { }

    /// <inheritdoc />
    public void Waiting(int campaigns, int profiles) => Write(ProgressText.Waiting(campaigns, profiles));

    /// <inheritdoc />
    public void Changed(string name, CampaignReport report, IReadOnlyDictionary<string, CampaignReport?> reports) =>
        Write($"{reports.Values.Count(other => other is { IsSettled: true })} of {reports.Count} settled: {name} is {report.State}");

    /// <inheritdoc />
    public void StillWaiting(string name, CampaignReport? report) => Write(ProgressText.StillWaiting(name, report));

    /// <inheritdoc />
    public void GivenUp() => Write(ProgressText.GivenUp);

    private void Write(string line) => output.WriteLine(Terminal.Safe(line));
}
