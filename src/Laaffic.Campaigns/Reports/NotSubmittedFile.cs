using Azure;

namespace Laaffic.Campaigns.Reports;

/// <summary>A file of callees that were not submitted.</summary>
/// <param name="Name">Its name in the container <c>results</c>.</param>
/// <param name="Number">1 for the first of its campaign; usually as in the name.</param>
/// <param name="Owner">Whose it is; null if it is a person's.</param>
/// <param name="Tasks">The numbers of the tasks in it.</param>
/// <param name="ETag">Its version when it was looked for.</param>
internal sealed record NotSubmittedFile(string Name, int Number, string? Owner, IReadOnlyList<int> Tasks, ETag ETag)
{
    /// <summary>Whether it is a CSV campaign.</summary>
    public bool IsCsv => Name.EndsWith(".csv", StringComparison.Ordinal);
}
