using System.Globalization;
using System.Text;
using Laaffic.Api;

namespace Laaffic.Campaigns.Mapping;

/// <summary>
/// The names of a list's columns, found without regard to case, to marks (accents, and characters that nobody sees) and to
/// space around them.
/// </summary>
internal sealed class HeaderRow
{
    private const int MaxListed = 20,
        MaxListedLength = 40;

    private readonly string[] _plain;
    private readonly string[] _bare;

    /// <param name="names">The names as they stand in the list.</param>
    public HeaderRow(IEnumerable<string> names)
    {
        Names = [.. names.Select(Visible)];
        _plain = [.. Names.Select(Plain)];
        _bare = [.. Names.Select(Bare)];
    }

    /// <summary>The names, without space and invisible characters around them.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The columns of a name, from 0. Those that have its marks too go before those that have not.</summary>
    public IReadOnlyList<int> Find(string name)
    {
        var exact = Matches(_plain, Plain(Visible(name)));
        return exact.Count > 0 ? exact : Matches(_bare, Bare(Visible(name)));
    }

    /// <summary>A sentence that lists the names.</summary>
    public string Describe()
    {
        var named = Names.Where(name => name.Length > 0);
        var listed = string.Join(", ", named.Take(MaxListed).Select(name => $"'{ShortText.Cut(name, MaxListedLength)}'"));
        return $"The columns are: {listed}{(Names.Count > MaxListed ? ", …" : "")}.";
    }

    /// <summary>The same, with the nearest to one that is not there.</summary>
    public string Describe(string missing) =>
        Nearest(missing) is { } nearest ? $"{Describe()} Did you mean '{ShortText.Cut(nearest, MaxListedLength)}'?" : Describe();

    /// <summary>A name as it is compared: in the case and form that all have, without marks and with single spaces.</summary>
    public static string Bare(string name)
    {
        var bare = new StringBuilder(name.Length);
        foreach (var rune in Form(name, NormalizationForm.FormKD).EnumerateRunes())
        {
            if (
                Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.NonSpacingMark
                    or UnicodeCategory.SpacingCombiningMark
                    or UnicodeCategory.EnclosingMark
                    or UnicodeCategory.Format
            )
            {
                continue;
            }

            if (!Rune.IsWhiteSpace(rune))
            {
                bare.Append(Rune.ToUpperInvariant(rune));
            }
            else if (bare.Length > 0 && bare[^1] != ' ')
            {
                bare.Append(' ');
            }
        }

        return bare.ToString().Trim();
    }

    private static string Plain(string name) => Form(name, NormalizationForm.FormC).ToUpperInvariant();

    // A lone surrogate, which a text of characters may hold, has no form.
    private static string Form(string name, NormalizationForm form)
    {
        try
        {
            return name.Normalize(form);
        }
        catch (ArgumentException)
        {
            return name;
        }
    }

    /// <summary>Without white space, byte-order marks and other characters at its ends that nobody sees.</summary>
    private static string Visible(string name)
    {
        var (start, end) = (0, name.Length);
        while (start < end && IsUnseen(name[start]))
        {
            start++;
        }

        while (end > start && IsUnseen(name[end - 1]))
        {
            end--;
        }

        return name[start..end];
    }

    private static bool IsUnseen(char c) =>
        char.IsWhiteSpace(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.Control;

    private static List<int> Matches(string[] names, string name) =>
        [.. Enumerable.Range(0, names.Length).Where(i => names[i].Length > 0 && names[i] == name)];

    private string? Nearest(string missing)
    {
        var bare = Bare(missing);
        var (nearest, best) = ((string?)null, int.MaxValue);
        for (var i = 0; i < Math.Min(_bare.Length, 1000); i++)
        {
            if (_bare[i].Length is > 0 and <= 100 && EditDistance.Of(bare, _bare[i]) is var distance && distance < best)
            {
                (nearest, best) = (Names[i], distance);
            }
        }

        return best <= Math.Max(2, bare.Length / 2) ? nearest : null;
    }
}
