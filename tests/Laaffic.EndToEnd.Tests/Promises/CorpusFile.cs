namespace Laaffic.EndToEnd.Tests.Promises;

/// <summary>
/// What must come of a file: its state, for a rejected one where and why, as the line, the field and the beginning of the
/// message of its first error, and for an accepted one how many callees were read and rejected.
/// </summary>
internal sealed record CorpusFile(string Name, string State, string Line, string Field, string Message)
{
    public bool IsJson => Name.EndsWith(".json", StringComparison.Ordinal);

    public byte[] Content => Corpus.Read(Name);
}
