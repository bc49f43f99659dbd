using System.Globalization;
using Laaffic.Api;

namespace Laaffic.Campaigns.Mapping;

/// <summary>The fields of a callee that a column can feed, by number: 0 is the number, 1 to 10 are the texts.</summary>
internal static class CalleeField
{
    /// <summary>The field that every callee must have.</summary>
    public const string Number = "calleeNumber";

    /// <summary>All names, each at its number.</summary>
    public static readonly string[] Names =
    [
        Number,
        .. Enumerable.Range(1, CalleeRules.TextCount).Select(n => string.Create(CultureInfo.InvariantCulture, $"text{n}")),
    ];

    /// <summary>The field of a name, whatever its case; -1 if there is none.</summary>
    public static int Find(string name) => Array.FindIndex(Names, field => field.Equals(name, StringComparison.OrdinalIgnoreCase));
}
