using System.Globalization;
using System.Text.Json;
using Laaffic.Api;
using Laaffic.Campaigns.Numbers;
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

    /// <summary>The object of the fields that say when.</summary>
    public const string Delivery = "delivery";

    /// <summary>The field that says where a campaign may call.</summary>
    public const string AllowedCountries = "allowedCountries";

    private static readonly string[] DeliveryNames = ["submitAt", "expireAt", "priority", AllowedCountries];

    private readonly SettingsDraft _draft;
    private readonly string _appId;
    private readonly CampaignOptions _options;
    private readonly DateTimeOffset _now;
    private readonly CampaignErrors _errors;
    private readonly string _whereToSet;

    private CampaignSettings(
        SettingsDraft draft,
        string appId,
        CampaignOptions options,
        DateTimeOffset now,
        CampaignErrors errors,
        string whereToSet
    ) => (_draft, _appId, _options, _now, _errors, _whereToSet) = (draft, appId, options, now, errors, whereToSet);

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

    /// <summary>What it says of where it may call, within what the app may; null if it says nothing.</summary>
    public Destinations? OwnDestinations { get; private set; }

    /// <summary><c>sendTime</c> as an instant.</summary>
    public DateTimeOffset? SendTime { get; private set; }

    /// <summary>Checks settings.</summary>
    /// <param name="draft">The settings as written; <c>delivery</c> and what belongs into it are taken out of it.</param>
    /// <param name="linesHaveTimes">Whether <c>submitAt</c>, <c>expireAt</c> and <c>priority</c> may stand beside the others, as in a CSV
    /// campaign.</param>
    /// <param name="appId">The account's application id, for a campaign that names none; empty if it is not known.</param>
    /// <param name="options">The zone of <c>sendTime</c>, and where the app may call.</param>
    /// <param name="now">What is past is before this.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="whereToSet">What to add to the message that a setting is missing.</param>
    public static CampaignSettings Read(
        SettingsDraft draft,
        bool linesHaveTimes,
        string appId,
        CampaignOptions options,
        DateTimeOffset now,
        CampaignErrors errors,
        string whereToSet
    )
    {
        var settings = new CampaignSettings(draft, appId, options, now, errors, whereToSet);
        settings.ReadDelivery(linesHaveTimes);
        settings.ReadApi();
        return settings;
    }

    /// <summary>Where a campaign may call, as far as that is written so far. What is wrong is found when all is read.</summary>
    public static Destinations? FindDestinations(SettingsDraft draft, CampaignOptions options)
    {
        var ignored = new CampaignErrors();
        return ReadDestinations(SettingsGroup.Take(draft.Copy(), Delivery, DeliveryNames, linesHaveThem: false, ignored), options, ignored);
    }

    private static Destinations? ReadDestinations(
        IReadOnlyDictionary<string, GivenSetting> given,
        CampaignOptions options,
        CampaignErrors errors
    )
    {
        if (!given.TryGetValue(AllowedCountries, out var setting))
        {
            return null;
        }

        IEnumerable<JsonElement> values = setting.Value.ValueKind == JsonValueKind.Array ? setting.Value.EnumerateArray() : [setting.Value];
        var names = values
            .Select(value => value.ValueKind == JsonValueKind.String ? JsonValues.Text(value) : null)
            .SelectMany(text => text is null ? [null] : (string?[])text.Split(',', StringSplitOptions.TrimEntries))
            .ToList();
        if (names.Count == 0 || names.Exists(string.IsNullOrEmpty))
        {
            setting.Refuse(errors, "must be a list of ISO codes of countries, such as [\"ID\", \"SG\"]");
            return null;
        }

        if (!Destinations.TryRead(names!, out var own, out var problem))
        {
            setting.Refuse(errors, problem);
            return null;
        }

        if (own.Beyond(options.AllowedCountries) is [_, ..] beyond)
        {
            setting.Refuse(
                errors,
                $"names {string.Join(", ", beyond)}, where this app may not call: its setting Campaigns__AllowedCountries allows "
                    + $"{string.Join(", ", options.AllowedCountries.Names)}"
            );
        }

        return own.Within(options.AllowedCountries);
    }

    private void ReadDelivery(bool linesHaveTimes)
    {
        var given = SettingsGroup.Take(_draft, Delivery, DeliveryNames, linesHaveTimes, _errors);
        OwnDestinations = ReadDestinations(given, _options, _errors);
        Priority = ReadPriority(given);
        SubmitAt = ReadInstant("submitAt", given);
        ExpireAt = ReadInstant("expireAt", given);
        if (ExpireAt is not { } expireAt)
        {
            return;
        }

        var (_, path, origin) = given["expireAt"];
        if (expireAt <= _now)
        {
            _errors.AddAt(
                origin,
                path,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{expireAt:yyyy-MM-dd'T'HH:mm:ssK} is past, so nothing would be submitted: it is now {_now:yyyy-MM-dd'T'HH:mm:ssK}"
                )
            );
        }
        else if (SubmitAt is { } submitAt && submitAt >= expireAt)
        {
            _errors.AddAt(origin, path, "must be after submitAt: nothing could be submitted between the two");
        }
    }

    private DateTimeOffset? ReadInstant(string name, IReadOnlyDictionary<string, GivenSetting> given)
    {
        if (!given.TryGetValue(name, out var time))
        {
            return null;
        }

        if (time.Value.ValueKind != JsonValueKind.String)
        {
            time.Refuse(_errors, "must be a text such as 2026-01-31T18:30:00+08:00");
        }
        else if (JsonValues.Text(time.Value) is not { } text)
        {
            time.Refuse(_errors, "is not valid text: it holds half of a surrogate pair");
        }
        else if (CampaignTimes.TryReadInstant(text, out var instant, out var message))
        {
            return instant;
        }
        else
        {
            time.Refuse(_errors, message);
        }

        return null;
    }

    private Priority ReadPriority(IReadOnlyDictionary<string, GivenSetting> settings)
    {
        if (!settings.TryGetValue("priority", out var given))
        {
            return Priority.Normal;
        }

        switch (given.Text)
        {
            case "high":
                return Priority.High;
            case "normal":
                return Priority.Normal;
            case "low":
                return Priority.Low;
            default:
                given.Refuse(_errors, "must be \"high\", \"normal\" or \"low\"");
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
            _errors.AddAt(_draft.OriginOf(violation.Path), violation.Path, Complete(violation));
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
                    .ConvertTime(SendTime.Value, _options.TimeZone)
                    .ToString(Laaffic.Api.SendTime.Format, CultureInfo.InvariantCulture),
            };
        }
        else if (_options.TimeZone.IsInvalidTime(local))
        {
            _errors.AddAt(
                _draft.OriginOf("sendTime"),
                "sendTime",
                $"{text} does not exist in {_options.TimeZone.Id}: the clocks are put forward over it"
            );
            return;
        }
        else
        {
            SendTime = new DateTimeOffset(local, _options.TimeZone.GetUtcOffset(local));
        }
        if (SendTime <= _now)
        {
            var clock = TimeZoneInfo
                .ConvertTime(_now, _options.TimeZone)
                .ToString(Laaffic.Api.SendTime.Format, CultureInfo.InvariantCulture);
            _errors.AddAt(
                _draft.OriginOf("sendTime"),
                "sendTime",
                $"{Api.SendTime} is past: in {_options.TimeZone.Id} it is now {clock}. Leave it out to call at once"
            );
        }
        else if (ExpireAt is null && SendTime <= SubmitAt)
        {
            _errors.AddAt(
                _draft.OriginOf("sendTime"),
                "sendTime",
                $"{Api.SendTime} is not after submitAt, so the campaign would expire before it may start; give a later sendTime, an "
                    + $"earlier submitAt or an expireAt"
            );
        }
    }
}
