using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Mapping;

/// <summary>Which columns of a list feed which fields of its callees.</summary>
internal sealed class ColumnMap
{
    private readonly List<Feed> _feeds = [];

    private ColumnMap(HeaderRow headers) => Headers = headers;

    /// <summary>The list's headers.</summary>
    public HeaderRow Headers { get; }

    /// <summary>What feeds each field, by the field's number, as it is said in reports: headers, as the list has them.</summary>
    public IReadOnlyDictionary<int, string> Uses => _feeds.ToDictionary(feed => feed.Field, feed => feed.Description);

    /// <summary>Whether all columns that are asked for were found.</summary>
    public bool IsUsable { get; private set; }

    /// <summary>What no row may be without.</summary>
    public CalleeRequirements Requirements { get; private set; } = new();

    /// <summary>The headers of the columns that mean nothing here.</summary>
    public IReadOnlyList<string> IgnoredColumns { get; private set; } = [];

    /// <summary>Finds the columns. Whatever is wrong is reported; then the map is not to be used.</summary>
    /// <param name="headers">The list's headers.</param>
    /// <param name="line">The header row's line.</param>
    /// <param name="settings">What the campaign says of its columns.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static ColumnMap Resolve(HeaderRow headers, long line, ListSettings settings, CampaignErrors errors)
    {
        var map = new ColumnMap(headers);
        var before = errors.Count;
        for (var field = 0; field < CalleeField.Names.Length; field++)
        {
            if (settings.Columns.TryGetValue(field, out var sources))
            {
                map.AddMapped(field, sources, settings, errors);
            }
            else
            {
                map.AddByName(field, line, errors);
            }
        }

        if (!settings.Columns.ContainsKey(0) && headers.Find(CalleeField.Number).Count == 0)
        {
            errors.Add(CalleeField.Number, line, NoNumberColumn(headers, settings));
        }

        map.Requirements = CalleeRequirements.Resolve(settings, headers, map.Uses, errors);
        map.IsUsable = errors.Count == before;
        var used = map._feeds.SelectMany(feed => feed.Ordinals).Concat(map.Requirements.Columns).ToHashSet();
        map.IgnoredColumns =
        [
            .. Enumerable
                .Range(0, headers.Names.Count)
                .Where(ordinal => !used.Contains(ordinal) && headers.Names[ordinal].Length > 0)
                .Select(ordinal => CampaignErrors.Cut(headers.Names[ordinal], 101)),
        ];
        return map;
    }

    /// <summary>Fills the fields of a callee, whose cells are there, from them.</summary>
    /// <returns>Null, or why there is no number to be found: the row ends before its column.</returns>
    public string? Fill(Callee callee)
    {
        string? problem = null;
        foreach (var feed in CollectionsMarshal.AsSpan(_feeds))
        {
            if (feed.Single is var single and >= 0)
            {
                if (single < callee.CellCount)
                {
                    Set(callee, feed.Field, callee.CellSlice(single));
                }
                else
                {
                    problem ??= feed.Field == 0 ? EndsEarly(callee.CellCount, feed) : null;
                }
            }
            else if (feed.Find(callee) is not { } value)
            {
                problem ??= feed.Field == 0 ? EndsEarly(callee.CellCount, feed) : null;
            }
            else
            {
                Set(callee, feed.Field, value);
            }
        }

        return problem;
    }

    private static void Set(Callee callee, int field, Callee.Slice value)
    {
        if (field == 0)
        {
            callee.SetNumber(value);
        }
        else
        {
            callee.AddText(field - 1, value);
        }
    }

    /// <summary>Whether a column feeds a field.</summary>
    public bool IsFed(int ordinal) => _feeds.Exists(feed => feed.Ordinals.Contains(ordinal));

    private void AddByName(int field, long line, CampaignErrors errors)
    {
        var found = Headers.Find(CalleeField.Names[field]);
        if (found.Count > 1)
        {
            errors.Add(
                Headers.Names[found[1]],
                line,
                $"Columns {found[0] + 1} and {found[1] + 1} are both named {Headers.Names[found[1]]}: rename or remove one."
            );
        }

        if (found.Count > 0)
        {
            _feeds.Add(
                new Feed(
                    field,
                    Headers.Names[found[0]],
                    [
                        [new(found[0], default)],
                    ]
                )
            );
        }
    }

    private void AddMapped(int field, IReadOnlyList<ColumnTemplate> sources, ListSettings settings, CampaignErrors errors)
    {
        var setting = settings.Given["columns"];
        setting = setting with { Path = $"{setting.Path}.{CalleeField.Names[field]}" };
        var pieces = new List<Piece[]>();
        foreach (var source in sources)
        {
            var parts = new List<Piece>();
            foreach (var part in source.Parts)
            {
                if (!part.IsHeader)
                {
                    parts.Add(new(-1, Encoding.UTF8.GetBytes(part.Text)));
                    continue;
                }

                var found = Headers.Find(part.Text);
                if (found.Count == 1)
                {
                    parts.Add(new(found[0], default));
                    continue;
                }

                var name = CampaignErrors.Shown(part.Text);
                setting.Refuse(
                    errors,
                    found.Count == 0
                        ? $"there is no column '{name}'. {Headers.Describe(part.Text)}"
                        : $"columns {found[0] + 1} and {found[1] + 1} are both named '{name}': rename one"
                );
            }

            pieces.Add([.. parts]);
        }

        _feeds.Add(new Feed(field, string.Join(", else ", sources.Select(Described)), [.. pieces]));
    }

    private string Described(ColumnTemplate source) =>
        source.IsHeader && Headers.Find(source.Written) is [var ordinal] ? Headers.Names[ordinal] : source.Written;

    private static string NoNumberColumn(HeaderRow headers, ListSettings settings)
    {
        var usual = PhoneHeaders.Among(headers.Names);
        var others = settings.Given.ContainsKey("columns") ? " Give it beside the others in 'columns'." : "";
        if (usual.Count == 0)
        {
            return $"The header row has no column {CalleeField.Number}. {headers.Describe()} Say which of them has the "
                + $"numbers with a line before the header row, such as # columns: {{\"{CalleeField.Number}\": \"YOUR COLUMN\"}}, or in "
                + $"the profile.{others}";
        }

        var source = JsonEncodedText.Encode(usual[0], JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        var also = usual.Count > 1 ? $" (or '{string.Join("', '", usual.Skip(1).Take(3))}')" : "";
        return $"The header row has no column {CalleeField.Number}. If '{usual[0]}'{also} has the numbers, put this line before the header "
            + $"row: # columns: {{\"{CalleeField.Number}\": \"{source}\"}} {headers.Describe()}{others}";
    }

    private static string EndsEarly(int cells, Feed feed) =>
        feed.Ordinals.Count == 1
            ? $"the row ends after {cells} {(cells == 1 ? "cell" : "cells")}: {feed.Description} is column {feed.Ordinals[0] + 1}"
            : $"the row ends after {cells} {(cells == 1 ? "cell" : "cells")}, before the columns of its number";

    /// <summary>A part of a template: a column, or bytes that stand as they are.</summary>
    private readonly record struct Piece(int Ordinal, ReadOnlyMemory<byte> Text);

    /// <summary>What feeds a field: one template after the other, of which the first that is not empty counts.</summary>
    private sealed class Feed(int number, string description, Piece[][] sources)
    {
        public int Field => number;

        public string Description => description;

        /// <summary>The column that feeds it by itself, as nearly always; -1 if there are others.</summary>
        public int Single { get; } = sources is [[{ Ordinal: >= 0 and var ordinal }]] ? ordinal : -1;

        public IReadOnlyList<int> Ordinals { get; } =
        [.. sources.SelectMany(source => source).Where(piece => piece.Ordinal >= 0).Select(piece => piece.Ordinal).Distinct()];

        /// <summary>The value in a row; null if its columns are all beyond the row's end.</summary>
        public Callee.Slice? Find(Callee callee)
        {
            Callee.Slice? empty = null;
            foreach (var source in sources)
            {
                if (Compose(source, callee) is not { } value)
                {
                    continue;
                }

                if (sources.Length == 1 || !Utf8Text.Trim(callee.Get(value)).IsEmpty)
                {
                    return value;
                }

                empty ??= value;
            }

            return empty;
        }

        private static Callee.Slice? Compose(Piece[] source, Callee callee)
        {
            if (source is [{ Ordinal: >= 0 and var single }])
            {
                return single < callee.CellCount ? callee.CellSlice(single) : null;
            }

            // Where all of its columns are empty, what stands between them says nothing.
            var hasValue = false;
            foreach (var piece in source)
            {
                hasValue |= piece.Ordinal >= 0 && piece.Ordinal < callee.CellCount && !Utf8Text.Trim(callee.GetCell(piece.Ordinal)).IsEmpty;
            }

            if (!hasValue)
            {
                return callee.Take(0);
            }

            var start = callee.Length;
            foreach (var piece in source)
            {
                if (piece.Ordinal < 0)
                {
                    callee.Append(piece.Text.Span);
                }
                else if (piece.Ordinal < callee.CellCount)
                {
                    callee.AppendCell(piece.Ordinal);
                }
            }

            return callee.TrimFrom(start);
        }
    }
}
