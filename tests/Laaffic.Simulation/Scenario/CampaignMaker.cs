using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Laaffic.Simulation.Scenario;

/// <summary>Writes campaigns of every kind. Each has numbers that no other has.</summary>
internal sealed class CampaignMaker(Random random, Features features)
{
    private int _lists;

    public CampaignSpec Make(string name, DateTimeOffset now, int mostCallees)
    {
        var valid = Numbers(1 + random.Next(mostCallees));
        var rows = new List<string>(valid);
        var (bad, repeated) = (0, 0);
        if (features.BadRows)
        {
            for (var i = random.Next(3); i > 0; i--, bad++)
            {
                rows.Insert(random.Next(rows.Count + 1), random.Next(2) == 0 ? "12" : "not a number");
            }
            // After the first of them, so that the order of the valid ones stays.
            for (var i = random.Next(3); i > 0; i--, repeated++)
            {
                rows.Add(valid[random.Next(valid.Count)]);
            }
        }

        var settings = new JsonObject { ["taskName"] = name, ["agentId"] = 41 };
        string? mistake = null,
            appId = null;
        DateTimeOffset? submitAt = null,
            expireAt = null;
        if (features.Times)
        {
            if (random.Next(3) == 0)
            {
                submitAt = now + TimeSpan.FromMinutes(random.Next(-30, 180));
            }

            if (random.Next(3) == 0)
            {
                expireAt = (submitAt > now ? submitAt.Value : now) + TimeSpan.FromMinutes(random.Next(30, 400));
            }

            if (random.Next(4) == 0 && submitAt is null)
            {
                settings["sendTime"] = (now + TimeSpan.FromMinutes(random.Next(200, 600))).ToString(
                    "yyyy-MM-dd HH:mm:ss",
                    CultureInfo.InvariantCulture
                );
            }
        }

        if (features.Mistakes && random.Next(3) == 0)
        {
            mistake = Spoil(settings, ref submitAt);
        }

        if (features.OwnAppIds && random.Next(3) == 0)
        {
            settings["appId"] = appId = "WRONG001";
        }

        var isLong = features.LongTexts && random.Next(2) == 0;
        var isCsv = features.Csv && random.Next(2) == 0;
        var content = isCsv ? Csv(settings, rows, submitAt, expireAt, isLong) : Json(settings, rows, submitAt, expireAt, isLong);
        // The lines before a CSV's header are trimmed.
        return new CampaignSpec(isCsv ? name.Trim() : name, content, isCsv, valid)
        {
            BadRows = bad,
            Repetitions = repeated,
            Mistake = mistake,
            AppId = appId,
            ExpireAt = expireAt,
            HasLongTexts = isLong,
        };
    }

    /// <summary>The same callees under another name, as a person writes who follows an advice.</summary>
    public static CampaignSpec Again(CampaignSpec before, string name)
    {
        var settings = new JsonObject { ["taskName"] = name, ["agentId"] = 41 };
        return new CampaignSpec(name, Json(settings, before.Valid, null, null, before.HasLongTexts), IsCsv: false, before.Valid)
        {
            HasLongTexts = before.HasLongTexts,
            FollowsAdviceOn = before,
        };
    }

    /// <summary>The beginning of a CSV campaign, to the end of a row: what stands there while it grows.</summary>
    public static CampaignSpec Half(CampaignSpec whole)
    {
        var text = Encoding.UTF8.GetString(whole.Content);
        var lines = text.Split('\n');
        var header = Array.FindIndex(lines, l => l.StartsWith("calleeNumber", StringComparison.Ordinal));
        var rows = Math.Max(1, (lines.Length - header - 2) / 2);
        var half = string.Join('\n', lines[..(header + 1 + rows)]) + "\n";
        var numbers = lines[(header + 1)..(header + 1 + rows)].Select(l => l.Split(',')[0]).Where(whole.Valid.Contains).Distinct().ToList();
        return whole with { Content = Encoding.UTF8.GetBytes(half), Valid = numbers, MayConflict = true, FollowsAdviceOn = null };
    }

    private List<string> Numbers(int count)
    {
        var list = ++_lists;
        return [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"1202{list:D4}{i:D4}"))];
    }

    private string Spoil(JsonObject settings, ref DateTimeOffset? submitAt)
    {
        switch (random.Next(4))
        {
            case 0:
                settings.Remove("agentId");
                return "no agent";
            case 1:
                settings["maxCalls"] = 5000;
                return "maxCalls out of range";
            case 2:
                settings["sendTime"] = "0001-01-01 00:00:00";
                return "sendTime past";
            default:
                submitAt = DateTimeOffset.MaxValue;
                return "submitAt out of range";
        }
    }

    private static byte[] Json(
        JsonObject settings,
        IReadOnlyList<string> rows,
        DateTimeOffset? submitAt,
        DateTimeOffset? expireAt,
        bool isLong
    )
    {
        if (submitAt is not null || expireAt is not null)
        {
            var delivery = new JsonObject();
            if (submitAt is not null)
            {
                delivery["submitAt"] = Instant(submitAt.Value);
            }

            if (expireAt is not null)
            {
                delivery["expireAt"] = Instant(expireAt.Value);
            }

            settings["delivery"] = delivery;
        }

        settings["numberInfoList"] = new JsonArray([
            .. rows.Select(r => new JsonObject { ["calleeNumber"] = r, ["text1"] = Text(isLong) }),
        ]);
        return Encoding.UTF8.GetBytes(settings.ToJsonString());
    }

    private static byte[] Csv(
        JsonObject settings,
        IReadOnlyList<string> rows,
        DateTimeOffset? submitAt,
        DateTimeOffset? expireAt,
        bool isLong
    )
    {
        var text = new StringBuilder();
        foreach (var (name, value) in settings)
        {
            text.Append(CultureInfo.InvariantCulture, $"# {name}: {value}\n");
        }

        if (submitAt is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"# submitAt: {Instant(submitAt.Value)}\n");
        }

        if (expireAt is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"# expireAt: {Instant(expireAt.Value)}\n");
        }

        text.Append("calleeNumber,text1\n");
        foreach (var row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{row},{Text(isLong)}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Text(bool isLong) => isLong ? "a text of more than thirty characters" : "Ann";

    private static string Instant(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture);
}
