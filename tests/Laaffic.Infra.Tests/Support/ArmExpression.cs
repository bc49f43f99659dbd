using System.Globalization;
using System.Text;

namespace Laaffic.Infra.Tests.Support;

/// <summary>
/// Evaluates what the Bicep CLI leaves open since only Azure knows it: properties of resources, which here become words
/// like <c>&lt;clientId&gt;</c>, and the endpoints of the public cloud.
/// </summary>
internal sealed class ArmExpression
{
    private readonly string _text;
    private int _at;

    private ArmExpression(string text) => this._text = text;

    /// <summary>The value of a template string, which is an expression if it stands in brackets.</summary>
    public static string Evaluate(string value) =>
        value.StartsWith('[') && !value.StartsWith("[[", StringComparison.Ordinal) ? new ArmExpression(value[1..^1]).Read() : value;

    private string Read()
    {
        Skip();
        if (_text[_at] == '\'')
        {
            return Literal();
        }

        var start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] == '.'))
        {
            _at++;
        }

        var name = _text[start.._at];
        var arguments = Arguments();
        var path = Path();
        return name switch
        {
            "format" => Format(arguments),
            "guid" or "extensionResourceId" or "resourceId" => $"<{name}({string.Join(", ", arguments)})>",
            "environment" when path == "suffixes.storage" => "core.windows.net",
            "environment" when path == "suffixes.keyvaultDns" => ".vault.azure.net",
            "reference" => $"<{path}>",
            "listKeys" => $"<key {path} of {arguments[0]}>",
            _ => throw new NotSupportedException($"{name} with .{path} in {_text}"),
        };
    }

    private static string Format(List<string> arguments) =>
        string.Format(CultureInfo.InvariantCulture, arguments[0], [.. arguments.Skip(1)]);

    private List<string> Arguments()
    {
        List<string> arguments = [];
        Take('(');
        while (_text[_at] != ')')
        {
            arguments.Add(Read());
            Skip();
            if (_text[_at] == ',')
            {
                _at++;
            }
        }

        Take(')');
        return arguments;
    }

    private string Path()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '.' or '_'))
        {
            _at++;
        }

        return _text[start.._at].TrimStart('.');
    }

    private string Literal()
    {
        var literal = new StringBuilder();
        for (_at++; ; _at++)
        {
            if (_text[_at] != '\'')
            {
                literal.Append(_text[_at]);
            }
            else if (_at + 1 < _text.Length && _text[_at + 1] == '\'')
            {
                literal.Append('\'');
                _at++;
            }
            else
            {
                _at++;
                return literal.ToString();
            }
        }
    }

    private void Skip()
    {
        while (_text[_at] == ' ')
        {
            _at++;
        }
    }

    private void Take(char expected)
    {
        if (_text[_at] != expected)
        {
            throw new FormatException($"No {expected} at {_at} of {_text}");
        }

        _at++;
    }
}
