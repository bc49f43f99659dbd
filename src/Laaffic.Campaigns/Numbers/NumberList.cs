using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Laaffic.Campaigns.Numbers;

/// <summary>A short list of numbers, as a setting has one.</summary>
public sealed class NumberList
{
    private readonly HashSet<ulong> _keys = [];

    /// <summary>How many different numbers there are.</summary>
    public int Count => _keys.Count;

    /// <summary>Reads a list.</summary>
    /// <param name="text">Numbers with their country codes, between commas, semicolons or line breaks.</param>
    /// <param name="list">The list; null if it is empty or one is no number.</param>
    /// <param name="error">What is wrong, as the end of a sentence, without the number itself.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out NumberList? list, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        list = new NumberList();
        error = null;
        Span<byte> digits = stackalloc byte[WrittenNumber.Room];
        var place = 0;
        foreach (var number in text.Split([',', ';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            place++;
            if (!NumberNormalizer.TryNormalize(System.Text.Encoding.UTF8.GetBytes(number), digits, out var length, out var reason))
            {
                error = string.Create(CultureInfo.InvariantCulture, $"entry {place} cannot be called: {reason}");
                list = null;
                return false;
            }

            list._keys.Add(NumberNormalizer.Key(digits[..length]));
        }

        error = place == 0 ? "it must be a list of numbers with their country codes, such as 6281234567890, 12025550101" : null;
        list = place == 0 ? null : list;
        return list is not null;
    }

    /// <summary>Whether a number is in it.</summary>
    /// <param name="digits">Its digits, country code first.</param>
    public bool Contains(ReadOnlySpan<byte> digits) => _keys.Contains(NumberNormalizer.Key(digits));
}
