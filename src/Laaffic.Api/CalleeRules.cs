namespace Laaffic.Api;

/// <summary>The documented limits of callees.</summary>
public static class CalleeRules
{
    /// <summary>The most callees that one task can have.</summary>
    public const int MaxCalleesPerTask = 200_000;

    /// <summary>The fewest digits of a callee number, country code included.</summary>
    public const int MinDigits = 6;

    /// <summary>The most digits of a callee number, country code included.</summary>
    public const int MaxDigits = 18;

    /// <summary>The length in characters from which on the platform cuts a text.</summary>
    public const int MaxTextLength = 30;

    /// <summary>How many texts a callee can have: text1 to text10.</summary>
    public const int TextCount = 10;

    /// <summary>Whether this is a callee number as the API takes it: 6-18 digits (0-9), nothing else.</summary>
    /// <param name="number">The number, country code first.</param>
    internal static bool IsCalleeNumber(ReadOnlySpan<char> number) =>
        number.Length is >= MinDigits and <= MaxDigits && !number.ContainsAnyExceptInRange('0', '9');
}
