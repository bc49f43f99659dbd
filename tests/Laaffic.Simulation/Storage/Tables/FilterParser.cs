using System.Globalization;

namespace Laaffic.Simulation.Storage.Tables;

/// <summary>Reads the OData of <c>$filter</c> as far as the table service takes it.</summary>
internal ref struct FilterParser
{
    private ReadOnlySpan<char> _rest;

    private FilterParser(string text) => _rest = text;

    public static Filter Parse(string text)
    {
        var parser = new FilterParser(text);
        try
        {
            var filter = parser.Or();
            return parser._rest.Trim().IsEmpty ? filter : throw TableErrors.InvalidInput();
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw TableErrors.InvalidInput();
        }
    }

    private Filter Or()
    {
        var left = And();
        while (TryTakeWord("or"))
        {
            left = new Filter.Either(left, And());
        }

        return left;
    }

    private Filter And()
    {
        var left = Unary();
        while (TryTakeWord("and"))
        {
            left = new Filter.Both(left, Unary());
        }

        return left;
    }

    private Filter Unary()
    {
        if (TryTakeWord("not"))
        {
            return new Filter.Not(Unary());
        }

        if (!TryTake('('))
        {
            return Comparison();
        }

        var inner = Or();
        return TryTake(')') ? inner : throw TableErrors.InvalidInput();
    }

    private Filter.Compare Comparison()
    {
        var property = TakeWord().ToString();
        var comparison = TakeWord() switch
        {
            "eq" => Tables.Comparison.Equal,
            "ne" => Tables.Comparison.NotEqual,
            "gt" => Tables.Comparison.Greater,
            "ge" => Tables.Comparison.GreaterOrEqual,
            "lt" => Tables.Comparison.Less,
            "le" => Tables.Comparison.LessOrEqual,
            _ => throw TableErrors.InvalidInput(),
        };
        return new(property, comparison, Literal());
    }

    private object Literal()
    {
        if (TryTake('\''))
        {
            return TableAddress.TakeQuoted(ref _rest);
        }

        var word = TakeWord();
        if (TryTake('\''))
        {
            var text = TableAddress.TakeQuoted(ref _rest);
            return word switch
            {
                "datetime" => RowJson.Time(text),
                "guid" => Guid.Parse(text),
                "X" or "binary" => Convert.FromHexString(text),
                _ => throw TableErrors.InvalidInput(),
            };
        }

        if (word is "true")
        {
            return true;
        }

        if (word is "false")
        {
            return false;
        }

        if (word[^1] == 'L')
        {
            return long.Parse(word[..^1], CultureInfo.InvariantCulture);
        }

        return int.TryParse(word, CultureInfo.InvariantCulture, out var number)
            ? (object)number
            : double.Parse(word, CultureInfo.InvariantCulture);
    }

    private ReadOnlySpan<char> TakeWord()
    {
        _rest = _rest.TrimStart();
        var end = _rest.IndexOfAny(" ()'");
        var word = end < 0 ? _rest : _rest[..end];
        _rest = _rest[word.Length..];
        return word.IsEmpty ? throw TableErrors.InvalidInput() : word;
    }

    private bool TryTakeWord(string word)
    {
        _rest = _rest.TrimStart();
        if (!_rest.StartsWith(word, StringComparison.Ordinal) || (_rest.Length > word.Length && _rest[word.Length] is not (' ' or '(')))
        {
            return false;
        }

        _rest = _rest[word.Length..];
        return true;
    }

    private bool TryTake(char c)
    {
        // Nothing stands between a literal's type and its quote.
        if (c != '\'' || (_rest.Length > 0 && _rest[0] == ' '))
        {
            _rest = _rest.TrimStart();
        }

        if (_rest.IsEmpty || _rest[0] != c)
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }
}
