using System.Text;
using Laaffic.Api;
using Laaffic.Campaigns.Mapping;
using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Planning;

/// <summary>Keeps the first callees that are called, to show what the agent gets.</summary>
internal sealed class CalleePreview
{
    private const int Most = 10;

    private readonly List<PreviewedCallee> _callees = [];

    /// <summary>The first callees.</summary>
    public IReadOnlyList<PreviewedCallee> Callees => _callees;

    /// <summary>Keeps a callee if it is one of the first.</summary>
    public void Add(Callee callee)
    {
        if (_callees.Count < Most)
        {
            _callees.Add(new PreviewedCallee(callee.Line, Mask(callee.Digits.AsSpan(0, callee.DigitCount)), TextsOf(callee)));
        }
    }

    private static string Mask(ReadOnlySpan<byte> digits)
    {
        const int first = 3,
            last = 2;
        return string.Concat(
            Encoding.ASCII.GetString(digits[..first]),
            new string('•', digits.Length - first - last),
            Encoding.ASCII.GetString(digits[^last..])
        );
    }

    private static SortedDictionary<string, string> TextsOf(Callee callee)
    {
        var texts = new SortedDictionary<string, string>(Comparer<string>.Create((a, b) => CalleeField.Find(a) - CalleeField.Find(b)));
        for (var i = 0; i < callee.TextCount; i++)
        {
            var text = Encoding.UTF8.GetString(callee.GetText(i, out var index));
            texts[CalleeField.Names[index + 1]] = ShortText.Cut(text, CalleeRules.MaxTextLength);
        }

        return texts;
    }
}
