using System.Text;
using CsCheck;
using Laaffic.Campaigns.Reports;

namespace Laaffic.Campaigns.Tests.Reports;

public sealed class BlobNamesTests
{
    private const int MostCharacters = 1024; // of a blob's name

    /// <summary>Names of few characters, so that those that come near to each other are met.</summary>
    private static readonly Gen<string> AnyPath = OneOf("_", "_api", "api/", "/", "a", ".", "..", " ", "é", "?", "😀")
        .Array[1, 8]
        .Select(string.Concat);

    [Theory]
    [InlineData("Reminder", "Reminder")]
    [InlineData("May 2026_a-b.c", "May 2026_a-b.c")]
    [InlineData("Größe 名單", "Größe 名單")]
    [InlineData("a/b", "a_b-c14cddc0")]
    [InlineData("a\\b", "a_b-c62016d0")]
    [InlineData("a.", "a-5ab640fa")]
    [InlineData("a ", "a-6583dcd6")]
    public void A_text_keeps_what_a_name_can_hold_and_the_rest_is_replaced_and_marked(string text, string name) =>
        Assert.Equal(name, BlobNames.Safe(text));

    [Fact]
    public void Any_text_becomes_a_name_that_can_be_read_and_no_other_text_does() =>
        Gen.Select(AnyPath, AnyPath)
            .Sample(
                (one, other) =>
                {
                    var safe = BlobNames.Safe(one);
                    Assert.True(BlobNames.CanBeRead(BlobNames.OfRequests + safe), safe);
                    Assert.DoesNotContain(safe, c => !char.IsLetterOrDigit(c) && c is not ('-' or '_' or '.' or ' '));
                    Assert.False(safe.EndsWith('.') || safe.EndsWith(' '), safe);
                    Assert.Equal(one == other, safe == BlobNames.Safe(other));
                },
                iter: 10_000
            );

    [Fact]
    public void A_name_that_leaves_room_is_not_shortened()
    {
        var name = new string('n', 1000);
        Assert.Same(name, BlobNames.Short(name));
        Assert.Equal(1000, BlobNames.Short(name + "n").Length);
    }

    [Fact]
    public void Any_long_name_is_cut_within_no_character_and_stays_different_from_others() =>
        Gen.Select(OneOf("n", "é", "😀", "nn😀", "/").Array[200, 1100].Select(string.Concat), Gen.Int[0, 1], Gen.Char['a', 'z'])
            .Sample(
                (name, before, last) =>
                {
                    name = new string('b', before) + name;
                    var cut = BlobNames.Short(name);
                    Assert.InRange(cut.Length, Math.Min(name.Length, 999), 1000);
                    Assert.Equal(cut, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cut)));
                    Assert.NotEqual(cut, BlobNames.Short(name + last));
                },
                iter: 500
            );

    [Fact]
    public void All_that_belongs_to_the_longest_name_has_a_name_that_can_be() =>
        Assert.All(
            Enumerable.Range(980, MostCharacters - 980 + 1).Select(length => new string('n', length)),
            path =>
            {
                var place = BlobNames.Superseded(BlobNames.PlaceOf(path), new string('0', 64));
                Assert.True(BlobNames.Report(place).Length <= MostCharacters);
                Assert.True(BlobNames.Rejected(place).Length <= MostCharacters);
                Assert.True((BlobNames.NotSubmittedPrefix(place) + "-99.json").Length <= MostCharacters);
            }
        );

    [Fact]
    public void What_belongs_to_a_place_is_named_after_it()
    {
        Assert.Equal("a/b.csv.report.json", BlobNames.Report("a/b.csv"));
        Assert.Equal("a/b.csv.rejected.csv", BlobNames.Rejected("a/b.csv"));
        Assert.Equal("a/b.csv.not-submitted", BlobNames.NotSubmittedPrefix("a/b.csv"));
        Assert.Equal("a/b.csv.01234567", BlobNames.Superseded("a/b.csv", "0123456789abcdef"));
    }

    [Theory]
    [InlineData("a.csv", "a.csv.report.json")]
    [InlineData("a/_api/b.csv", "a/_api/b.csv.report.json")]
    [InlineData("_apis/b.csv", "_apis/b.csv.report.json")]
    [InlineData("api/b.csv", "api/b.csv.report.json")]
    [InlineData("_api/b.csv", "__api/b.csv.report.json")]
    [InlineData("__api/b.csv", "___api/b.csv.report.json")]
    [InlineData("a//b..json", "a//b..json.report.json")]
    public void The_place_of_a_file_is_its_path_unless_a_request_could_have_it(string path, string report) =>
        Assert.Equal(report, CampaignReport.NameFor(path));

    [Fact]
    public void Any_file_has_a_place_of_its_own_that_can_be_read_and_is_no_requests() =>
        Gen.Select(AnyPath, AnyPath)
            .Sample(
                (one, other) =>
                {
                    var place = BlobNames.PlaceOf(one);
                    Assert.True(BlobNames.CanBeRead(BlobNames.Report(place)), place);
                    Assert.False(place.StartsWith(BlobNames.OfRequests, StringComparison.Ordinal), place);
                    Assert.Equal(one == other, place == BlobNames.PlaceOf(other));
                },
                iter: 10_000
            );

    [Theory]
    [
        InlineData("a/../b.json"),
        InlineData("./b.json"),
        InlineData("../b.json"),
        InlineData("a/./b.json"),
        InlineData("a/.."),
        InlineData("/a.json"),
        InlineData("//a.json"),
        InlineData("a.json/")
    ]
    public void A_name_that_clients_take_for_another_has_a_place_that_they_do_not(string path)
    {
        Assert.False(BlobNames.CanBeRead(path));
        Assert.True(BlobNames.CanBeRead(CampaignReport.NameFor(path)));
    }

    [Theory]
    [
        InlineData("a//b.json"),
        InlineData("a..json"),
        InlineData("...json"),
        InlineData("a%2e%2e/b.json"),
        InlineData("%2e%2e/b.json"),
        InlineData("a\\..\\b.json"),
        InlineData(" a .json")
    ]
    [
        InlineData("\u202Ea.json"),
        InlineData("e\u0301.json"),
        InlineData("a?b#c+d.json"),
        InlineData(".../b.json"),
        InlineData("Ａ.JSON"),
        InlineData("a%2Fb.json"),
        InlineData("\u00A0.json")
    ]
    public void Other_odd_names_can_be_read(string path) => Assert.True(BlobNames.CanBeRead(path));

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
