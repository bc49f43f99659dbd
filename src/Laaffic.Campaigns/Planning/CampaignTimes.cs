using System.Globalization;
using Laaffic.Api;

namespace Laaffic.Campaigns.Planning;

/// <summary>Reads the instants that a campaign gives.</summary>
internal static class CampaignTimes
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Reads an instant as ISO 8601 with an offset.</summary>
    /// <param name="text">The text.</param>
    /// <param name="instant">The instant.</param>
    /// <param name="message">What is wrong with the text.</param>
    public static bool TryReadInstant(string text, out DateTimeOffset instant, out string message)
    {
        message = "";
        if (DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant))
        {
            // K also takes no offset at all.
            if (!SendTime.HasOffset(text))
            {
                message = $"{text} has no offset from UTC: add one, as in {text}+08:00 or {text}Z";
            }
            else if (!SendTime.IsInRange(instant.DateTime))
            {
                message = $"{text} is in none of the years {SendTime.FirstYear} to {SendTime.LastYear}";
            }

            return message.Length == 0;
        }
        message =
            $"{ShortText.Cut(text, 40)} is not a date and time in the form 2026-01-31T18:30:00+08:00 (ISO 8601 "
            + $"with its offset from UTC)";
        return false;
    }
}
