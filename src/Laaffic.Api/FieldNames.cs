namespace Laaffic.Api;

/// <summary>Finds the name that a mistyped one was meant to be.</summary>
internal static class FieldNames
{
    private const int MostEdits = 2;

    /// <summary>The known name nearest to this one, case aside, if at most two letters differ; else null.</summary>
    public static string? Nearest(string name, string[] known)
    {
        var best = known
            .Where(candidate => Math.Abs(candidate.Length - name.Length) <= MostEdits)
            .Select(candidate => (Name: candidate, Edits: Edits(name, candidate)))
            .OrderBy(candidate => candidate.Edits)
            .FirstOrDefault((Name: "", Edits: int.MaxValue));
        return best.Edits <= MostEdits ? best.Name : null;
    }

    /// <summary>The Levenshtein distance, case aside, one row at a time.</summary>
    private static int Edits(string a, string b)
    {
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
