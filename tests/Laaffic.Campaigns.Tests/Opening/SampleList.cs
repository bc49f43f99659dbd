using System.Text;
using Laaffic.Campaigns.Opening;

namespace Laaffic.Campaigns.Tests.Opening;

/// <summary>What lists in one language are made of.</summary>
internal sealed record SampleList(string Language, string Encoding, string Header, string Names)
{
    public string[] Words => Names.Split(' ');

    /// <summary>Encodes a text as lists in this language are exported.</summary>
    public byte[] Encode(string text) => Encode(Encoding == "windows-1258" ? Decomposed(text) : text, Encoding);

    /// <summary>Encodes a text in an encoding that has all of its characters.</summary>
    public static byte[] Encode(string text, string encoding)
    {
        Assert.True(TextEncodings.TryFind(encoding, out var found, out _));
        return found.Open(DecoderFallback.ExceptionFallback).GetBytes(text);
    }

    /// <summary>The text as Vietnamese is written in windows-1258: tones are characters of their own.</summary>
    public static string Decomposed(string text)
    {
        var result = new StringBuilder();
        foreach (var c in text)
        {
            var parts = c.ToString().Normalize(NormalizationForm.FormD);
            var tone = parts.IndexOfAny(['\u0300', '\u0301', '\u0303', '\u0309', '\u0323']);
            var direct = "àáâéèêíñóôùúăđơưÀÁÂÉÈÊÍÑÓÔÙÚ".Contains(c, StringComparison.Ordinal);
            result.Append(tone < 0 || direct ? c.ToString() : parts.Remove(tone, 1).Normalize(NormalizationForm.FormC) + parts[tone]);
        }
        return result.ToString();
    }
}
