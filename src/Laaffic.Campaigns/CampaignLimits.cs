namespace Laaffic.Campaigns;

/// <summary>How large the parts of a campaign's content may be: what holds one of them in memory is bounded by it.</summary>
internal static class CampaignLimits
{
    /// <summary>Characters of a CSV row, and of all that stands before the header row.</summary>
    public const int MaxRow = 64 * 1024;

    /// <summary>Levels of JSON.</summary>
    public const int MaxDepth = 16;

    /// <summary>Bytes of a JSON campaign's settings, as they are written.</summary>
    public const int MaxSettingsBytes = 1024 * 1024;

    /// <summary>
    /// Bytes of a callee's number and texts in a JSON campaign, however they are written: whoever fits in a row of a CSV, at
    /// three bytes a character, can also be read from JSON that this app has written.
    /// </summary>
    public const int MaxCalleeBytes = 3 * MaxRow;

    /// <summary>Bytes of JSON that are read at a time.</summary>
    public const int BufferBytes = 128 * 1024;
}
