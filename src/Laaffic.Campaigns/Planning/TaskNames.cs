using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Laaffic.Api;
using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Planning;

/// <summary>The names of a campaign's tasks.</summary>
internal static partial class TaskNames
{
    private const int MaxRemainder = 59; // leaves room for -9999 within the 64 characters

    /// <summary>Puts the file's name and the time of its arrival where a profile's task name asks for them.</summary>
    /// <param name="name">The name, in which placeholders may stand.</param>
    /// <param name="placeholders">What they stand for.</param>
    /// <param name="unknown">Placeholders that are none of these; they are left in the name.</param>
    public static string Expand(string name, NamePlaceholders placeholders, out IReadOnlyList<string> unknown)
    {
        var others = new List<string>();
        var expanded = Placeholder().Replace(name, match => placeholders.Find(match.Value) ?? Unknown(match.Value));
        unknown = others;
        return expanded;

        string Unknown(string placeholder)
        {
            others.Add(placeholder);
            return placeholder;
        }
    }

    /// <summary>Does the same in a campaign's settings.</summary>
    /// <param name="draft">The settings as written.</param>
    /// <param name="placeholders">What they stand for.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static void ExpandIn(SettingsDraft draft, NamePlaceholders placeholders, CampaignErrors errors)
    {
        if (draft.TextOf("taskName") is not { } written || draft.OriginOf("taskName") is not { } origin)
        {
            return;
        }

        var expanded = Expand(written, placeholders, out var unknown);
        try
        {
            draft.SetText("taskName", expanded, origin);
        }
        catch (ArgumentException)
        {
            // Only the file's name can bring that in: the settings were read as valid text.
            errors.Add(
                "taskName",
                origin.Profile is null ? origin.Line : null,
                "{file} stands for a name that is not valid text, as it holds half of a surrogate pair: give the file another name"
            );
        }
        foreach (var placeholder in unknown)
        {
            errors.Add(
                "taskName",
                origin.Profile is null ? origin.Line : null,
                $"{placeholder} means nothing{(placeholder == "{schedule}" ? " here, as no schedule makes this campaign" : "")}: "
                    + $"{placeholders.Known} do{(placeholder == "{schedule}" ? "; or give this list a line # taskName: of its own" : "")}"
                    + $"{(origin.Profile is null ? "" : $" ({origin.Profile}, line {origin.Line})")}"
            );
        }
    }

    /// <summary>The name of each task: the campaign's, then with -2, -3, ….</summary>
    /// <param name="name">The campaign's task name.</param>
    /// <param name="tasks">How many tasks there are.</param>
    /// <param name="message">What is wrong if the longest is longer than the API takes; else null.</param>
    public static IReadOnlyList<string> For(string name, int tasks, out string? message)
    {
        string[] names =
        [
            name,
            .. Enumerable.Range(2, Math.Max(0, tasks - 1)).Select(n => string.Create(CultureInfo.InvariantCulture, $"{name}-{n}")),
        ];
        message =
            names[^1].Length <= AgentTaskSettings.MaxTaskNameLength || tasks <= 1
                ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"the campaign needs {tasks} tasks, and {names[^1]}, the name of the last, has {names[^1].Length} characters: at "
                        + $"most {AgentTaskSettings.MaxTaskNameLength} are allowed, so shorten taskName by "
                        + $"{names[^1].Length - AgentTaskSettings.MaxTaskNameLength}"
                );
        return names;
    }

    /// <summary>
    /// The name for what was not accepted of a campaign. No other campaign's rest has it, and no numbered task of any: those
    /// end in a hyphen and a number.
    /// </summary>
    /// <param name="name">The campaign's task name.</param>
    /// <param name="number">1, or more when a campaign's rest comes in parts.</param>
    public static string ForRemainder(string name, int number)
    {
        var rest = number == 1 ? $"{name} rest" : string.Create(CultureInfo.InvariantCulture, $"{name} rest {number}");
        return Short(rest, name, " rest ");
    }

    /// <summary>The name for rejected rows of a campaign that were fixed, where nothing else says one.</summary>
    /// <param name="name">The campaign's task name.</param>
    /// <param name="number">1, or more when some were submitted before.</param>
    public static string ForFixedRows(string name, int number)
    {
        var mark = number == 1 ? " fixed" : string.Create(CultureInfo.InvariantCulture, $" fixed {number}");
        return Short(name + mark, name, " fixed ");
    }

    /// <summary>A name that is too long, cut, and with digits that no other name gives.</summary>
    private static string Short(string longName, string name, string mark)
    {
        if (longName.Length <= MaxRemainder)
        {
            return longName;
        }

        var digits = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(longName)), 0, 4);
        var kept = MaxRemainder - mark.Length - digits.Length;
        return string.Concat(name.AsSpan(0, char.IsHighSurrogate(name[kept - 1]) ? kept - 1 : kept).TrimEnd(), mark, digits);
    }

    /// <summary>Whether something in the name would be taken for a placeholder in a CSV campaign.</summary>
    public static bool HasPlaceholder(string name) => Placeholder().IsMatch(name);

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Placeholder();
}
