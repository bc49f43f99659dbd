using System.Text.Json;

namespace Laaffic.Campaigns.Parsing;

/// <summary>The settings that the lines <c># name: value</c> before a list's header row give.</summary>
internal sealed class SettingLines
{
    /// <summary>
    /// The comment that keeps what a profile says of columns, regions and the like from a list that this app has written. It has no
    /// colon, as the release before would refuse a setting that it does not know.
    /// </summary>
    public const string NoListSettings = "What a profile says of lists does not apply";

    private const int MaxComments = 10;

    private int _comments;

    /// <summary>The settings; the fields of <c>delivery</c> and <c>list</c> are among them, each by itself.</summary>
    public SettingsDraft Settings { get; } = new();

    /// <summary>Reads a line.</summary>
    /// <param name="comment">What stands after its #.</param>
    /// <param name="line">Its number, from 1.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="warnings">Takes what may have been meant as a setting.</param>
    public void Read(string comment, long line, CampaignErrors errors, ICollection<string> warnings)
    {
        var colon = comment.IndexOf(':', StringComparison.Ordinal);
        if (comment.Length == 0)
        {
            return;
        }

        if (comment == NoListSettings)
        {
            Settings.Set("list", JsonElement.Parse("null"u8), new SettingOrigin(null, line));
            return;
        }

        if (colon < 0)
        {
            if (_comments++ < MaxComments)
            {
                warnings.Add($"Line {line} is taken as a comment: a setting would be written '# name: value'.");
            }
            else if (_comments == MaxComments + 1)
            {
                warnings.Add($"Line {line} is taken as a comment, and so may be others after it.");
            }

            return;
        }
        var name = comment[..colon].Trim();
        var value = comment[(colon + 1)..].Trim();
        if (Settings.OriginOf(name) is { } earlier)
        {
            errors.Add(name, line, $"is given twice: on line {earlier.Line} already");
        }
        else if (name is "numberInfoList" or "delivery" or "list")
        {
            errors.Add(
                name,
                line,
                name == "numberInfoList"
                    ? "the callees stand in the rows below the header"
                    : $"write its fields as lines of their own, such as {(name == "delivery" ? "# submitAt: …" : "# columns: {…}")}"
            );
        }
        else if (name != "taskName" && value is ['{' or '[', ..])
        {
            ReadJson(name, value, line, errors);
        }
        else if (value.Length == 0)
        {
            Settings.Set(name, JsonElement.Parse("null"u8), new SettingOrigin(null, line));
        }
        else
        {
            Settings.SetText(name, value, new SettingOrigin(null, line));
        }
    }

    private void ReadJson(string name, string value, long line, CampaignErrors errors)
    {
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = CampaignLimits.MaxDepth - 1, AllowDuplicateProperties = false };
            Settings.Set(name, JsonElement.Parse(value, options), new SettingOrigin(null, line));
        }
        catch (JsonException fault)
        {
            errors.Add(
                name,
                line,
                $"the value begins like JSON but is not valid JSON: {fault.Message.Split(" LineNumber:")[0].Split(" Change the reader")[0]}"
            );
        }
        catch (InvalidOperationException)
        {
            errors.Add(name, line, "has a field whose name is not valid text: half of a surrogate pair");
        }
    }
}
