using System.Text;

namespace Laaffic.Campaigns.Opening;

/// <summary>An encoding that a list may be in.</summary>
/// <param name="Name">What it is called in messages, and what names it best in a list or profile.</param>
/// <param name="CodePage">Its number, as .NET has it.</param>
/// <param name="Aliases">What else it is called, in lower case.</param>
internal sealed record TextEncoding(string Name, int CodePage, params string[] Aliases)
{
    private const int Utf16LittleEndian = 1200;
    private const int Utf16BigEndian = 1201;

    /// <summary>Whether it is UTF-8.</summary>
    public bool IsUtf8 => CodePage == 65001;

    /// <summary>Whether it is UTF-16, in either order of bytes.</summary>
    public bool IsUtf16 => CodePage is Utf16LittleEndian or Utf16BigEndian;

    /// <summary>Whether every character is one byte.</summary>
    public bool IsSingleByte => !IsUtf8 && Open(DecoderFallback.ExceptionFallback).IsSingleByte;

    /// <summary>Its .NET encoding.</summary>
    /// <param name="fallback">What to do about bytes that are no character.</param>
    public Encoding Open(DecoderFallback fallback) =>
        CodePage switch
        {
            Utf16LittleEndian or Utf16BigEndian or 65001 => Encoding.GetEncoding(CodePage, EncoderFallback.ExceptionFallback, fallback),
            // Not all hosts have registered the provider, and none needs to.
            _ => CodePagesEncodingProvider.Instance.GetEncoding(CodePage, EncoderFallback.ExceptionFallback, fallback)
                ?? throw new NotSupportedException($"Code page {CodePage} is missing."),
        };

    /// <inheritdoc/>
    public override string ToString() => Name;
}
