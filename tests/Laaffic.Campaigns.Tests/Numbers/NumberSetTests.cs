using CsCheck;
using Laaffic.Campaigns.Numbers;

namespace Laaffic.Campaigns.Tests.Numbers;

[Collection("Measures memory")]
public class NumberSetTests
{
    [Fact]
    public void It_knows_what_was_added_like_any_set() =>
        Gen.ULong[1, 3000]
            .Array[0, 5000]
            .Sample(
                keys =>
                {
                    var set = new NumberSet();
                    var model = new HashSet<ulong>();
                    Assert.All(keys, key => Assert.Equal(model.Add(key), set.Add(key)));
                },
                iter: 50
            );

    [Fact]
    public void It_forgets_nothing_as_it_grows() =>
        Gen.ULong[1, 1UL << 61]
            .Array[400_000]
            .Sample(
                keys =>
                {
                    using var set = new NumberSet(System.Buffers.ArrayPool<ulong>.Shared);
                    var model = new HashSet<ulong>();
                    foreach (var key in keys.Concat(keys.Where((_, i) => i % 7 == 0)))
                    {
                        set.Expect(key);
                        if (model.Add(key) != set.Add(key))
                        {
                            Assert.Fail($"Wrong about {key}, after {model.Count} others.");
                        }
                    }
                },
                iter: 3
            );

    [Fact]
    public void It_holds_a_run_of_numbers_in_little_more_than_8_bytes_each()
    {
        const int count = 1_000_000;
        const ulong first = 1_8613200000000;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var set = new NumberSet();
        for (var i = 0UL; i < count; i++)
        {
            Assert.True(set.Add(first + i));
        }

        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(bytes / count, 8, 14);
        Assert.False(set.Add(first));
        Assert.False(set.Add(first + count - 1));
    }
}
