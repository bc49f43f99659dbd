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
        var (nearest, edits) = ((string?)null, MaxEdits + 1);
        var upper = name.ToUpperInvariant();
        foreach (var candidate in known)
        {
            if (
                Math.Abs(name.Length - candidate.Length) <= MaxEdits
                && EditDistance.Of(upper, candidate.ToUpperInvariant()) is var distance
                && distance < edits
            )
            {
                (nearest, edits) = (candidate, distance);
            }
        }

        return nearest;
    }
}
