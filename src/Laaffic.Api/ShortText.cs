namespace Laaffic.Api;

/// <summary>Texts of others, as they are shown in messages.</summary>
internal static class ShortText
{
    /// <summary>The text, or as many characters of it as given and then "…"; a surrogate pair is not cut in half.</summary>
    public static string Cut(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        return $"{text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)]}…";
    }
}
