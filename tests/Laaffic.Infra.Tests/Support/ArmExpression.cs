using System.Globalization;
using System.Text;

namespace Laaffic.Infra.Tests.Support;

/// <summary>
/// Evaluates what the Bicep CLI leaves open since only Azure knows it: properties of resources, which here become words
/// like <c>&lt;clientId&gt;</c>, and the endpoints of the public cloud.
/// </summary>
internal sealed class ArmExpression
{
    private readonly string text;
    private int at;

    private ArmExpression(string text) => this.text = text;

    /// <summary>The value of a template string, which is an expression if it stands in brackets.</summary>
    public static string Evaluate(string value) =>
        value.StartsWith('[') && !value.StartsWith("[[", StringComparison.Ordinal)
            ? new ArmExpression(value[1..^1]).Read()
            : value;

    private string Read()
    {
        Skip();
        if (text[at] == '\'') return Literal();
        var start = at;
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '.')) at++;
        var name = text[start..at];
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
            _ => throw new NotSupportedException($"{name} with .{path} in {text}"),
        };
    }

    private static string Format(List<string> arguments) =>
        string.Format(CultureInfo.InvariantCulture, arguments[0], [.. arguments.Skip(1)]);

    private List<string> Arguments()
    {
        List<string> arguments = [];
        Take('(');
        while (text[at] != ')')
        {
            arguments.Add(Read());
            Skip();
            if (text[at] == ',') at++;
        }

        Take(')');
        return arguments;
    }

    private string Path()
    {
        var start = at;
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '.' or '_')) at++;
        return text[start..at].TrimStart('.');
    }

    private string Literal()
    {
        var literal = new StringBuilder();
        for (at++; ; at++)
        {
            if (text[at] != '\'')
            {
                literal.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == '\'')
            {
                literal.Append('\'');
                at++;
            }
            else
            {
                at++;
                return literal.ToString();
            }
        }
    }

    private void Skip()
    {
        while (text[at] == ' ') at++;
    }

    private void Take(char expected)
    {
        if (text[at] != expected) throw new FormatException($"No {expected} at {at} of {text}");
        at++;
    }
}
