using Laaffic.Api;

namespace Laaffic.Campaigns.Parsing;

/// <summary>What is wrong with a campaign as a whole. The first errors are kept, all are counted.</summary>
internal sealed class CampaignErrors
{
    /// <summary>How many errors are kept.</summary>
    public const int Kept = 100;

    // Both may hold what stands in the file, which is as long as somebody likes.
    private const int MaxFieldLength = 200;
    private const int MaxMessageLength = 1000;
    private const int MaxNameLength = 60;

    private readonly List<CampaignError> _errors = [];

    /// <summary>How many errors there are, kept or not.</summary>
    public long Count { get; private set; }

    /// <summary>The errors that were kept, in the order in which they were found.</summary>
    public IReadOnlyList<CampaignError> List => _errors;

    /// <summary>Adds an error.</summary>
    public void Add(string? field, long? line, string message)
    {
        Count++;
        if (_errors.Count < Kept)
        {
            _errors.Add(new CampaignError(field is null ? null : Cut(field, MaxFieldLength), line, Cut(message, MaxMessageLength)));
        }
    }

    /// <summary>Adds an error in a setting, with where it was written.</summary>
    public void AddAt(SettingOrigin? origin, string? field, string message)
    {
        if (origin is { Profile: { } profile, Line: var line })
        {
            Add(field, line: null, $"{message} ({profile}, line {line})");
        }
        else
        {
            Add(field, origin?.Line, message);
        }
    }

    /// <summary>A name out of the file as it is shown as a part of a field: a long one is cut.</summary>
    public static string Shown(string name) => Cut(name, MaxNameLength);

    /// <summary>A text of others, of at most so many characters; the "…" counts.</summary>
    public static string Cut(string text, int most) => text.Length <= most ? text : ShortText.Cut(text, most - 1);
}
