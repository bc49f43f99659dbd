using System.Text;

namespace Laaffic.Campaigns.Planning;

/// <summary>Counts why callees were rejected. Reasons that differ by numbers and quoted texts alone are one.</summary>
internal sealed class RejectionReasons
{
    /// <summary>How many different ones are told apart; more are not counted.</summary>
    private const int MaxKinds = 500;

    private readonly Dictionary<string, Entry> _byKind = new(StringComparer.Ordinal);

    /// <summary>Counts one.</summary>
    public void Add(string reason, long line)
    {
        var kind = KindOf(reason);
        if (_byKind.TryGetValue(kind, out var entry))
        {
            entry.Count++;
        }
        else if (_byKind.Count < MaxKinds)
        {
            _byKind.Add(kind, new Entry(reason, line) { Count = 1 });
        }
    }

    /// <summary>The commonest, each with the first example of it.</summary>
    public IReadOnlyList<CommonReason> Commonest(int most) =>
        [
            .. _byKind
                .Values.OrderByDescending(entry => entry.Count)
                .ThenBy(entry => entry.Line)
                .Take(most)
                .Select(entry => new CommonReason(entry.Count, entry.Line, entry.Reason)),
        ];

    private static string KindOf(string reason)
    {
        if (!reason.AsSpan().ContainsAnyInRange('0', '9') && !reason.Contains('\'', StringComparison.Ordinal))
        {
            return reason;
        }

        var kind = new StringBuilder(reason.Length);
        var isQuoted = false;
        foreach (var c in reason)
        {
            if (c == '\'')
            {
                isQuoted = !isQuoted;
            }

            if (!isQuoted && !char.IsAsciiDigit(c))
            {
                kind.Append(c);
            }
            else if (kind.Length == 0 || kind[^1] != '#')
            {
                kind.Append('#');
            }
        }

        return kind.ToString();
    }

    private sealed record Entry(string Reason, long Line)
    {
        public long Count { get; set; }
    }
}
