using System.Globalization;
using System.Text;

namespace Laaffic.EndToEnd.Tests.Promises;

/// <summary>
/// The folder <c>Inputs</c>: files as nobody should drop them, and in <c>Inputs.tsv</c> what must come of each: its state,
/// for a rejected one where and why, as <c>line</c>, <c>field</c> and the beginning of the message of its first error, and for
/// an accepted one how many callees were read and rejected.
/// </summary>
internal static class Corpus
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Promises", "Inputs");

    /// <summary>What must come of a file.</summary>
    public sealed record Expectation(string Name, string State, string Line, string Field, string Message)
    {
        public byte[] Content { get; } = File.ReadAllBytes(Path.Combine(Folder, Name));
    }

    /// <summary>All of them. A file without an expectation, or an expectation without a file, is a mistake.</summary>
    public static IReadOnlyList<Expectation> All { get; } = Read();

    private static List<Expectation> Read()
    {
        var all = File.ReadLines(Folder + ".tsv", Encoding.UTF8)
            .Skip(1)
            .Select(row => row.Split('\t'))
            .Select(cells => new Expectation(cells[0], cells[1], cells[2], cells[3], cells[4]))
            .ToList();
        var files = Directory.GetFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(files, all.Select(e => e.Name).Order(StringComparer.Ordinal));
        return all;
    }

    /// <summary>A campaign without mistakes, of one callee and a name of its own.</summary>
    public static string Good(int number) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"taskName":"Good {{number}}","agentId":41,"numberInfoList":[{"calleeNumber":"4477009{{number:00000}}"}]}"""
        );
}
