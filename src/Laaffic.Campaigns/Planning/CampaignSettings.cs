using System.Globalization;
using System.Text.Json;
using Laaffic.Api;
using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// A campaign's settings, checked: what goes to the API, and when. Everything wrong with them is reported at once, each with
/// where it was written.
/// </summary>
internal sealed class CampaignSettings
{
    /// <summary>The field of the application id.</summary>
    public const string AppIdField = "appId";

    private static readonly string[] DeliveryNames = ["submitAt", "expireAt", "priority"];

    private readonly SettingsDraft _draft;
    private readonly string _appId;
    private readonly TimeZoneInfo _zone;
    private readonly DateTimeOffset _now;
    private readonly CampaignErrors _errors;
    private readonly string _whereToSet;

    private CampaignSettings(
        SettingsDraft draft,
        string appId,
        TimeZoneInfo zone,
        DateTimeOffset now,
        CampaignErrors errors,
        string whereToSet
    ) => (_draft, _appId, _zone, _now, _errors, _whereToSet) = (draft, appId, zone, now, errors, whereToSet);

    /// <summary>What goes to the API besides the callees; <c>sendTime</c> is in the configured zone.</summary>
    public AgentTaskSettings Api { get; private set; } = new();

    /// <summary>Whether it names its application id, rather than leaving it to the configuration.</summary>
    public bool NamesAppId { get; private set; }

    /// <summary>Nothing is submitted before.</summary>
    public DateTimeOffset? SubmitAt { get; private set; }

    /// <summary>Nothing is submitted from then on.</summary>
    public DateTimeOffset? ExpireAt { get; private set; }

    /// <summary>What goes before the order in which campaigns came.</summary>
    public Priority Priority { get; private set; }

    /// <summary><c>sendTime</c> as an instant.</summary>
    public DateTimeOffset? SendTime { get; private set; }

    /// <summary>Checks settings.</summary>
    /// <param name="draft">The settings as written; <c>delivery</c> and what belongs into it are taken out of it.</param>
    /// <param name="linesHaveTimes">Whether <c>submitAt</c>, <c>expireAt</c> and <c>priority</c> may stand beside the others, as in a CSV
    /// campaign.</param>
    /// <param name="appId">The account's application id, for a campaign that names none; empty if it is not known.</param>
    /// <param name="zone">The zone of <c>sendTime</c>.</param>
    /// <param name="now">What is past is before this.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="whereToSet">What to add to the message that a setting is missing.</param>
    public static CampaignSettings Read(
        SettingsDraft draft,
        bool linesHaveTimes,
        string appId,
        TimeZoneInfo zone,
        DateTimeOffset now,
        CampaignErrors errors,
        string whereToSet
    )
    {
        var settings = new CampaignSettings(draft, appId, zone, now, errors, whereToSet);
        settings.ReadDelivery(linesHaveTimes);
        settings.ReadApi();
        return settings;
    }

    private void ReadDelivery(bool linesHaveTimes)
    {
        var times = new Dictionary<string, Given>(StringComparer.Ordinal);
        if (_draft.Take("delivery") is { } delivery)
        {
            ReadDeliveryObject(delivery.Value, delivery.Origin, times);
        }
        if (linesHaveTimes)
        {
            foreach (var name in DeliveryNames)
            {
                if (_draft.OriginOf(name) is { Profile: null } && _draft.Take(name) is { } line)
                {
                    times[name] = new(line.Value, name, line.Origin);
                }
            }
        }

        Priority = ReadPriority(times);
        SubmitAt = ReadInstant("submitAt", times);
        ExpireAt = ReadInstant("expireAt", times);
        if (ExpireAt is not { } expireAt)
        {
            return;
        }

        var (_, path, origin) = times["expireAt"];
        if (expireAt <= _now)
        {
            Error(
                path,
                origin,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{expireAt:yyyy-MM-dd'T'HH:mm:ssK} is past, so nothing would be submitted: it is now {_now:yyyy-MM-dd'T'HH:mm:ssK}"
                )
            );
        }
        else if (SubmitAt is { } submitAt && submitAt >= expireAt)
        {
            Error(path, origin, "must be after submitAt: nothing could be submitted between the two");
        }
    }

    private void ReadDeliveryObject(JsonElement delivery, SettingOrigin origin, Dictionary<string, Given> times)
    {
        if (delivery.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        if (delivery.ValueKind != JsonValueKind.Object)
        {
            Error("delivery", origin, "must be an object with submitAt, expireAt, priority or some of them");
            return;
        }
        foreach (var property in delivery.EnumerateObject())
        {
            if (JsonValues.NameOf(property) is not { } name)
            {
                Error("delivery", origin, "has a field whose name is not valid text: half of a surrogate pair");
                continue;
            }
            var path = $"delivery.{CampaignErrors.Shown(name)}";
            if (!DeliveryNames.Contains(name))
            {
                Error(path, origin, FieldNames.Unknown(name, DeliveryNames));
            }
            else if (!times.TryAdd(name, new(property.Value, path, origin)))
            {
                Error(path, origin, "is given twice");
            }
        }
    }

    private DateTimeOffset? ReadInstant(string name, Dictionary<string, Given> times)
    {
        if (!times.TryGetValue(name, out var time) || time.Value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (time.Value.ValueKind != JsonValueKind.String)
        {
            Error(time.Path, time.Origin, "must be a text such as 2026-01-31T18:30:00+08:00");
        }
        else if (JsonValues.Text(time.Value) is not { } text)
        {
            Error(time.Path, time.Origin, "is not valid text: it holds half of a surrogate pair");
        }
        else if (CampaignTimes.TryReadInstant(text, out var instant, out var message))
        {
            return instant;
        }
        else
        {
            Error(time.Path, time.Origin, message);
        }

        return null;
    }

    private Priority ReadPriority(Dictionary<string, Given> settings)
    {
        if (!settings.TryGetValue("priority", out var given) || given.Value.ValueKind == JsonValueKind.Null)
        {
            return Priority.Normal;
        }

        switch (given.Value.ValueKind == JsonValueKind.String ? JsonValues.Text(given.Value) : null)
        {
            case "high":
                return Priority.High;
            case "normal":
                return Priority.Normal;
            case "low":
                return Priority.Low;
            default:
                Error(given.Path, given.Origin, "must be \"high\", \"normal\" or \"low\"");
                return Priority.Normal;
        }
    }

    private void ReadApi()
    {
        var violations = new List<Violation>();
        Api = _draft.Read(violations);
        NamesAppId = Api.AppId is not null || violations.Exists(violation => violation.Path == AppIdField);
        if (!NamesAppId && _appId.Length > 0)
        {
            Api = Api with { AppId = _appId };
        }

        violations.AddRange(Api.Validate());
        foreach (var violation in violations)
        {
            Error(violation.Path, _draft.OriginOf(violation.Path), Complete(violation));
        }

        if (!violations.Exists(violation => violation.Path == "sendTime"))
        {
            ReadSendTime();
        }
    }

    private string Complete(Violation violation)
    {
        if (DeliveryNames.Contains(violation.Path))
        {
            return $"{violation.Message}; it belongs into \"delivery\": {{\"{violation.Path}\": …}}";
        }

        return _draft.OriginOf(violation.Path) is null && violation.Message.StartsWith("is missing", StringComparison.Ordinal)
            ? violation.Message + _whereToSet
            : violation.Message;
    }

    private void ReadSendTime()
    {
        if (Api.SendTime is not { } text || !Laaffic.Api.SendTime.TryRead(text, out var local, out var offset))
        {
            return;
        }

        if (offset is { } given)
        {
            SendTime = new DateTimeOffset(local, given);
            Api = Api with
            {
                SendTime = TimeZoneInfo
                    .ConvertTime(SendTime.Value, _zone)
                    .ToString(Laaffic.Api.SendTime.Format, CultureInfo.InvariantCulture),
            };
        }
        else if (_zone.IsInvalidTime(local))
        {
            Error("sendTime", _draft.OriginOf("sendTime"), $"{text} does not exist in {_zone.Id}: the clocks are put forward over it");
            return;
        }
        else
        {
            SendTime = new DateTimeOffset(local, _zone.GetUtcOffset(local));
        }
        if (SendTime <= _now)
        {
            var clock = TimeZoneInfo.ConvertTime(_now, _zone).ToString(Laaffic.Api.SendTime.Format, CultureInfo.InvariantCulture);
            Error(
                "sendTime",
                _draft.OriginOf("sendTime"),
                $"{Api.SendTime} is past: in {_zone.Id} it is now {clock}. Leave it out to call at once"
            );
        }
        else if (ExpireAt is null && SendTime <= SubmitAt)
        {
            Error(
                "sendTime",
                _draft.OriginOf("sendTime"),
                $"{Api.SendTime} is not after submitAt, so the campaign would expire before it may start; give a later sendTime, an "
                    + $"earlier submitAt or an expireAt"
            );
        }
    }

    private void Error(string path, SettingOrigin? origin, string message)
    {
        if (origin is { Profile: { } profile, Line: var line })
        {
            _errors.Add(path, null, $"{message} ({profile}, line {line})");
        }
        else
        {
            _errors.Add(path, origin?.Line, message);
        }
    }

    /// <summary>A setting of the delivery.</summary>
    /// <param name="Value">Its value.</param>
    /// <param name="Path">What it is called in errors.</param>
    /// <param name="Origin">Where it was written.</param>
    private readonly record struct Given(JsonElement Value, string Path, SettingOrigin Origin);
}
