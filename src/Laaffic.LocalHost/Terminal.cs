using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Laaffic.LocalHost;

/// <summary>The consoles that the program writes to, and texts that are safe to write to them.</summary>
internal static class Terminal
{
    /// <summary>A line of redirected output is never wrapped.</summary>
    private const int Unlimited = 100_000;

    /// <summary>The console of a writer: plain text unless the writer is a terminal that understands more.</summary>
    public static IAnsiConsole For(TextWriter writer)
    {
        var output = new AnsiConsoleOutput(writer);
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = output,
                Ansi = output.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
                ColorSystem = output.IsTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Interactive = output.IsTerminal ? InteractionSupport.Detect : InteractionSupport.No,
                // They would colour redirected output on build servers.
                Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
            }
        );
        if (!output.IsTerminal)
        {
            console.Profile.Width = Unlimited;
        }

        return console;
    }

    /// <summary>Whether what was written can be written over.</summary>
    public static bool IsLive(this IAnsiConsole console) => console.Profile.Capabilities is { Ansi: true, Interactive: true };

    /// <summary>Writes lines at once, none of them between those of another thread.</summary>
    public static void WritePlainLines(this IAnsiConsole console, params IEnumerable<string> lines) =>
        console.Write(new UnwrappedLines(lines.Select(Safe)));

    /// <summary>
    /// The text without what could move the cursor, colour what follows or turn the line around: names and reasons come from
    /// files and from the network.
    /// </summary>
    public static string Safe(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            safe.Append(IsUnsafe(rune) ? Rune.ReplacementChar.ToString() : rune.ToString());
        }

        return safe.ToString();
    }

    private static bool IsUnsafe(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        // The marks and overrides of bidirectional text.
        || rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
