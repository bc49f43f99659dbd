using System.Security.Cryptography;
using System.Text;
using CsCheck;

namespace Laaffic.Api.Tests;

public class RequestSignatureTests
{
    [Fact]
    public void The_vendors_sample_has_the_vendors_signature() =>
        Assert.Equal("05d7a50893e22a5c4bb3216ae3396c7c", RequestSignature.Compute("bDqJFiq9", "7bz1lzh9", 1630468800));

    [Fact]
    public void Any_key_secret_and_time_are_hashed_as_one_text() =>
        Gen.Select(Gen.String, Gen.String[0, 2000], Gen.Long)
            .Sample(
                (key, secret, seconds) =>
                {
#pragma warning disable CA5351 // The API prescribes MD5.
                    var expected = Convert.ToHexStringLower(
                        MD5.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{key}{secret}{seconds}")))
                    );
#pragma warning restore CA5351
                    Assert.Equal(expected, RequestSignature.Compute(key, secret, seconds));
                }
            );

    [Fact]
    public void Signing_allocates_the_32_digits_and_nothing_else()
    {
        RequestSignature.Compute("bDqJFiq9", "7bz1lzh9", 1630468800);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sign = RequestSignature.Compute("bDqJFiq9", "7bz1lzh9", 1630468800);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 96);
        Assert.Equal(32, sign.Length);
    }
}
