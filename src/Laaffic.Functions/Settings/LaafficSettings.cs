using System.Globalization;
using System.Text.RegularExpressions;
using Laaffic.Api;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Numbers;
using Laaffic.Campaigns.Ticks;
using Microsoft.Extensions.Configuration;

namespace Laaffic.Functions.Settings;

/// <summary>The app settings, read and checked once at start.</summary>
/// <param name="BaseUrl">The voice API's base address, path prefix included.</param>
/// <param name="VaultUri">The key vault with the account's secrets; null when they are app settings.</param>
/// <param name="Campaigns">How campaigns are planned, submitted and retried.</param>
public sealed partial record LaafficSettings(Uri BaseUrl, Uri? VaultUri, CampaignOptions Campaigns)
{
    // The work of an instance that died waits as long as its lease.
    private static readonly TimeSpan LongestLease = TimeSpan.FromHours(24);

    // Azure's front end cuts a request at 230 seconds.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(220);

    /// <summary>Reads all settings, and checks those of storage, which <see cref="StorageClients"/> reads.</summary>
    /// <exception cref="SettingsException">Some are missing or wrong: the message names each, and what it must be.</exception>
    public static LaafficSettings Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var reader = new Reader(configuration);
        var defaults = new CampaignOptions();
        reader.CheckStorage();
        var vault = reader.Uri("KeyVault:Uri", null);
        if (vault is null)
        {
            foreach (var name in CredentialStore.Names)
            {
                reader.Require(name);
            }
        }

        var initialDelay = reader.Span("Campaigns:Retry:InitialDelay", defaults.InitialDelay, atLeast: TimeSpan.Zero);
        var settings = new LaafficSettings(
            reader.Uri("Laaffic:BaseUrl", new Uri("https://api.laaffic.com"))!,
            vault,
            new CampaignOptions
            {
                TimeZone = reader.Zone("Laaffic:TimeZone"),
                MaxCalleesPerTask = reader.Number(
                    "Campaigns:MaxCalleesPerTask",
                    1,
                    CalleeRules.MaxCalleesPerTask,
                    defaults.MaxCalleesPerTask
                ),
                MaxConcurrentCampaigns = reader.Number("Campaigns:MaxConcurrentCampaigns", 1, 100, defaults.MaxConcurrentCampaigns),
                AllowedCountries = reader.Countries("Campaigns:AllowedCountries"),
                OnlyNumbers = reader.Numbers("Campaigns:OnlyNumbers"),
                AnswerWithin = reader.Span("Campaigns:AnswerWithin", defaults.AnswerWithin, atMost: LongestAnswer),
                TickSchedule = reader.Schedule("RetryDeferredSchedule"),
                MaxConcurrentTasks = reader.Number("Campaigns:MaxConcurrentTasks", 1, 32, defaults.MaxConcurrentTasks),
                InitialDelay = initialDelay,
                MaxDelay = reader.Span(
                    "Campaigns:Retry:MaxDelay",
                    initialDelay > defaults.MaxDelay ? initialDelay : defaults.MaxDelay,
                    atLeast: initialDelay
                ),
                GiveUpAfter = reader.Span("Campaigns:Retry:GiveUpAfter", defaults.GiveUpAfter),
                UncertainSettleTime = reader.Span("Campaigns:UncertainSettleTime", defaults.UncertainSettleTime, atLeast: TimeSpan.Zero),
                HoldDuration = reader.Span("Campaigns:HoldDuration", defaults.HoldDuration, atLeast: TimeSpan.Zero),
                LeaseDuration = reader.Span("Campaigns:LeaseDuration", defaults.LeaseDuration, atMost: LongestLease),
            }
        );
        return reader.Errors.Count == 0 ? settings : throw new SettingsException(reader.Errors);
    }

    private sealed partial class Reader(IConfiguration configuration)
    {
        public List<string> Errors { get; } = [];

        public void CheckStorage()
        {
            foreach (var connect in (Func<object>[])[() => StorageClients.Blobs(configuration), () => StorageClients.Tables(configuration)])
            {
                try
                {
                    connect();
                }
                catch (SettingsException e)
                {
                    Errors.AddRange(e.Errors.Except(Errors)); // a connection string is wrong for blobs and tables alike
                }
            }
        }

        public void Require(string key)
        {
            if (string.IsNullOrWhiteSpace(configuration[key]))
            {
                Errors.Add($"{Name(key)} is not set.");
            }
        }

        public Uri? Uri(string key, Uri? fallback)
        {
            if (configuration[key] is not { Length: > 0 } text)
            {
                return fallback;
            }

            if (System.Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http")
            {
                return uri;
            }

            Errors.Add($"{Name(key)} is '{text}': it must be an absolute address that begins with https://.");
            return fallback;
        }

        public TimeZoneInfo Zone(string key)
        {
            if (configuration[key] is not { Length: > 0 } id)
            {
                return TimeZoneInfo.Utc;
            }

            if (TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone))
            {
                return zone;
            }

            Errors.Add($"{Name(key)} is '{id}', which is no known time zone: give an IANA name such as Asia/Shanghai.");
            return TimeZoneInfo.Utc;
        }

        public int Number(string key, int least, int most, int fallback)
        {
            if (configuration[key] is not { Length: > 0 } text)
            {
                return fallback;
            }

            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            {
                return number;
            }

            Errors.Add($"{Name(key)} is '{text}': it must be a whole number from {least} to {most}.");
            return fallback;
        }

        public Destinations Countries(string key)
        {
            if (configuration[key] is not { Length: > 0 } text)
            {
                return Destinations.All;
            }

            var names = text.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (names.Length == 0)
            {
                // Who has written something wants to allow less than all.
                Errors.Add(
                    $"{Name(key)} is '{text}': it must be ISO codes of countries, such as ID, SG. Without this setting all are called."
                );
                return Destinations.All;
            }

            if (Destinations.TryRead(names, out var destinations, out var problem))
            {
                return destinations;
            }

            Errors.Add($"{Name(key)} cannot be read: {problem}.");
            return Destinations.All;
        }

        public NumberList? Numbers(string key)
        {
            if (configuration[key] is not { Length: > 0 } text)
            {
                return null;
            }

            if (!NumberList.TryParse(text, out var numbers, out var problem))
            {
                Errors.Add($"{Name(key)} is wrong: {problem}. Without this setting everybody is called.");
            }

            return numbers;
        }

        // With another one the Functions host disables the timer, in silence.
        public TickSchedule? Schedule(string key)
        {
            if (string.IsNullOrWhiteSpace(configuration[key]))
            {
                Errors.Add($"{Name(key)} is not set: it says when the timer runs, such as '0 * * * * *' for every minute.");
                return null;
            }

            if (TickSchedule.TryParse(configuration[key], out var schedule))
            {
                return schedule;
            }

            Errors.Add(
                $"{Name(key)} is '{configuration[key]}': it must be an NCRONTAB expression of six fields (second minute hour day month "
                    + "weekday), such as '0 * * * * *' for every minute."
            );
            return null;
        }

        // TimeSpan.Parse would read 24:00:00 as 24 days.
        public TimeSpan Span(string key, TimeSpan fallback, TimeSpan? atLeast = null, TimeSpan? atMost = null)
        {
            if (configuration[key] is not { Length: > 0 } text)
            {
                return fallback;
            }

            if (HoursMinutesSeconds().Match(text) is not { Success: true } match)
            {
                Errors.Add($"{Name(key)} is '{text}': it must be a time span as hh:mm:ss, such as 00:05:00 or 24:00:00.");
                return fallback;
            }

            var span = new TimeSpan(Part("h"), Part("m"), Part("s"));
            var least = atLeast ?? TimeSpan.FromSeconds(1);
            if (span < least)
            {
                Errors.Add($"{Name(key)} is '{text}': it must be at least {Written(least)}.");
            }
            else if (span > atMost)
            {
                Errors.Add($"{Name(key)} is '{text}': it must be at most {Written(atMost.Value)}.");
            }
            else
            {
                return span;
            }

            return fallback;

            int Part(string name) => int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
        }

        [GeneratedRegex(@"^(?<h>\d{1,5}):(?<m>[0-5]\d):(?<s>[0-5]\d)$", RegexOptions.CultureInvariant)]
        private static partial Regex HoursMinutesSeconds();

        private static string Written(TimeSpan span) =>
            string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours:00}:{span.Minutes:00}:{span.Seconds:00}");

        // As it is written among the app settings and in the environment.
        private static string Name(string key) => key.Replace(":", "__", StringComparison.Ordinal);
    }
}
