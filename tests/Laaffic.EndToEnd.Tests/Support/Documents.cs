using System.Reflection;
using System.Text.RegularExpressions;

namespace Laaffic.EndToEnd.Tests.Support;

/// <summary>The repository's documents, by their path in it.</summary>
internal static partial class Documents
{
    private static readonly string[] NotOurs = [".git", "bin", "obj", "node_modules", "artifacts"];

    public static string Repository { get; } =
        typeof(Documents).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryFolder").Value!;

    public static IReadOnlyList<string> All { get; } =
    [.. Find(Repository).Select(f => Path.GetRelativePath(Repository, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    public static string Read(string document) => File.ReadAllText(Path.Combine(Repository, document)).ReplaceLineEndings("\n");

    /// <summary>The text without its fenced blocks and comments.</summary>
    public static string Prose(string document) => Comment().Replace(Fence().Replace(Read(document), ""), "");

    /// <summary>The fenced blocks before which stands a comment <c>KIND: NAME</c>, by that name.</summary>
    public static IReadOnlyDictionary<string, string> Blocks(string document, string kind) =>
        Block()
            .Matches(Read(document))
            .Where(m => m.Groups["kind"].Value == kind)
            .ToDictionary(m => m.Groups["name"].Value, m => m.Groups["content"].Value);

    /// <summary>Where links lead to.</summary>
    public static IEnumerable<string> Links(string document) => Link().Matches(Prose(document)).Select(m => m.Groups["target"].Value);

    /// <summary>The anchors of the headings, as GitHub makes them.</summary>
    public static IReadOnlySet<string> Anchors(string document)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (Match heading in Heading().Matches(Prose(document)))
        {
            var anchor = NoAnchor()
                .Replace(LinkText().Replace(heading.Groups["text"].Value, "${text}"), "")
                .Replace(' ', '-')
                .ToLowerInvariant();
            var unique = anchor;
            for (var n = 1; !anchors.Add(unique); n++)
            {
                unique = $"{anchor}-{n}";
            }
        }

        return anchors;
    }

    private static IEnumerable<string> Find(string folder) =>
        Directory
            .EnumerateFiles(folder, "*.md")
            .Concat(Directory.EnumerateDirectories(folder).Where(d => !NotOurs.Contains(Path.GetFileName(d))).SelectMany(Find));

    [GeneratedRegex(
        @"^<!-- (?<kind>sample|report): (?<name>\S+) -->\n```\w+\n(?<content>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline
    )]
    private static partial Regex Block();

    [GeneratedRegex(@"^ *(?<fence>```+).*?^ *\k<fence>$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\]\((?<target>[^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[(?<text>[^]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();
}
