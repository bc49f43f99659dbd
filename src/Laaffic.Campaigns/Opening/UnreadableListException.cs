namespace Laaffic.Campaigns.Opening;

/// <summary>A list cannot be read, for a reason that is in the file. The message says what is wrong and what to do.</summary>
/// <param name="line">Where, from 1; null if it is wrong as a whole.</param>
/// <param name="message">One or more sentences for whoever made the file.</param>
internal class UnreadableListException(long? line, string message) : Exception(message)
{
    /// <summary>Where it is wrong, from 1: a text's physical line, a spreadsheet's row; null if it is wrong as a whole.</summary>
    public long? Line { get; } = line;
}
