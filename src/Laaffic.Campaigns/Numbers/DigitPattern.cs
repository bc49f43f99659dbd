using System.Globalization;

namespace Laaffic.Campaigns.Numbers;

/// <summary>
/// A regular expression over digits as libphonenumber's metadata has them, made into a table: whether a number fits is known after one
/// look-up for each digit, and nearly always after the first few. It knows digits, <c>\d</c>, classes, groups, <c>|</c>, <c>?</c>,
/// <c>{n}</c> and <c>{n,m}</c>, which is all that the metadata uses.
/// </summary>
internal sealed class DigitPattern
{
    private const int Never = 0;

    // For each state the next one by digit.
    private readonly int[] _next;
    private readonly bool[] _accepts;
    private readonly int _start;

    private DigitPattern(Node pattern)
    {
        var states = new Dictionary<Node, int> { [Node.None] = Never };
        var rows = new List<int[]> { new int[10] };
        _start = StateOf(pattern, states, rows);
        _next = [.. rows.SelectMany(row => row)];
        _accepts = [.. states.OrderBy(state => state.Value).Select(state => state.Key.IsOptional)];
    }

    /// <summary>Makes a table of expressions.</summary>
    /// <param name="patterns">The expressions: what fits one of them fits.</param>
    /// <exception cref="FormatException">One has what is not known here.</exception>
    public static DigitPattern Compile(IEnumerable<string> patterns) =>
        new(patterns.Aggregate(Node.None, (all, pattern) => Node.Either(all, new Parser(pattern).Parse())));

    /// <summary>Whether a number fits as a whole.</summary>
    /// <param name="digits">Digits (0-9).</param>
    public bool Matches(ReadOnlySpan<byte> digits)
    {
        var state = _start;
        foreach (var digit in digits)
        {
            state = _next[state * 10 + digit - '0'];
            if (state == Never)
            {
                return false;
            }
        }

        return _accepts[state];
    }

    private static int StateOf(Node node, Dictionary<Node, int> states, List<int[]> rows)
    {
        if (states.TryGetValue(node, out var state))
        {
            return state;
        }

        state = rows.Count;
        states.Add(node, state);
        var row = new int[10];
        rows.Add(row);
        for (var digit = 0; digit < 10; digit++)
        {
            row[digit] = StateOf(node.After(digit), states, rows);
        }

        return state;
    }

    /// <summary>An expression. Those of one shape are equal, so that each is one state.</summary>
    private abstract record Node
    {
        /// <summary>Nothing fits.</summary>
        public static readonly Node None = new Nothing();

        /// <summary>Only no digit at all fits.</summary>
        public static readonly Node Empty = new End();

        /// <summary>Whether no digit at all fits.</summary>
        public abstract bool IsOptional { get; }

        /// <summary>What must follow a digit.</summary>
        public abstract Node After(int digit);

        public static Node Then(Node first, Node second) =>
            first == None || second == None ? None
            : first == Empty ? second
            : second == Empty ? first
            : new Sequence(first, second);

        public static Node Either(Node one, Node other) =>
            one == None ? other
            : other == None || one == other ? one
            : new Choice(one, other);
    }

    private sealed record Nothing : Node
    {
        public override bool IsOptional => false;

        public override Node After(int digit) => None;
    }

    private sealed record End : Node
    {
        public override bool IsOptional => true;

        public override Node After(int digit) => None;
    }

    /// <param name="Digits">The digits that fit, as bits.</param>
    private sealed record OneOf(int Digits) : Node
    {
        public override bool IsOptional => false;

        public override Node After(int digit) => (Digits >> digit & 1) == 1 ? Empty : None;
    }

    private sealed record Sequence(Node First, Node Second) : Node
    {
        public override bool IsOptional => First.IsOptional && Second.IsOptional;

        public override Node After(int digit)
        {
            var after = Then(First.After(digit), Second);
            return First.IsOptional ? Either(after, Second.After(digit)) : after;
        }
    }

    private sealed record Choice(Node One, Node Other) : Node
    {
        public override bool IsOptional => One.IsOptional || Other.IsOptional;

        public override Node After(int digit) => Either(One.After(digit), Other.After(digit));
    }

    private sealed class Parser(string pattern)
    {
        private int _at;

        private char Current => _at < pattern.Length ? pattern[_at] : '\0';

        public Node Parse()
        {
            var all = ParseChoice();
            return _at == pattern.Length ? all : throw Unknown();
        }

        private Node ParseChoice()
        {
            var all = ParseSequence();
            while (Current == '|')
            {
                _at++;
                all = Node.Either(all, ParseSequence());
            }

            return all;
        }

        private Node ParseSequence()
        {
            var parts = new List<Node>();
            while (Current is not ('|' or ')' or '\0'))
            {
                parts.Add(ParseRepeated());
            }

            return Enumerable.Reverse(parts).Aggregate(Node.Empty, (rest, part) => Node.Then(part, rest));
        }

        private Node ParseRepeated()
        {
            var part = ParsePart();
            var (least, most) = (1, 1);
            if (Current == '?')
            {
                _at++;
                least = 0;
            }
            else if (Current == '{')
            {
                _at++;
                least = most = ParseNumber();
                if (Current == ',')
                {
                    _at++;
                    most = ParseNumber();
                }

                Take('}');
            }

            var all = Node.Empty;
            for (var i = 0; i < most - least; i++)
            {
                all = Node.Either(Node.Empty, Node.Then(part, all));
            }

            for (var i = 0; i < least; i++)
            {
                all = Node.Then(part, all);
            }

            return all;
        }

        private Node ParsePart()
        {
            var first = Current;
            _at++;
            switch (first)
            {
                case >= '0' and <= '9':
                    return new OneOf(1 << (first - '0'));
                case '\\':
                    Take('d');
                    return new OneOf(0x3FF);
                case '[':
                    return ParseClass();
                case '(':
                    if (Current == '?')
                    {
                        _at++;
                        Take(':');
                    }

                    var all = ParseChoice();
                    Take(')');
                    return all;
                default:
                    throw Unknown();
            }
        }

        private OneOf ParseClass()
        {
            var digits = 0;
            while (Current != ']')
            {
                var from = ParseDigit();
                var to = from;
                if (Current == '-')
                {
                    _at++;
                    to = ParseDigit();
                }

                for (; from <= to; from++)
                {
                    digits |= 1 << from;
                }
            }

            _at++;
            return new OneOf(digits);
        }

        private int ParseDigit()
        {
            var digit = char.IsAsciiDigit(Current) ? Current - '0' : throw Unknown();
            _at++;
            return digit;
        }

        private int ParseNumber()
        {
            var number = ParseDigit();
            while (char.IsAsciiDigit(Current))
            {
                number = number * 10 + ParseDigit();
            }

            return number;
        }

        private void Take(char expected) => _at = Current == expected ? _at + 1 : throw Unknown();

        private FormatException Unknown() =>
            new(string.Create(CultureInfo.InvariantCulture, $"Position {_at} of the pattern {pattern} is not understood."));
    }
}
