namespace Laaffic.Campaigns.Intake;

/// <summary>Hints for names that are not known.</summary>
internal static class KnownNames
{
    private const int MostEdits = 2;
    private const int MostCharactersShown = 60;

    /// <summary>A name as it is shown in an error: a long one is cut.</summary>
    public static string Shown(string name) => name.Length <= MostCharactersShown ? name : $"{name[..MostCharactersShown]}…";

    /// <summary>What to say of an unknown field: the right spelling if only its case is wrong, the nearest name if one is close.</summary>
    public static string Unknown(string name, params ReadOnlySpan<string> known)
    {
        var (nearest, edits) = ("", int.MaxValue);
        foreach (var candidate in known)
        {
            if (candidate.Equals(name, StringComparison.OrdinalIgnoreCase))
                return $"unknown field; write it {candidate}";
            if (Edits(name, candidate) is var distance && distance < edits)
                (nearest, edits) = (candidate, distance);
        }
        return edits <= MostEdits ? $"unknown field; did you mean {nearest}?" : "unknown field";
    }

    /// <summary>The Levenshtein distance, case aside; names of very different lengths are infinitely far apart.</summary>
    private static int Edits(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > MostEdits)
            return int.MaxValue;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var changed = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
