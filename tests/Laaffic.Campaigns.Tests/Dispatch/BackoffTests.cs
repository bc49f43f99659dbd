using CsCheck;
using Laaffic.Campaigns.Dispatch;

namespace Laaffic.Campaigns.Tests.Dispatch;

public sealed class BackoffTests
{
    private static readonly CampaignOptions Options = new() { InitialDelay = TimeSpan.FromMinutes(1), MaxDelay = TimeSpan.FromMinutes(30) };

    private static readonly Gen<TimeSpan> AnySpan = Gen.Int[1, 100_000_000].Select(ms => TimeSpan.FromMilliseconds(ms));

    [Theory]
    [InlineData(1, 1), InlineData(2, 2), InlineData(3, 4), InlineData(4, 8), InlineData(5, 16), InlineData(6, 30), InlineData(7, 30)]
    [InlineData(1000, 30), InlineData(int.MaxValue, 30)]
    public void The_wait_doubles_with_each_failure_up_to_the_longest(int failures, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), In(0.5).After(failures));

    [Theory, InlineData(0), InlineData(-1)]
    public void Without_a_failure_it_is_as_long_as_after_the_first(int failures) =>
        Assert.Equal(TimeSpan.FromMinutes(1), In(0.5).After(failures));

    [Theory, InlineData(0, 96), InlineData(0.5, 120), InlineData(0.75, 132)]
    public void The_jitter_is_a_fifth_either_way(double random, int seconds) =>
        Assert.Equal(seconds, In(random).After(2).TotalSeconds, tolerance: 0.001);

    [Fact]
    public void The_jitter_never_makes_the_longest_wait_longer()
    {
        Assert.Equal(TimeSpan.FromMinutes(30), In(0.99).After(7));
        Assert.Equal(TimeSpan.FromMinutes(24), In(0).After(7));
        Assert.Equal(TimeSpan.FromSeconds(5), In(0.99).After(7, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Another_longest_wait_may_be_longer_than_that_of_the_options() =>
        Assert.Equal(TimeSpan.FromMinutes(64), In(0.5).After(7, TimeSpan.FromHours(2)));

    [Fact]
    public void Any_wait_is_within_a_fifth_of_the_doubled_one_and_never_above_the_longest() =>
        Gen.Select(Gen.Int[-5, 200], AnySpan, AnySpan, AnySpan.Nullable(), Gen.Double[0, 0.999999])
            .Sample(
                (failures, first, longest, other, random) =>
                {
                    var backoff = new Backoff(Options with { InitialDelay = first, MaxDelay = longest }, new Fixed(random));
                    var most = other ?? longest;
                    var wait = backoff.After(failures, other);

                    // Doubled step by step, which needs no power of two.
                    var doubled = first;
                    for (var i = 1; i < failures && doubled < most; i++)
                    {
                        doubled *= 2;
                    }

                    doubled = doubled < most ? doubled : most;
                    var tolerance = TimeSpan.FromMilliseconds(1);
                    Assert.InRange(wait, (doubled * 0.8) - tolerance, (doubled * 1.2) + tolerance);
                    Assert.True(wait <= most);
                    Assert.True(wait > TimeSpan.Zero);
                }
            );

    [Theory]
    [InlineData(null, 4), InlineData(1, 4), InlineData(4, 4), InlineData(5, 5), InlineData(30, 30), InlineData(31, 30)]
    [InlineData(100_000, 30)]
    public void What_was_asked_for_is_waited_at_least_but_no_longer_than_the_longest(int? minutes, int waited) =>
        Assert.Equal(TimeSpan.FromMinutes(waited), In(0.5).After(3, minutes is { } m ? TimeSpan.FromMinutes(m) : null, max: null));

    [Fact]
    public void What_was_asked_for_is_waited_though_the_longest_of_this_wait_is_shorter()
    {
        var most = TimeSpan.FromMinutes(2);
        Assert.Equal(most, In(0.5).After(5, atLeast: null, most));
        Assert.Equal(TimeSpan.FromMinutes(10), In(0.5).After(5, TimeSpan.FromMinutes(10), most));
    }

    [Fact]
    public void A_jitter_is_some_part_of_the_span()
    {
        Assert.Equal(TimeSpan.Zero, In(0).Jitter(TimeSpan.FromMinutes(2)));
        Assert.Equal(TimeSpan.FromSeconds(30), In(0.25).Jitter(TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public void Tasks_that_were_refused_together_do_not_come_back_together()
    {
        var backoff = new Backoff(Options, new Random(1));
        Assert.Equal(20, Enumerable.Range(0, 20).Select(_ => backoff.After(3)).Distinct().Count());
    }

    private static Backoff In(double random) => new(Options, new Fixed(random));

    /// <summary>Always the same.</summary>
    private sealed class Fixed(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
