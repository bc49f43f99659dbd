using System.Text.RegularExpressions;

namespace Laaffic.Campaigns.Telemetry;

/// <summary>Makes texts of others fit for logs and traces.</summary>
public static partial class LogText
{
    /// <summary>
    /// A text of Laaffic or of an exception: it may name a callee, so whatever may be a number, six digits and more (the shortest
    /// that the API takes) with blanks, dashes, dots, slashes or parentheses between them, becomes "…". Dates and addresses with a
    /// port stay. Reports show the text whole.
    /// </summary>
    public static string Mask(string text) => Numbers().Replace(text, match => match.Groups["kept"].Success ? match.Value : "…");

    /// <summary>
    /// The first line of an exception's message, masked: what follows it in a storage exception is for developers.
    /// </summary>
    public static string FirstLine(Exception e) => Mask(UnmaskedFirstLine(e));

    /// <summary>The first line of an exception's message as it is, to be put into a message that is masked as a whole.</summary>
    public static string UnmaskedFirstLine(Exception e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return e.Message.Split('\n', 2)[0].TrimEnd();
    }

    // Between two digits stand at most three of the characters with which people group a number.
    [GeneratedRegex(
        @"(?<kept>(?<!\d)(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)(?:[T ]\d\d:\d\d(?::\d\d)?)?)"
            + @"|(?<kept>(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?=:\d))"
            + @"|\d(?:[\s\-.()/\u2010-\u2015\u00B7]{0,3}\d){5,}",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Numbers();
}
