namespace Laaffic.Api;

/// <summary>Hints for names that are not known.</summary>
internal static class FieldNames
{
    private const int MaxEdits = 2;

    /// <summary>
    /// What to say of an unknown field: the right spelling if only its case is wrong, else the known name nearest to it if at
    /// most two letters differ.
    /// </summary>
    /// <param name="name">The name as it was written.</param>
    /// <param name="known">The names that there are.</param>
    public static string Unknown(string name, params ReadOnlySpan<string> known)
    {
        var nearest = Nearest(name, known);
        return nearest is null ? "unknown field"
            : nearest.Equals(name, StringComparison.OrdinalIgnoreCase) ? $"unknown field; write it {nearest}"
            : $"unknown field; did you mean {nearest}?";
    }

    /// <summary>The known name from which a written one differs least, in at most two letters and case; null if there is none.</summary>
    /// <param name="name">The name as it was written.</param>
    /// <param name="known">The names that there are.</param>
    public static string? Nearest(string name, params ReadOnlySpan<string> known)
    {
        ArgumentNullException.ThrowIfNull(name);
        var (nearest, edits) = ((string?)null, int.MaxValue);
        foreach (var candidate in known)
        {
            if (Edits(name, candidate) is var distance && distance < edits)
            {
                (nearest, edits) = (candidate, distance);
            }
        }

        return edits <= MaxEdits ? nearest : null;
    }

    /// <summary>
    /// The Levenshtein distance, case aside, one row at a time; names of very different lengths are infinitely far apart.
    /// </summary>
    private static int Edits(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > MaxEdits)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]);
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1)));
            }
        }

        return row[b.Length];
    }
}
