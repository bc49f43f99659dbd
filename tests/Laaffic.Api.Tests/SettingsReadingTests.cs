using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace Laaffic.Api.Tests;

public class SettingsReadingTests
{
    private const string VendorsSample = """
        {
            "appId": "2Xql9RBI", "taskName": "我要測試智能體API-16", "displayNum": "1008122211", "maxCalls": 300,
            "maxRingingTime": 60, "agentId": 41, "enableRecording": 1, "calloutRate": 1,
            "allowSendTime": [{ "strTime": "18:28", "endTime": "19:28" }],
            "recallFlow": {
                "recallType": 3, "recallInterval": 1, "recallNum": 5,
                "nodeList": [{ "agentId": "41" }, { "agentId": "41" }, { "agentId": "41" }, { "agentId": "41" }, { "agentId": "41" }],
                "recallIntent": ["99998", "99999"]
            }
        }
        """;

    [Fact]
    public void The_vendors_sample_is_read_breaks_no_rule_and_is_written_as_it_came()
    {
        var (settings, violations) = Settings.Read(VendorsSample);

        Assert.Empty(violations);
        Assert.Empty(Settings.Broken(settings));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(VendorsSample), JsonNode.Parse(Settings.Write(settings))), Settings.Write(settings));
    }

    [Fact]
    public void Numbers_may_come_as_strings_and_strings_as_numbers()
    {
        var (settings, violations) = Settings.Read(
            """
            {"appId":12,"taskName":2026,"displayNum":1008122211,"maxCalls":"300","maxRingingTime":60.0,"scriptId":"41","calloutRate":"1.5",
            "recallFlow":{"recallType":"3","recallInterval":"1","recallNum":"2","recallIntent":[99998,"101"],
            "nodeList":[{"agentId":41},{"agentId":"42"}]}}
            """
        );

        Assert.Empty(violations);
        Assert.Empty(Settings.Broken(settings));
        Assert.Equal(
            """{"appId":"12","taskName":"2026","displayNum":"1008122211","maxCalls":300,"maxRingingTime":60,"scriptId":"""
                + """41,"calloutRate":1.5,"recallFlow":{"recallType":3,"recallInterval":1,"recallNum":2,"recallIntent":["99998","101"]"""
                + ""","nodeList":[{"agentId":41},{"agentId":"42"}]}}""",
            Settings.Write(settings)
        );
    }

    [Fact]
    public void Null_is_the_same_as_absent()
    {
        var (settings, violations) = Settings.Read(
            """{"appId":"a","taskName":"spring","agentId":41,"scriptId":null,"sendTime":null,"maxCalls":null,"allowSendTime":"""
                + """null,"recallFlow":null}"""
        );
        Assert.Empty(violations);
        Assert.Equal("""{"appId":"a","taskName":"spring","agentId":41}""", Settings.Write(settings));
    }

    [Theory]
    [InlineData("""{"taskname":"spring"}""", "taskname: unknown field; write it taskName")]
    [InlineData("""{"maxCall":1}""", "maxCall: unknown field; did you mean maxCalls?")]
    [InlineData("""{"MaxRingTime":1}""", "MaxRingTime: unknown field")]
    [InlineData("""{"numberInfoList":[]}""", "numberInfoList: unknown field")]
    [InlineData("""{"recallFlow":{"recalNum":1}}""", "recallFlow.recalNum: unknown field; did you mean recallNum?")]
    [InlineData(
        """{"allowSendTime":[{"strTime":"09:00","endtime":"10:00"}]}""",
        "allowSendTime[0].endtime: unknown field; write it endTime"
    )]
    [InlineData("""{"recallFlow":{"nodeList":[{"scriptId":1}]}}""", "recallFlow.nodeList[0].scriptId: unknown field")]
    [InlineData("""{"maxCalls":1,"maxCalls":2}""", "maxCalls: is given twice")]
    [InlineData("""{"maxCalls":"many"}""", "maxCalls: \"many\" is not a whole number")]
    [InlineData("""{"maxCalls":1.5}""", "maxCalls: \"1.5\" is not a whole number")]
    [InlineData("""{"maxCalls":99999999999}""", "maxCalls: \"99999999999\" is far too large")]
    [InlineData("""{"maxCalls":true}""", "maxCalls: true or false is not a whole number")]
    [InlineData("""{"calloutRate":"fast"}""", "calloutRate: \"fast\" is not a number")]
    [InlineData("""{"taskName":["spring"]}""", "taskName: must be a text, not a list")]
    [InlineData("""{"taskName":"\ud800"}""", "taskName: is not valid text")]
    [InlineData("""{"\ud800":1}""", "has a field whose name is not valid text")]
    [InlineData("""{"allowSendTime":{"strTime":"09:00"}}""", "allowSendTime: must be a list, not an object")]
    [InlineData("""{"allowSendTime":["09:00"]}""", "allowSendTime[0]: must be a JSON object, not a text")]
    [InlineData("""{"recallFlow":[]}""", "recallFlow: must be a JSON object, not a list")]
    [InlineData("""{"recallFlow":{"recallIntent":[101,null]}}""", "recallFlow.recallIntent[1]: must be a text, not null")]
    [InlineData("""[]""", "must be a JSON object, not a list")]
    public void What_cannot_be_read_is_named_with_its_path(string json, string violation) =>
        Assert.Equal([violation], Settings.Read(json).Violations);

    [Fact]
    public void A_field_that_cannot_be_read_is_not_also_reported_as_missing_or_wrong()
    {
        var (settings, violations) = Settings.Read(
            """
            {"appId":"a","taskName":[],"agentId":"x","allowSendTime":["09:00",{"strTime":{},"endTime":"10:00"}],
            "recallFlow":{"recallType":1,"recallInterval":"x","recallNum":11,"recallIntent":[{},"777"],"nodeList":[5]}}
            """
        );

        Assert.Equal(7, violations.Count);
        Assert.Equal(
            ["recallFlow.recallNum: 11 is above 10", "recallFlow.recallIntent[1]: \"777\" is not an intent code"],
            Settings.Broken(settings)
        );
    }

    [Fact]
    public void Valid_settings_in_any_form_survive_reading_and_writing() =>
        Generated.Sample(json =>
        {
            var (settings, violations) = Settings.Read(json);
            Assert.Empty(violations);
            Assert.Empty(Settings.Broken(settings));

            var written = Settings.Write(settings);
            var (again, more) = Settings.Read(written);
            Assert.Empty(more);
            Assert.Equal(written, Settings.Write(again));
            AssertSameValues(JsonNode.Parse(json), JsonNode.Parse(written), "");
        });

    [Fact]
    public void Any_object_is_read_without_an_exception() =>
        AnyObject.Sample(json =>
        {
            var (settings, violations) = Settings.Read(json);
            settings.Validate();
            var (again, more) = Settings.Read(Settings.Write(settings));
            if (violations.Count == 0)
            {
                Assert.Empty(more);
                Assert.Equal(Settings.Broken(settings), Settings.Broken(again));
            }
        });

    private static Gen<string> Generated
    {
        get
        {
            var text = Gen.String[Gen.Char['\u4e00', '\u4eff'], 2, 30];
            var node = Field("agentId", Number(Gen.Long[1, long.MaxValue])).Select(written => $"{{{written}}}");
            var window = Gen.Select(
                Gen.Int[0, 700],
                Gen.Int[701, 1439],
                (start, end) => $$"""{"strTime":"{{start / 60:00}}:{{start % 60:00}}","endTime":"{{end / 60:00}}:{{end % 60:00}}"}"""
            );
            var industry = Gen.OneOf("101,102,104,105,106,99998", "201,205,2010,99999", "301,306").Select(codes => codes.Split(','));
            var intents = industry.SelectMany(codes => Number(Gen.OneOf(codes).Select(long.Parse)).Array[1, 5]);
            var recall = Object(
                Field("recallType", Number(Gen.OneOf(0L, 1, 3))),
                Field("recallInterval", Number(Gen.Long[1, 1440])),
                Field("recallNum", Number(Gen.Long[3, 10])),
                Field("recallIntent", intents.Select(List)),
                Maybe(Field("nodeList", node.Array[0, 3].Select(List)))
            );
            return Object(
                Field("appId", text.Select(Quoted)),
                Field("taskName", text.Select(Quoted)),
                Maybe(Field("displayNum", Number(Gen.Long[0, long.MaxValue]))),
                Maybe(Field("sendTime", Gen.OneOf("\"2026-01-31 18:30:00\"", "\"2026-01-31T18:30:00+08:00\"", "null"))),
                Maybe(Field("maxCalls", Number(Gen.Long[1, 999]))),
                Maybe(Field("maxRingingTime", Number(Gen.Long[10, 120]))),
                Maybe(Field("allowSendTime", window.Array[0, 3].Select(List))),
                Gen.OneOf("agentId", "scriptId").SelectMany(name => Field(name, Number(Gen.Long[1, long.MaxValue]))),
                Maybe(Field("enableRecording", Number(Gen.Long[0, 1]))),
                Maybe(Field("calloutRate", Gen.OneOf("1", "0.5", "\"1.25\"", "2.50"))),
                Maybe(Field("recallFlow", recall))
            );
        }
    }

    private static Gen<string> AnyObject
    {
        get
        {
            var name = Gen.OneOf(
                "appId",
                "taskName",
                "displayNum",
                "sendTime",
                "maxCalls",
                "maxRingingTime",
                "allowSendTime",
                "agentId",
                "scriptId",
                "enableRecording",
                "calloutRate",
                "recallFlow",
                "recallType",
                "recallNum",
                "recallIntent",
                "nodeList",
                "strTime",
                "AppID",
                "\\ud800",
                ""
            );
            var scalar = Gen.OneOf(
                "null",
                "true",
                "0",
                "3",
                "-1",
                "41",
                "1e999",
                "1.5",
                "\"\"",
                "\"41\"",
                "\"x\"",
                "\"\\ud800\"",
                "\"09:00\"",
                "\"101\""
            );
            var inner = Gen.OneOf<string>(
                scalar,
                scalar.Array[0, 4].Select(List),
                Gen.Select(name, scalar, Pair).Array[0, 4].Select(pairs => $"{{{string.Join(',', pairs)}}}")
            );
            var value = Gen.OneOf<string>(
                inner,
                inner.Array[0, 4].Select(List),
                Gen.Select(name, inner, Pair).Array[0, 4].Select(pairs => $"{{{string.Join(',', pairs)}}}")
            );
            return Gen.Select(name, value, Pair).Array[0, 8].Select(pairs => $"{{{string.Join(',', pairs)}}}");
        }
    }

    /// <summary>The same texts and numbers under the same names, whichever of string and number they are written as.</summary>
    private static void AssertSameValues(JsonNode? given, JsonNode? written, string path)
    {
        switch (given)
        {
            case null:
                Assert.Null(written);
                break;
            case JsonObject obj:
                Assert.Equal(
                    obj.Where(field => field.Value is not null).Select(field => field.Key).Order(),
                    written!.AsObject().Select(field => field.Key).Order()
                );
                Assert.All(obj, field => AssertSameValues(field.Value, written[field.Key], $"{path}.{field.Key}"));
                break;
            case JsonArray array:
                Assert.Equal(array.Count, written!.AsArray().Count);
                for (var i = 0; i < array.Count; i++)
                {
                    AssertSameValues(array[i], written[i], $"{path}[{i}]");
                }

                break;
            default:
                Assert.Equal((path, given.ToString()), (path, written!.ToString()));
                break;
        }
    }

    private static string Pair(string name, string value) => $"\"{name}\":{value}";

    private static string Quoted(string text) => JsonSerializer.Serialize(text);

    private static string List(string[] items) => $"[{string.Join(',', items)}]";

    private static Gen<string> Number(Gen<long> numbers) =>
        Gen.Select(numbers, Gen.Bool, (number, quoted) => quoted ? $"\"{number}\"" : $"{number}");

    private static Gen<string> Field(string name, Gen<string> value) => value.Select(written => Pair(name, written));

    private static Gen<string> Maybe(Gen<string> field) => Gen.Select(field, Gen.Bool, (written, given) => given ? written : "");

    private static Gen<string> Object(params Gen<string>[] fields) =>
        fields
            .Aggregate(
                Gen.Const(""),
                (all, field) =>
                    Gen.Select(
                        all,
                        field,
                        (before, written) =>
                            before.Length == 0 ? written
                            : written.Length == 0 ? before
                            : $"{before},{written}"
                    )
            )
            .Select(content => $"{{{content}}}");
}
