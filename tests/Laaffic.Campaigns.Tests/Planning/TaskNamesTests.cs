using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Laaffic.Api;
using Laaffic.Campaigns.Planning;

namespace Laaffic.Campaigns.Tests.Planning;

public sealed class TaskNamesTests
{
    private static readonly DateTimeOffset Received = new(2026, 3, 1, 9, 5, 7, TimeSpan.FromHours(2));
    private static readonly Gen<string> AnyName = Gen.String[Gen.Char["ab 2-é"], 2, AgentTaskSettings.MaxTaskNameLength];

    [Theory]
    [InlineData("Reminder", "Reminder")]
    [InlineData("{file}", "list")]
    [InlineData("{date}-{time}", "20260301-090507")]
    [InlineData("{file} of {date}, {file}", "list of 20260301, list")]
    [InlineData("{{file}}", "{list}")]
    public void A_placeholder_becomes_what_it_stands_for(string name, string expanded)
    {
        Assert.Equal(expanded, TaskNames.Expand(name, new("list", Received), out var unknown));
        Assert.Empty(unknown);
    }

    [Theory]
    [InlineData("{day} {file}", "{day} list", new[] { "{day}" })]
    [InlineData("{File}{}{ file }", "{File}{}{ file }", new[] { "{File}", "{}", "{ file }" })]
    [InlineData("{x} {x}", "{x} {x}", new[] { "{x}", "{x}" })]
    public void A_placeholder_that_means_nothing_is_left_and_told(string name, string expanded, string[] told)
    {
        Assert.Equal(expanded, TaskNames.Expand(name, new("list", Received), out var unknown));
        Assert.Equal(told, unknown);
    }

    [Fact]
    public void What_a_file_is_named_is_not_expanded_again() =>
        Assert.Equal("{date}", TaskNames.Expand("{file}", new("{date}", Received), out _));

    [Fact]
    public void Any_name_without_a_placeholder_stays_as_it_is() =>
        Gen
            .String.Where(name => !TaskNames.HasPlaceholder(name))
            .Sample(name => Assert.Equal(name, TaskNames.Expand(name, new("list", Received), out _)));

    [Theory]
    [InlineData("{file}", true), InlineData("a{}b", true), InlineData("{what ever}", true), InlineData("{{x}", true)]
    [InlineData("{", false), InlineData("}{", false), InlineData("{file", false), InlineData("file", false), InlineData("", false)]
    public void Only_what_stands_between_braces_is_a_placeholder(string name, bool isOne) =>
        Assert.Equal(isOne, TaskNames.HasPlaceholder(name));

    [Theory]
    [InlineData(0, new[] { "May" }), InlineData(1, new[] { "May" }), InlineData(2, new[] { "May", "May-2" })]
    [InlineData(3, new[] { "May", "May-2", "May-3" })]
    public void The_first_task_has_the_campaigns_name_and_the_others_a_number(int tasks, string[] names)
    {
        Assert.Equal(names, TaskNames.For("May", tasks, out var message));
        Assert.Null(message);
    }

    [Fact]
    public void Any_campaigns_tasks_have_different_names_that_fit_or_it_is_told_by_how_much_to_shorten_them() =>
        Gen.Select(AnyName, Gen.Int[1, 1200])
            .Sample(
                (name, tasks) =>
                {
                    var names = TaskNames.For(name, tasks, out var message);
                    Assert.Equal((tasks, tasks, name), (names.Count, names.Distinct().Count(), names[0]));
                    Assert.All(names.Skip(1), (other, i) => Assert.Equal($"{name}-{i + 2}", other));
                    Assert.Equal(names.All(other => other.Length <= AgentTaskSettings.MaxTaskNameLength), message is null);
                    if (message is null)
                    {
                        return;
                    }

                    var excess = int.Parse(
                        Regex.Match(message, "shorten taskName by ([0-9]+)$").Groups[1].ValueSpan,
                        System.Globalization.CultureInfo.InvariantCulture
                    );
                    if (excess < name.Length)
                    {
                        TaskNames.For(name[excess..], tasks, out var then);
                        Assert.Null(then);
                        TaskNames.For(name[(excess - 1)..], tasks, out then);
                        Assert.NotNull(then);
                    }
                },
                iter: 200
            );

    [Fact]
    public void A_name_that_is_too_long_for_one_task_is_not_said_to_be_so_for_its_number()
    {
        // That is said of the setting itself.
        TaskNames.For(new string('n', 100), 1, out var message);
        Assert.Null(message);
    }

    [Fact]
    public void The_message_names_the_last_task_and_what_is_allowed()
    {
        var name = new string('n', 60);
        TaskNames.For(name, 1000, out var message);
        Assert.Equal(
            $"the campaign needs 1000 tasks, and {name}-1000, the name of the last, has 65 characters: at most 64 are allowed, so "
                + "shorten taskName by 1",
            message
        );
    }

    [Theory, InlineData(1, "May rest"), InlineData(2, "May rest 2"), InlineData(10, "May rest 10")]
    public void A_rest_is_named_after_its_campaign(int number, string name) => Assert.Equal(name, TaskNames.ForRemainder("May", number));

    [Fact]
    public void Names_of_rests_are_short_enough_never_the_same_and_none_of_a_numbered_task() =>
        Gen.Select(AnyName, AnyName, Gen.Int[1, 3], Gen.Int[1, 3])
            .Sample(
                (one, other, first, second) =>
                {
                    var (rest, another) = (TaskNames.ForRemainder(one, first), TaskNames.ForRemainder(other, second));
                    Assert.True(rest.Length <= AgentTaskSettings.MaxTaskNameLength - "-9999".Length);
                    Assert.DoesNotMatch(new Regex("-[0-9]+$"), rest);
                    Assert.Equal((one, first) == (other, second), rest == another);
                    Assert.NotEqual(rest, TaskNames.ForRemainder(rest, 1));
                },
                iter: 10_000
            );

    [Fact]
    public void A_long_name_is_cut_within_no_character() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[1, 3])
            .Sample(
                (before, number) =>
                {
                    var name = new string('n', before) + string.Concat(Enumerable.Repeat("😀", 31));
                    var rest = TaskNames.ForRemainder(name, number);
                    Assert.Equal(rest, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(rest)));
                    Assert.StartsWith(name[..20], rest, StringComparison.Ordinal);
                }
            );
}
