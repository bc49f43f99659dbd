using Laaffic.Campaigns.Opening;

namespace Laaffic.Campaigns.Tests.Opening;

public class TextEncodingsTests
{
    [Theory]
    [InlineData("gbk", "GB18030")]
    [InlineData("GB2312", "GB18030")]
    [InlineData("big5", "Big5")]
    [InlineData("CP950", "Big5")]
    [InlineData("shift-jis", "Shift_JIS")]
    [InlineData("SJIS", "Shift_JIS")]
    [InlineData("cp932", "Shift_JIS")]
    [InlineData("ms932", "Shift_JIS")]
    [InlineData("euc-kr", "EUC-KR")]
    [InlineData("ks_c_5601-1987", "EUC-KR")]
    [InlineData("Windows-1252", "windows-1252")]
    [InlineData("cp1252", "windows-1252")]
    [InlineData("latin1", "windows-1252")]
    [InlineData("ISO-8859-1", "windows-1252")]
    [InlineData(" utf8 ", "UTF-8")]
    [InlineData("utf-16", "UTF-16")]
    [InlineData("utf-16le", "UTF-16 LE")]
    [InlineData("UTF-16BE", "UTF-16 BE")]
    [InlineData("tis-620", "windows-874")]
    [InlineData("koi8-r", "KOI8-R")]
    public void An_encoding_is_found_by_any_of_its_names(string name, string expected)
    {
        Assert.True(TextEncodings.TryFind(name, out var found, out var error));
        Assert.Equal(expected, found.Name);
        Assert.Null(error);
    }

    [Theory]
    [InlineData("windows-1259", "did you mean windows-1252?")]
    [InlineData("big-5s", "did you mean Big5?")]
    [InlineData("utf-7", "did you mean UTF-8?")]
    [InlineData("iso-2022-jp", "'iso-2022-jp' is no encoding that is known here: there are UTF-8, ")]
    [InlineData("", "'' is no encoding that is known here")]
    public void A_name_that_is_not_known_is_told_with_those_that_are(string name, string expected)
    {
        Assert.False(TextEncodings.TryFind(name, out var found, out var error));
        Assert.Null(found);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.EndsWith("IBM866", error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_two_encodings_share_a_name()
    {
        var names = TextEncodings
            .MultiByte.Concat(TextEncodings.SingleByte)
            .Concat([TextEncodings.Utf8, TextEncodings.Utf16, TextEncodings.Utf16LittleEndian, TextEncodings.Utf16BigEndian])
            .SelectMany(encoding => encoding.Aliases.Prepend(encoding.Name).Select(name => (name, encoding)));

        Assert.All(
            names,
            one =>
            {
                Assert.True(TextEncodings.TryFind(one.name, out var found, out _));
                Assert.Same(one.encoding, found);
            }
        );
    }
}
