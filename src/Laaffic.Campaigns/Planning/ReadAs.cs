namespace Laaffic.Campaigns.Planning;

/// <summary>What a campaign's file was read as. What does not apply to its form is null.</summary>
public sealed record ReadAs
{
    /// <summary><c>JSON</c>, <c>text</c> (with delimiters), <c>XLSX</c> or <c>XLS</c>.</summary>
    public required string Format { get; init; }

    /// <summary>What it was packed in, such as <c>gzip</c> or <c>zip: list.csv</c>.</summary>
    public string? Packed { get; init; }

    /// <summary>The text's encoding.</summary>
    public string? Encoding { get; init; }

    /// <summary>What separates the cells: <c>comma</c>, <c>semicolon</c>, <c>tab</c> or <c>bar (|)</c>.</summary>
    public string? Delimiter { get; init; }

    /// <summary>The spreadsheet's sheet.</summary>
    public string? Sheet { get; init; }

    /// <summary>Where the header row stands, from 1.</summary>
    public long? HeaderLine { get; init; }

    /// <summary>What feeds each field: a header, or what is made of several.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();
}
