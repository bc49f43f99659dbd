using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;
using Laaffic.Campaigns.Numbers;
using Laaffic.Campaigns.Planning;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Planning;

/// <summary>What holds for every campaign there could be.</summary>
public class AnyCampaignTests : PlannerTestBase
{
    public AnyCampaignTests(StorageFixture storage)
        : base(storage)
    {
        // Any digits are somebody's here.
        Assert.True(Destinations.TryRead([Destinations.PremiumRate, Destinations.Satellite], out var all, out _));
        Options = new() { AllowedCountries = all };
    }

    private const int Threads = 2;

    private static readonly JsonSerializerOptions Escaped = new() { WriteIndented = true };

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private sealed record Person(string Number, string?[] Texts);

    private static readonly Gen<string> Number = Gen.Select(
        Gen.Char["123456789"],
        Gen.String[Gen.Char["0123456789"], 5, 17],
        (first, rest) => first + rest
    );

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char["ab,;|\t\"'\r\n #=é你\\/{}[]\u2028"], 0, 40],
        Gen.Const("😀 👩‍👩‍👧"),
        Gen.String.AlphaNumeric
    );

    private static readonly Gen<Person[]> People = Gen.Select(Number, Text.Null().Array[10], (number, texts) => new Person(number, texts))
        .Array[1, 60]
        .Select(people => people.DistinctBy(person => person.Number).ToArray());

    private static readonly TimeZoneInfo[] Zones =
    [
        Shanghai,
        .. new[] { "Europe/Berlin", "Pacific/Kiritimati", "Etc/GMT+12" }.Select(TimeZoneInfo.FindSystemTimeZoneById),
    ];

    private static readonly Gen<string> Offset = OneOf("", "Z", "+00:00", "+08:00", "-12:00", "+14:00", "-14:00", "+14:01", "+99:99", "z");

    private static readonly Gen<string> Date = Gen.Select(
        OneOf("0000", "0001", "1999", "2000", "2026", "2100", "2101", "9999", "10000"),
        OneOf("01-01", "02-29", "03-29", "12-31", "13-01"),
        OneOf(" ", "T"),
        OneOf("00:00:00", "02:30:00", "23:59:59", "23:59:59.9999999", "23:59", "24:00:00"),
        Offset,
        (year, day, between, clock, offset) => $"{year}-{day}{between}{clock}{offset}"
    );

    private static readonly Gen<string> Instant = Gen.Frequency(
        (8, Date),
        (1, Gen.Select(Date, Gen.Int[0, 30], Gen.Char, (date, at, c) => date.Insert(at % date.Length, $"{c}"))),
        (1, Gen.String)
    );

    [Fact]
    public async Task Any_text_for_a_time_gives_a_plan()
    {
        await Gen.Select(Instant.Null(), Instant.Null(), Instant.Null(), OneOf(Zones), Gen.Enum<CampaignFormat>())
            .SampleAsync(
                async (sendTime, submitAt, expireAt, zone, format) =>
                {
                    var campaign =
                        format == CampaignFormat.Json
                            ? $$"""{"taskName":"spring","agentId":41,"sendTime":{{Json(sendTime)}},"delivery":{"submitAt":"""
                                + $$"""{{Json(submitAt)}},"expireAt":{{Json(expireAt)}}},"numberInfoList":"""
                                + $$"""[{"calleeNumber":"12025550123"}]}"""
                            : $"{Lines}# sendTime: {Line(sendTime)}\n# submitAt: {Line(submitAt)}\n# expireAt: "
                                + $"{Line(expireAt)}\ncalleeNumber\n12025550123\n";
                    var plan = await PlanAsync(format, Encoding.UTF8.GetBytes(campaign), zone);

                    Assert.All(plan.Errors, error => Assert.Matches("sendTime|submitAt|expireAt", error.Field));
                    Assert.All([plan.SendTime, plan.SubmitAt, plan.ExpireAt], time => Assert.InRange(time?.Year ?? 2026, 1999, 2101));
                },
                iter: 500,
                threads: Threads
            );

        static string Json(string? text) => JsonSerializer.Serialize(text);
        static string? Line(string? text) => text?.ReplaceLineEndings("");
    }

    [Fact]
    public async Task Callees_come_out_of_JSON_as_they_went_in() =>
        await Gen.Select(People, Gen.Bool)
            .SampleAsync(
                async (people, escape) =>
                {
                    var campaign = new Dictionary<string, object>
                    {
                        ["taskName"] = "spring",
                        ["numberInfoList"] = people.Select(person => Fields(person, nulls: true)).ToArray(),
                        ["agentId"] = 41,
                    };
                    var plan = await PlanAsync(
                        CampaignFormat.Json,
                        JsonSerializer.SerializeToUtf8Bytes(campaign, escape ? Escaped : Plain)
                    );
                    await AssertPeopleAsync(people, plan);
                },
                iter: 60,
                threads: Threads
            );

    [Fact]
    public async Task Callees_come_out_of_CSV_as_they_went_in() =>
        await Gen.Select(People, Gen.Char[",;\t|"], Gen.OneOf(Gen.Const("\n"), Gen.Const("\r\n"), Gen.Const("\r")), Gen.Bool)
            .SampleAsync(
                async (people, delimiter, end, utf16) =>
                {
                    // A lone carriage return within a text would come out as a line feed, and an absent text as an empty one.
                    people =
                    [
                        .. people.Select(person => new Person(
                            person.Number,
                            [.. person.Texts.Select(text => (text ?? "").Replace('\r', ' '))]
                        )),
                    ];
                    var csv = new StringBuilder("# taskName: spring" + end + "# agentId: 41" + end);
                    csv.Append(string.Join(delimiter, ["calleeNumber", .. Enumerable.Range(1, 10).Select(n => $"text{n}")])).Append(end);
                    foreach (var person in people)
                    {
                        csv.Append(string.Join(delimiter, [person.Number, .. person.Texts.Select(text => Quoted(text!, delimiter))]))
                            .Append(end);
                    }

                    var encoding = utf16 ? Encoding.Unicode : Encoding.UTF8;
                    var plan = await PlanAsync(CampaignFormat.Csv, [.. encoding.GetPreamble(), .. encoding.GetBytes(csv.ToString())]);
                    await AssertPeopleAsync(people, plan);
                },
                iter: 60,
                threads: Threads
            );

    [Fact]
    public async Task How_the_source_cuts_itself_into_pieces_does_not_matter()
    {
        var rows = string.Concat(
            Enumerable.Range(0, 3000).Select(i => $"44770{i % 2900:0000000},\"é你😀 {i}\r\n\",{(i % 50 == 0 ? "x,y" : "z")}\r\n")
        );
        var callees = string.Join(
            ",\r\n",
            Enumerable
                .Range(0, 3000)
                .Select(i => $$"""{"calleeNumber":"{{(i % 50 == 0 ? "1" : $"44770{i % 2900:0000000}")}}","text1":"é你😀 \u4f60 {{i}}"}""")
        );
        (CampaignFormat Format, string Text)[] campaigns =
        [
            (CampaignFormat.Csv, $"\uFEFF{Lines}calleeNumber,text1,text2\r\n{rows}"),
            (CampaignFormat.Csv, $"{Lines}calleeNumber,text1,text2\r{rows}"[..^3] + "\""),
            (CampaignFormat.Json, $$"""{"taskName":"spring","numberInfoList":[{{callees}}],"agentId":41}"""),
            (CampaignFormat.Json, $$"""{"taskName":"spring","numberInfoList":[{{callees}}],"agentId":41,}"""),
        ];
        MaxCallees = 1000;
        foreach (var (format, text) in campaigns)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var whole = await PlanAsync(format, bytes);
            foreach (var most in new[] { 1, 2, 3, 7, 4096, 65_536, 100_000 })
            {
                var pieces = await PlanAsync(format, new PieceStream(bytes, most));
                Assert.Equal(whole.ErrorCount, pieces.ErrorCount);
                Assert.Equal(whole.Errors, pieces.Errors);
                Assert.Equal(whole.Counts, pieces.Counts);
                Assert.Equal(whole.ContentHash, pieces.ContentHash);
                Assert.Equal(await RejectedAsync(whole), await RejectedAsync(pieces));
                Assert.Equal(whole.Tasks.Count, pieces.Tasks.Count);
                for (var task = 1; task <= whole.Tasks.Count; task++)
                {
                    Assert.Equal((await BodyAsync(whole, task)).GetRawText(), (await BodyAsync(pieces, task)).GetRawText());
                }
            }
        }
    }

    [Fact]
    public async Task Any_bytes_give_a_plan_that_says_what_is_wrong() =>
        await Gen.Select(Gen.Byte.Array[0, 400], Gen.Enum<CampaignFormat>())
            .SampleAsync(async (bytes, format) => Assert.NotEmpty((await PlanAsync(format, bytes)).Errors), iter: 300, threads: Threads);

    [Fact]
    public async Task Any_damage_to_a_campaign_gives_a_plan()
    {
        var json = Encoding.UTF8.GetBytes(
            """{"taskName":"spring","agentId":41,"sendTime":"2026-03-02 08:00:00","delivery":{"expireAt":"2026-03-03T00:00:00Z"}"""
                + ""","numberInfoList":[{"calleeNumber":"12025550123","text1":"é\ud83d\ude00","callInformation":{"a":"b"}},"""
                + """{"calleeNumber":12025550124}],"recallFlow":{"recallType":1,"recallInterval":1,"recallNum":1}}"""
        );
        var csv = Encoding.UTF8.GetBytes(
            Lines
                + "# expireAt: 2026-03-03T00:00:00Z\r\n# allowSendTime: "
                + "[{\"strTime\":\"09:00\",\"endTime\":\"10:00\"}]\ncalleeNumber,text1,\"text2\"\r\n12025550123,\"é\n😀\",a\n+1 202 "
                + "555 0124,b\n"
        );
        await Gen.Select(
                Gen.Enum<CampaignFormat>(),
                Gen.Select(Gen.Int[0, 1000], Gen.OneOf(Gen.Byte, Gen.Char["\"{}[],:#\\\n\r\0;| e09"].Select(c => (byte)c))).Array[1, 4],
                Gen.Int[0, 3]
            )
            .SampleAsync(
                async (format, damages, kind) =>
                {
                    var bytes = new List<byte>(format == CampaignFormat.Json ? json : csv);
                    foreach (var (at, value) in damages)
                    {
                        var place = at % bytes.Count;
                        if (kind == 0)
                        {
                            bytes.RemoveAt(place);
                        }
                        else if (kind == 1)
                        {
                            bytes.Insert(place, value);
                        }
                        else
                        {
                            bytes[place] = value;
                        }
                    }
                    var plan = await PlanAsync(format, [.. bytes]);
                    Assert.Equal(plan.IsRejected, plan.Tasks.Count == 0);
                    Assert.All(plan.Errors, error => Assert.NotEmpty(error.Message));
                    if (!plan.IsRejected)
                    {
                        Assert.Equal(plan.Counts.Read, plan.Counts.Valid + plan.Counts.Duplicate + plan.Counts.Rejected);
                        Assert.Equal(plan.Counts.Valid, (await NumbersAsync(plan)).Length);
                    }
                },
                iter: 600,
                threads: Threads
            );
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static string Quoted(string text, char delimiter) =>
        text.AsSpan().ContainsAny(['"', '\n', '\r', delimiter]) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static Dictionary<string, string?> Fields(Person person, bool nulls)
    {
        var fields = new Dictionary<string, string?> { ["calleeNumber"] = person.Number };
        for (var i = 0; i < person.Texts.Length; i++)
        {
            if (nulls || person.Texts[i] is not null)
            {
                fields[string.Create(CultureInfo.InvariantCulture, $"text{i + 1}")] = person.Texts[i];
            }
        }
        return fields;
    }

    private async Task AssertPeopleAsync(Person[] people, Plan plan)
    {
        var callees = (await BodyAsync(plan))
            .GetProperty("numberInfoList")
            .EnumerateArray()
            .Select(callee => callee.EnumerateObject().ToDictionary(field => field.Name, field => field.Value.GetString()));
        Assert.Equal(people.Select(person => Fields(person, nulls: false)), callees);
        Assert.Equal(people.Length, plan.Counts.Valid);
    }
}
