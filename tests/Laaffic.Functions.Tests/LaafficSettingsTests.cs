using System.Globalization;
using System.Text.Json;
using CsCheck;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Ticks;
using Laaffic.Functions.Settings;
using Microsoft.Extensions.Configuration;

namespace Laaffic.Functions.Tests;

public sealed class LaafficSettingsTests
{
    private static readonly Dictionary<string, string?> Needed = new()
    {
        ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
        ["Laaffic:AppId"] = "2Xql9RBI",
        ["Laaffic:ApiKey"] = "bDqJFiq9",
        ["Laaffic:ApiSecret"] = "7bz1lzh9",
        ["RetryDeferredSchedule"] = "0 * * * * *",
    };

    [Fact]
    public void Without_any_other_setting_the_defaults_hold()
    {
        var settings = Read();

        Assert.Equal(new Uri("https://api.laaffic.com"), settings.BaseUrl);
        Assert.Null(settings.VaultUri);
        Assert.Equal(
            new CampaignOptions
            {
                TimeZone = TimeZoneInfo.Utc,
                MaxCalleesPerTask = 200_000,
                MaxConcurrentCampaigns = 4,
                MaxConcurrentTasks = 4,
                InitialDelay = TimeSpan.FromMinutes(1),
                MaxDelay = TimeSpan.FromMinutes(30),
                GiveUpAfter = TimeSpan.FromHours(24),
                UncertainSettleTime = TimeSpan.FromMinutes(15),
                HoldDuration = TimeSpan.FromMinutes(10),
                LeaseDuration = TimeSpan.FromMinutes(5),
                AnswerWithin = TimeSpan.FromMinutes(1),
                TickSchedule = Schedule("0 * * * * *"),
            },
            settings.Campaigns
        );
    }

    [Fact]
    public void Every_setting_is_read()
    {
        var settings = Read(
            ("Laaffic__BaseUrl", "https://voice.example.com/v3"),
            ("Laaffic__TimeZone", "Asia/Shanghai"),
            ("Campaigns__Retry__InitialDelay", "00:00:30"),
            ("Campaigns__Retry__MaxDelay", "01:00:00"),
            ("Campaigns__Retry__GiveUpAfter", "48:00:00"),
            ("Campaigns__UncertainSettleTime", "00:03:00"),
            ("Campaigns__HoldDuration", "00:20:00"),
            ("Campaigns__LeaseDuration", "00:06:00"),
            ("Campaigns__AnswerWithin", "00:01:30"),
            ("RetryDeferredSchedule", "*/30 * * * * *"),
            ("Campaigns__MaxCalleesPerTask", "1000"),
            ("Campaigns__MaxConcurrentCampaigns", "16"),
            ("Campaigns__MaxConcurrentTasks", "8"),
            ("KeyVault__Uri", "https://vault.example.com/")
        );

        Assert.Equal(new Uri("https://voice.example.com/v3"), settings.BaseUrl);
        Assert.Equal(new Uri("https://vault.example.com/"), settings.VaultUri);
        Assert.Equal(
            new CampaignOptions
            {
                TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"),
                MaxCalleesPerTask = 1000,
                MaxConcurrentCampaigns = 16,
                MaxConcurrentTasks = 8,
                InitialDelay = TimeSpan.FromSeconds(30),
                MaxDelay = TimeSpan.FromHours(1),
                GiveUpAfter = TimeSpan.FromDays(2),
                UncertainSettleTime = TimeSpan.FromMinutes(3),
                HoldDuration = TimeSpan.FromMinutes(20),
                LeaseDuration = TimeSpan.FromMinutes(6),
                AnswerWithin = TimeSpan.FromSeconds(90),
                TickSchedule = Schedule("*/30 * * * * *"),
            },
            settings.Campaigns
        );
    }

    [Theory]
    [InlineData("Laaffic__BaseUrl", "api.laaffic.com", "it must be an absolute address that begins with https://.")]
    [InlineData("Laaffic__BaseUrl", "ftp://api.laaffic.com", "it must be an absolute address that begins with https://.")]
    [InlineData("KeyVault__Uri", "my-vault", "it must be an absolute address that begins with https://.")]
    [InlineData("Laaffic__TimeZone", "Asia/Nowhere", "which is no known time zone: give an IANA name such as Asia/Shanghai.")]
    [InlineData("Campaigns__Retry__InitialDelay", "60", "it must be a time span as hh:mm:ss, such as 00:05:00 or 24:00:00.")]
    [InlineData("Campaigns__LeaseDuration", "00:00:00", "it must be at least 00:00:01.")]
    [InlineData("Campaigns__Retry__MaxDelay", "00:00:59", "it must be at least 00:01:00.")]
    [InlineData("Campaigns__Retry__GiveUpAfter", "1.00:00:00", "it must be a time span as hh:mm:ss, such as 00:05:00 or 24:00:00.")]
    [InlineData("Campaigns__UncertainSettleTime", "00:60:00", "it must be a time span as hh:mm:ss, such as 00:05:00 or 24:00:00.")]
    [InlineData("Campaigns__HoldDuration", "-00:10:00", "it must be a time span as hh:mm:ss, such as 00:05:00 or 24:00:00.")]
    [InlineData("Campaigns__LeaseDuration", "five minutes", "it must be a time span as hh:mm:ss, such as 00:05:00 or 24:00:00.")]
    [InlineData("Campaigns__LeaseDuration", "24:00:01", "it must be at most 24:00:00.")]
    [InlineData("Campaigns__AnswerWithin", "00:03:41", "it must be at most 00:03:40.")]
    [InlineData("Campaigns__MaxCalleesPerTask", "200001", "it must be a whole number from 1 to 200000.")]
    [InlineData("Campaigns__MaxCalleesPerTask", "0", "it must be a whole number from 1 to 200000.")]
    [InlineData("Campaigns__MaxCalleesPerTask", "1e3", "it must be a whole number from 1 to 200000.")]
    [InlineData("Campaigns__MaxConcurrentCampaigns", "0", "it must be a whole number from 1 to 100.")]
    [InlineData("Campaigns__MaxConcurrentCampaigns", "101", "it must be a whole number from 1 to 100.")]
    [InlineData("Campaigns__MaxConcurrentTasks", "33", "it must be a whole number from 1 to 32.")]
    public void A_bad_value_ends_the_start_with_the_settings_name_the_value_and_what_it_must_be(string name, string value, string must)
    {
        var error = Assert.Throws<SettingsException>(() => Read((name, value)));

        var told = Assert.Single(error.Errors);
        Assert.StartsWith($"{name} is '{value}'", told, StringComparison.Ordinal);
        Assert.EndsWith(must, told, StringComparison.Ordinal);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whom_the_app_may_call_is_read()
    {
        var campaigns = Read(
            ("Campaigns__AllowedCountries", "id, SG;premium"),
            ("Campaigns__OnlyNumbers", "+1 202 555 0101,6281234567890")
        ).Campaigns;

        Assert.Equal(["ID", "SG", "premium"], campaigns.AllowedCountries.Names);
        Assert.Equal(2, campaigns.OnlyNumbers!.Count);
        Assert.True(campaigns.OnlyNumbers.Contains("12025550101"u8));
        Assert.Null(Read(("Campaigns__OnlyNumbers", "")).Campaigns.OnlyNumbers);
    }

    [Theory]
    [InlineData("Campaigns__AllowedCountries", "ID, Narnia", "cannot be read: 'Narnia' is not the ISO code of a country")]
    [InlineData("Campaigns__AllowedCountries", " ,", "is ' ,': it must be ISO codes of countries")]
    [InlineData("Campaigns__OnlyNumbers", "12025550109, no", "is wrong: entry 2 cannot be called: ")]
    [InlineData("Campaigns__OnlyNumbers", ",", "is wrong: it must be a list of numbers")]
    public void A_wrong_list_of_whom_it_may_call_ends_the_start(string name, string value, string problem)
    {
        var error = Assert.Single(Assert.Throws<SettingsException>(() => Read((name, value))).Errors);

        Assert.StartsWith($"{name} {problem}", error, StringComparison.Ordinal);
        Assert.DoesNotContain("12025550109", error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var error = Assert.Throws<SettingsException>(() =>
            Read(
                ("AzureWebJobsStorage", "nonsense"),
                ("Laaffic__ApiSecret", " "),
                ("Laaffic__BaseUrl", "nonsense"),
                ("Laaffic__TimeZone", "nonsense"),
                ("Campaigns__Retry__InitialDelay", "nonsense"),
                ("Campaigns__Retry__MaxDelay", "nonsense"),
                ("Campaigns__Retry__GiveUpAfter", "nonsense"),
                ("Campaigns__UncertainSettleTime", "nonsense"),
                ("Campaigns__HoldDuration", "nonsense"),
                ("Campaigns__LeaseDuration", "nonsense"),
                ("Campaigns__AnswerWithin", "nonsense"),
                ("RetryDeferredSchedule", "nonsense"),
                ("Campaigns__MaxCalleesPerTask", "nonsense"),
                ("Campaigns__MaxConcurrentCampaigns", "nonsense"),
                ("Campaigns__MaxConcurrentTasks", "nonsense")
            )
        );

        Assert.Equal(
            [
                "AzureWebJobsStorage",
                "Campaigns__AnswerWithin",
                "Campaigns__HoldDuration",
                "Campaigns__LeaseDuration",
                "Campaigns__MaxCalleesPerTask",
                "Campaigns__MaxConcurrentCampaigns",
                "Campaigns__MaxConcurrentTasks",
                "Campaigns__Retry__GiveUpAfter",
                "Campaigns__Retry__InitialDelay",
                "Campaigns__Retry__MaxDelay",
                "Campaigns__UncertainSettleTime",
                "Laaffic__ApiSecret",
                "Laaffic__BaseUrl",
                "Laaffic__TimeZone",
                "RetryDeferredSchedule",
            ],
            error.Errors.Select(e => e.Split(' ')[0]).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("Laaffic__AppId")]
    [InlineData("Laaffic__ApiKey")]
    [InlineData("Laaffic__ApiSecret")]
    public void A_missing_credential_is_named(string name)
    {
        var error = Assert.Throws<SettingsException>(() => Read((name, "")));

        Assert.Equal([$"{name} is not set."], error.Errors);
    }

    [Fact]
    public void With_a_key_vault_the_credentials_may_be_missing()
    {
        var settings = Read(
            ("Laaffic__AppId", null),
            ("Laaffic__ApiKey", null),
            ("Laaffic__ApiSecret", null),
            ("KeyVault__Uri", "https://vault.example.com")
        );

        Assert.Equal(new Uri("https://vault.example.com"), settings.VaultUri);
    }

    [Fact]
    public void The_value_of_a_secret_is_in_no_message()
    {
        const string secret = "Zm9yLXlvdXItZXllcy1vbmx5";
        var error = Assert.Throws<SettingsException>(() =>
            Read(("AzureWebJobsStorage", $"AccountKey={secret}"), ("Laaffic__ApiSecret", secret), ("Campaigns__HoldDuration", "nonsense"))
        );

        Assert.DoesNotContain(secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_initial_delay_above_the_default_longest_delay_raises_it()
    {
        var campaigns = Read(("Campaigns__Retry__InitialDelay", "02:00:00")).Campaigns;

        Assert.Equal((TimeSpan.FromHours(2), TimeSpan.FromHours(2)), (campaigns.InitialDelay, campaigns.MaxDelay));
    }

    [Fact]
    public void Twenty_four_hours_are_a_day_and_not_24_days() =>
        Assert.Equal(TimeSpan.FromDays(1), Read(("Campaigns__Retry__GiveUpAfter", "24:00:00")).Campaigns.GiveUpAfter);

    [Fact]
    public void Any_span_of_hours_minutes_and_seconds_is_read_as_that() =>
        Gen.Int[1, 99_999 * 3600]
            .Sample(seconds =>
            {
                var written = string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}");
                Assert.Equal(TimeSpan.FromSeconds(seconds), Read(("Campaigns__HoldDuration", written)).Campaigns.HoldDuration);
            });

    [Fact]
    public void Any_other_text_is_refused_as_a_span() =>
        Gen.String[Gen.Char["0123456789:.- Th"], 1, 10]
            .Where(text => !IsSpan(text))
            .Sample(text =>
            {
                var error = Assert.Throws<SettingsException>(() => Read(("Campaigns__HoldDuration", text)));
                Assert.StartsWith("Campaigns__HoldDuration is '", Assert.Single(error.Errors), StringComparison.Ordinal);
            });

    [Fact]
    public void The_sample_settings_are_those_that_the_code_reads_with_their_defaults()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "local.settings.sample.json")));
        var values = sample
            .RootElement.GetProperty("Values")
            .EnumerateObject()
            .ToDictionary(value => value.Name, value => value.Value.GetString());
        Assert.Equal("dotnet-isolated", values["FUNCTIONS_WORKER_RUNTIME"]);
        Assert.Equal($"{RequestLimit.HostBytes}", values["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"]);
        Assert.False(sample.RootElement.GetProperty("IsEncrypted").GetBoolean());

        // The host's own settings and those that only a deployed app has aside.
        var read = NamesRead().Except(["KeyVault__Uri", "AZURE_CLIENT_ID"]);
        Assert.Equal(
            read.Order(StringComparer.Ordinal),
            values.Keys.Except(["FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"]).Order(StringComparer.Ordinal)
        );
        Assert.All(["Laaffic__AppId", "Laaffic__ApiKey", "Laaffic__ApiSecret"], secret => Assert.Equal("", values[secret]));
        var sampled = Read([.. values.Where(value => value.Value is { Length: > 0 }).Select(value => (value.Key, value.Value))]);
        var defaults = Read();
        Assert.Equal(defaults.BaseUrl, sampled.BaseUrl);
        Assert.True(sampled.Campaigns.TimeZone.HasSameRules(TimeZoneInfo.Utc));
        Assert.Equal(defaults.Campaigns, sampled.Campaigns with { TimeZone = defaults.Campaigns.TimeZone });
    }

    [Fact]
    public void The_host_settings_are_valid_and_keep_the_route_prefix()
    {
        var host = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "host.json")).Build();

        Assert.Equal("2.0", host["version"]);
        Assert.Equal("api", host["extensions:http:routePrefix"]);
        Assert.True(TimeSpan.Parse(host["functionTimeout"]!, CultureInfo.InvariantCulture) > TimeSpan.FromMinutes(5));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("* * * * *")]
    [InlineData("00:01:00")]
    [InlineData("60 * * * * *")]
    [InlineData("0 0 0 30 2 *")]
    public void A_schedule_that_would_only_disable_the_timer_ends_the_start(string? schedule)
    {
        var error = Assert.Throws<SettingsException>(() => Read(("RetryDeferredSchedule", schedule)));

        Assert.StartsWith("RetryDeferredSchedule is ", Assert.Single(error.Errors), StringComparison.Ordinal);
        Assert.Contains("'0 * * * * *' for every minute", error.Errors[0], StringComparison.Ordinal);
    }

    private static TickSchedule Schedule(string expression) =>
        TickSchedule.TryParse(expression, out var schedule) ? schedule : throw new FormatException(expression);

    private static bool IsSpan(string text) =>
        text.Split(':') is [{ Length: >= 1 and <= 5 } hours, { Length: 2 } minutes, { Length: 2 } seconds]
        && (hours + minutes + seconds).All(char.IsAsciiDigit)
        && string.CompareOrdinal(minutes, "60") < 0
        && string.CompareOrdinal(seconds, "60") < 0
        && (hours + minutes + seconds).Any(digit => digit != '0');

    private static LaafficSettings Read(params (string Name, string? Value)[] settings) => LaafficSettings.Read(Configuration(settings));

    /// <summary>The settings over those that are needed, with names as the environment has them.</summary>
    private static IConfiguration Configuration(params (string Name, string? Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(Needed)
            .AddInMemoryCollection(
                settings.Select(setting => KeyValuePair.Create(setting.Name.Replace("__", ":", StringComparison.Ordinal), setting.Value))
            )
            .Build();

    /// <summary>The names of all settings that are asked for while settings are read.</summary>
    private static IReadOnlyCollection<string> NamesRead()
    {
        var asked = new RecordingConfiguration(Configuration());
        LaafficSettings.Read(asked);
        return asked.Names;
    }
}
