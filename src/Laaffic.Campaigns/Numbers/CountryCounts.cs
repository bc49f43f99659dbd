namespace Laaffic.Campaigns.Numbers;

/// <summary>
/// Counts numbers by country. A number's country is found once for its first digits; from then on a number is counted by these alone.
/// </summary>
internal sealed class CountryCounts
{
    /// <summary>The key of numbers that are nobody's, as far as can be told.</summary>
    public const string Unknown = CountryPrefixes.Unknown;

    /// <summary>How many numbers of a beginning that is nobody's so far are looked up one by one, and every how many after these.</summary>
    private const int LookUps = 64;

    // Where no country is known, how many numbers wait for one.
    private readonly CountryPrefixes _prefixes = new();
    private long[] _counts = new long[16];

    /// <summary>Counts one number.</summary>
    /// <param name="digits">The number, at least 6 digits (0-9), country code first.</param>
    public void Add(ReadOnlySpan<byte> digits)
    {
        ref var entry = ref _prefixes.EntryOf(digits);
        if (entry >= 0)
        {
            AddUnresolved(ref entry, digits);
        }
        else if (~entry is var slot && slot < _counts.Length)
        {
            _counts[slot]++;
        }
        else
        {
            Count(slot, 1);
        }
    }

    /// <summary>How many numbers there are of each country.</summary>
    /// <returns>By ISO 3166-1 code, <c>001</c> for international services such as +800, and <see cref="Unknown"/>; most first.</returns>
    public IReadOnlyDictionary<string, long> ByCountry()
    {
        Count(_prefixes.Countries.Count - 1, 0); // so that each has its place
        var waiting = _prefixes.Unresolved.Sum(entry => (long)entry);
        var counts = _prefixes
            .Countries.Select((country, slot) => KeyValuePair.Create(country, _counts[slot] + (slot == 0 ? waiting : 0)))
            .Where(count => count.Value > 0)
            .OrderByDescending(count => count.Value)
            .ThenBy(count => count.Key, StringComparer.Ordinal);
        return new OrderedDictionary<string, long>(counts);
    }

    private void AddUnresolved(ref int entry, ReadOnlySpan<byte> digits)
    {
        entry++;
        if (entry > LookUps && entry % LookUps != 0 || CountryPrefixes.FindCountry(digits) is not { } country)
        {
            return;
        }

        var slot = _prefixes.SlotOf(country);
        Count(slot, entry);
        entry = ~slot;
    }

    private void Count(int slot, long numbers)
    {
        if (slot >= _counts.Length)
        {
            Array.Resize(ref _counts, slot + 16);
        }

        _counts[slot] += numbers;
    }
}
