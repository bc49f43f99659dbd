namespace Laaffic.Campaigns.Opening;

/// <summary>The endings that a file's name may have.</summary>
internal static class ListEndings
{
    private static readonly (string Ending, ListKind Kind)[] Kinds =
    [
        (".csv", ListKind.Text),
        (".tsv", ListKind.Text),
        (".txt", ListKind.Text),
        (".json", ListKind.Json),
        (".xlsx", ListKind.Spreadsheet),
        (".xls", ListKind.Spreadsheet),
    ];

    /// <summary>Whether a file is named as an archive.</summary>
    public static bool IsZip(string name) => name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    /// <summary>What a file of this name should be; null if the name has none of the endings.</summary>
    public static ListKind? KindOf(string name)
    {
        foreach (var (ending, kind) in Kinds)
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return kind;
            }
        }
        return null;
    }

    /// <summary>The name without <c>.gz</c> at its end.</summary>
    public static string WithoutGz(string name) => name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;

    /// <summary>What is thrown for a name with another ending, or none.</summary>
    public static UnreadableListException Unknown(string name)
    {
        var ending = Path.GetExtension(name);
        var wrong = ending.Length is > 1 and <= 12 ? $"The ending {ending} is none that can be read" : "The file's name has no ending";
        return new UnreadableListException(
            null,
            $"{wrong}: a list ends in {string.Join(", ", Kinds.Select(kind => kind.Ending))}, "
                + "each also followed by .gz, or is alone in a .zip."
        );
    }
}
