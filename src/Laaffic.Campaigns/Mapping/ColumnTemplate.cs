using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Laaffic.Campaigns.Mapping;

/// <summary>What one field is made of: a header, or a template such as <c>{First Name} {Last Name}</c>.</summary>
/// <param name="Written">As it was written.</param>
/// <param name="Parts">Its parts in order: a header's name, or the text between two.</param>
internal sealed record ColumnTemplate(string Written, IReadOnlyList<ColumnTemplate.Part> Parts)
{
    /// <summary>Whether it is a header by itself.</summary>
    public bool IsHeader => Parts is [{ IsHeader: true }];

    /// <summary>The headers that it names.</summary>
    public IEnumerable<string> Headers => Parts.Where(part => part.IsHeader).Select(part => part.Text);

    /// <summary>Reads a header or a template.</summary>
    /// <param name="written">With braces it is a template; without, a header.</param>
    /// <param name="template">What was read.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static bool TryParse(string written, [NotNullWhen(true)] out ColumnTemplate? template, [NotNullWhen(false)] out string? problem)
    {
        template = null;
        problem = null;
        if (!written.AsSpan().ContainsAny('{', '}'))
        {
            if (written.AsSpan().Trim().IsEmpty)
            {
                problem = "must be a column's header, not an empty text";
                return false;
            }

            template = new(written, [new(true, written)]);
            return true;
        }

        List<Part> parts = [];
        var text = new StringBuilder();
        for (var i = 0; i < written.Length; i++)
        {
            if (written[i] == '}')
            {
                problem = "has a } without a { before it: a column stands in braces, as in {First Name}";
                return false;
            }

            if (written[i] != '{')
            {
                text.Append(written[i]);
                continue;
            }

            var end = written.IndexOf('}', i);
            var name = end < 0 ? "" : written[(i + 1)..end];
            if (end < 0 || name.Contains('{', StringComparison.Ordinal) || string.IsNullOrWhiteSpace(name))
            {
                problem = "has a { that no column's header and } follow: a column stands in braces, as in {First Name}";
                return false;
            }

            if (text.Length > 0)
            {
                parts.Add(new(false, text.ToString()));
                text.Clear();
            }

            parts.Add(new(true, name));
            i = end;
        }

        if (text.Length > 0)
        {
            parts.Add(new(false, text.ToString()));
        }

        template = new(written, parts);
        return true;
    }

    /// <summary>A part of a template.</summary>
    /// <param name="IsHeader">Whether it names a column, or stands as it is.</param>
    /// <param name="Text">The header's name or the text.</param>
    internal readonly record struct Part(bool IsHeader, string Text);
}
