using Laaffic.Campaigns.Reports;

namespace Laaffic.LocalHost;

/// <summary>Shows how a <see cref="FolderDrop"/> gets on.</summary>
internal interface IDropProgress
{
    /// <summary>Runs the drop while its progress is shown.</summary>
    Task<T> ShowAsync<T>(Func<Task<T>> drop);

    /// <summary>Files are about to be dropped.</summary>
    void Dropping(int files);

    /// <summary>One file was dropped, or lay there already.</summary>
    void Dropped();

    /// <summary>All files were dropped.</summary>
    void Waiting(int campaigns, int profiles);

    /// <summary>A campaign's report has changed.</summary>
    /// <param name="name">The campaign whose report it is.</param>
    /// <param name="report">The report.</param>
    /// <param name="reports">Those of all campaigns, this one included.</param>
    void Changed(string name, CampaignReport report, IReadOnlyDictionary<string, CampaignReport?> reports);

    /// <summary>A campaign has not settled for a while.</summary>
    void StillWaiting(string name, CampaignReport? report);

    /// <summary>The waiting was ended early.</summary>
    void GivenUp();
}
