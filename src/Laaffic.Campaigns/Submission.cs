using Laaffic.Campaigns.Opening;

namespace Laaffic.Campaigns;

/// <summary>A campaign that comes over HTTP.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="FileName">A file name whose endings say what it is, such as <c>http.csv</c> or <c>may.xlsx</c>.</param>
public sealed record Submission(Stream Content, string FileName)
{
    /// <summary>Whether a file of this name is a JSON campaign, which takes no profile.</summary>
    public static bool IsJsonName(string fileName) => ListFile.IsJson(fileName);

    /// <summary>How many bytes it has; null if that is not known. Large ones are read one at a time.</summary>
    public long? Length { get; init; }

    /// <summary>For a list: the profile with its settings; null is the default one.</summary>
    public string? Profile { get; init; }

    /// <summary>What <c>{file}</c> stands for in the task name, if the sender says; null: <c>http</c>.</summary>
    public string? NamedFile { get; init; }

    /// <summary>
    /// Whether to answer as soon as it is committed; else after the first run on it, or when
    /// <see cref="CampaignOptions.AnswerWithin"/> is over, and the work goes on.
    /// </summary>
    public bool RespondAsync { get; init; }
}
