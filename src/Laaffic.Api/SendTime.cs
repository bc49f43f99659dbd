using System.Globalization;

namespace Laaffic.Api;

/// <summary>The forms in which a user may give <c>sendTime</c>.</summary>
public static class SendTime
{
    /// <summary>The API's own form: a local date and time without a zone.</summary>
    public const string Format = "yyyy-MM-dd HH:mm:ss";

    /// <summary>The first year that a send time may be in.</summary>
    public const int FirstYear = 2000;

    /// <summary>The last year that a send time may be in: what is further away is a slip, and some of it has no instant.</summary>
    public const int LastYear = 2100;

    private static readonly string[] WithOffset =
    [
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mm:ssK",
        "yyyy-MM-dd HH:mmK",
        "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>Reads a send time.</summary>
    /// <param name="text"><c>yyyy-MM-dd HH:mm:ss</c>, or ISO 8601 with an offset or <c>Z</c>.</param>
    /// <param name="local">The date and time on the clock, as written.</param>
    /// <param name="offset">The offset as written; null for the form without one, whose zone is the account's.</param>
    /// <returns>Whether it has one of these forms and is a real date and time.</returns>
    public static bool TryRead(string text, out DateTime local, out TimeSpan? offset)
    {
        offset = null;
        if (DateTime.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out local))
        {
            return true;
        }

        // K also takes no offset at all, which only the API's own form may do.
        if (
            text is not null
            && HasOffset(text)
            && DateTimeOffset.TryParseExact(text, WithOffset, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
        )
        {
            (local, offset) = (time.DateTime, time.Offset);
            return true;
        }

        return false;
    }

    /// <summary>Whether a date and time, which begins with its date, ends with an offset from UTC.</summary>
    internal static bool HasOffset(string text) => text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > "yyyy-MM-dd".Length;

    /// <summary>Whether a date is in a year that makes sense.</summary>
    /// <param name="local">The date and time on the clock, as written.</param>
    public static bool IsInRange(DateTime local) => local.Year is >= FirstYear and <= LastYear;
}
