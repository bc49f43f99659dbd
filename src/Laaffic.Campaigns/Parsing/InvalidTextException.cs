namespace Laaffic.Campaigns.Parsing;

/// <summary>The bytes of a file are not text. Says where, and what to do.</summary>
internal sealed class InvalidTextException(long line, string message) : Exception(message)
{
    /// <summary>The physical line, from 1.</summary>
    public long Line { get; } = line;
}
