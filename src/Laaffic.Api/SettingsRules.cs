using System.Globalization;

namespace Laaffic.Api;

/// <summary>The documented rules of every field but the callees, all checked in one go.</summary>
internal sealed class SettingsRules
{
    private const int MaxDisplayDigits = 20;
    private const int MaxWindows = 3;
    private const int ByIntent = 3;

    private readonly List<Violation> _broken = [];
    private readonly IReadOnlyCollection<string> _unreadable;

    private SettingsRules(IReadOnlyCollection<string> unreadable) => _unreadable = unreadable;

    public static IReadOnlyList<Violation> Check(AgentTaskSettings settings)
    {
        var rules = new SettingsRules(settings.Unreadable);
        rules.Settings(settings);
        return rules._broken;
    }

    private void Settings(AgentTaskSettings settings)
    {
        if (string.IsNullOrWhiteSpace(settings.AppId))
        {
            Broken("appId", "is missing");
        }

        TaskName(settings.TaskName);
        DisplayNum(settings.DisplayNum);
        Time("sendTime", settings.SendTime);
        Between("maxCalls", settings.MaxCalls, 1, 999);
        Between("maxRingingTime", settings.MaxRingingTime, 10, 120);
        Windows(settings.AllowSendTime);
        Agent(settings);
        OneOf("enableRecording", settings.EnableRecording, [0, 1]);
        if (settings.CalloutRate is <= 0)
        {
            Broken("calloutRate", $"{settings.CalloutRate} is not above 0");
        }

        if (settings.RecallFlow is { } recall)
        {
            Recall(recall);
        }
    }

    private void TaskName(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            Broken("taskName", "is missing");
        }
        else if (name.Length < AgentTaskSettings.MinTaskNameLength)
        {
            Broken("taskName", $"{name.Length} character is fewer than {AgentTaskSettings.MinTaskNameLength}");
        }
        else if (name.Length > AgentTaskSettings.MaxTaskNameLength)
        {
            Broken("taskName", $"{name.Length} characters are more than {AgentTaskSettings.MaxTaskNameLength}");
        }
        else if (WhatIsWrongWithName(name) is { } message)
        {
            Broken("taskName", message);
        }
    }

    /// <summary>
    /// What keeps a name from being recognised: it is found again by its exact characters, at Laaffic and in an address. Null if
    /// nothing does.
    /// </summary>
    private static string? WhatIsWrongWithName(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsControl(name[i]))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"character {i + 1} is the control character U+{(int)name[i]:X4}: leave it out"
                );
            }

            if (!char.IsSurrogate(name[i]))
            {
                continue;
            }

            if (!char.IsSurrogatePair(name, i))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"character {i + 1} is half of a surrogate pair, U+{(int)name[i]:X4}: write the whole character"
                );
            }

            i++;
        }
        if (IsUnseen(name[0]))
        {
            return $"{Shown(name)} begins with a blank or an invisible character: leave it out";
        }

        if (IsUnseen(name[^1]))
        {
            return $"\"{name}\" ends in a blank or an invisible character: leave it out";
        }

        return name == ".." ? "\"..\" cannot stand in an address, by which a campaign is found: choose another name" : null;
    }

    // Byte-order marks and the like get into the first or last place by copying.
    private static bool IsUnseen(char c) => char.IsWhiteSpace(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format;

    private void DisplayNum(string? number)
    {
        if (number is null)
        {
            return;
        }

        if (number.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            Broken("displayNum", "must be digits only");
        }

        if (number.Length > MaxDisplayDigits)
        {
            Broken("displayNum", $"{number.Length} digits are more than {MaxDisplayDigits}");
        }
    }

    private void Time(string path, string? text)
    {
        if (text is null)
        {
            return;
        }

        if (!SendTime.TryRead(text, out var local, out _))
        {
            Broken(path, $"{Shown(text)} is not a date and time as {SendTime.Format}, or as 2026-01-31T18:30:00+08:00");
        }
        else if (!SendTime.IsInRange(local))
        {
            Broken(path, $"{Shown(text)} is in none of the years {SendTime.FirstYear} to {SendTime.LastYear}");
        }
    }

    private void Windows(IReadOnlyList<SendWindow>? windows)
    {
        for (var i = 0; i < windows?.Count; i++)
        {
            var path = $"allowSendTime[{i}]";
            if (i >= MaxWindows)
            {
                Broken(path, $"is one window too many: at most {MaxWindows}");
            }

            if (
                Clock($"{path}.strTime", windows[i].StrTime) is { } start
                && Clock($"{path}.endTime", windows[i].EndTime) is { } end
                && start >= end
            )
            {
                Broken(path, $"strTime {windows[i].StrTime} is not before endTime {windows[i].EndTime}");
            }
        }
    }

    private TimeOnly? Clock(string path, string? text)
    {
        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return time;
        }

        Broken(path, text is null ? "is missing" : $"{Shown(text)} is not a time of day as HH:mm");
        return null;
    }

    private void Agent(AgentTaskSettings settings)
    {
        AtLeastOne("agentId", settings.AgentId);
        AtLeastOne("scriptId", settings.ScriptId);
        if (settings is { AgentId: null, ScriptId: null } && !IsUnreadable("scriptId"))
        {
            Broken("agentId", "is missing; give agentId or scriptId");
        }
        else if (settings is { AgentId: not null, ScriptId: not null })
        {
            Broken("scriptId", "is given as well as agentId; give one");
        }
    }

    private void Recall(RecallFlow recall)
    {
        Required("recallFlow.recallType", recall.RecallType);
        OneOf("recallFlow.recallType", recall.RecallType, [0, 1, ByIntent]);
        Required("recallFlow.recallInterval", recall.RecallInterval);
        Between("recallFlow.recallInterval", recall.RecallInterval, 1, 1440);
        Required("recallFlow.recallNum", recall.RecallNum);
        Between("recallFlow.recallNum", recall.RecallNum, 1, 10);
        Intents(recall);
        Nodes(recall);
    }

    private void Intents(RecallFlow recall)
    {
        const string path = "recallFlow.recallIntent";
        if (recall.RecallType == ByIntent && recall.RecallIntent is not { Count: > 0 })
        {
            Broken(path, "is missing; recallType 3 needs at least one intent");
        }

        var codes = recall.RecallIntent ?? [];
        for (var i = 0; i < codes.Count; i++)
        {
            if (RecallIntents.IndustryOf(codes[i]) is null)
            {
                Broken($"{path}[{i}]", $"{Shown(codes[i])} is not an intent code");
            }
        }

        var industries = codes
            .Select(RecallIntents.IndustryOf)
            .OfType<string>()
            .Where(industry => industry != RecallIntents.Global)
            .Distinct()
            .ToList();
        if (industries.Count > 1)
        {
            Broken(path, $"mixes intents of {string.Join(" and ", industries)}; give those of one industry, and global ones");
        }
    }

    private void Nodes(RecallFlow recall)
    {
        const string path = "recallFlow.nodeList";
        if (recall.NodeList is not { } nodes)
        {
            return;
        }

        if (recall.RecallNum is { } redials && nodes.Count > redials)
        {
            Broken(path, $"{nodes.Count} entries are more than recallNum {redials}");
        }

        for (var i = 0; i < nodes.Count; i++)
        {
            Required($"{path}[{i}].agentId", nodes[i].AgentId);
            AtLeastOne($"{path}[{i}].agentId", nodes[i].AgentId);
        }
    }

    private void Required(string path, long? value)
    {
        if (value is null)
        {
            Broken(path, "is missing");
        }
    }

    private void AtLeastOne(string path, long? value) => Between(path, value, 1, long.MaxValue);

    private void Between(string path, long? value, long min, long max)
    {
        if (value < min)
        {
            Broken(path, $"{value} is below {min}");
        }
        else if (value > max)
        {
            Broken(path, $"{value} is above {max}");
        }
    }

    private void OneOf(string path, int? value, int[] allowed)
    {
        if (value is { } number && !allowed.Contains(number))
        {
            Broken(path, $"{number} is none of {string.Join(", ", allowed)}");
        }
    }

    private void Broken(string path, string message)
    {
        if (!IsUnreadable(path))
        {
            _broken.Add(new Violation(path, message));
        }
    }

    /// <summary>Whether the field, or what holds it, was reported when it was read.</summary>
    private bool IsUnreadable(string path) =>
        _unreadable.Any(read =>
            path.StartsWith(read, StringComparison.Ordinal) && (path.Length == read.Length || path[read.Length] is '.' or '[')
        );

    private static string Shown(string text) => $"\"{ShortText.Cut(text, 30)}\"";
}
