using System.Globalization;
using System.Text;

namespace Laaffic.EndToEnd.Tests.Promises;

/// <summary>The folder <c>Inputs</c>: files as nobody should drop them, and in <c>Inputs.tsv</c> what must come of each.</summary>
internal static class Corpus
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Promises", "Inputs");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<CorpusFile> All { get; } =
    [
        .. File.ReadLines(Folder + ".tsv", Encoding.UTF8)
            .Skip(1)
            .Select(row => row.Split('\t'))
            .Select(cells => new CorpusFile(cells[0], cells[1], cells[2], cells[3], cells[4])),
    ];

    /// <summary>The names of what is in the folder, whatever is expected of it.</summary>
    public static IEnumerable<string> FilesInFolder => Directory.GetFiles(Folder).Select(path => Path.GetFileName(path));

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    /// <summary>A campaign without mistakes, of one callee and a name of its own.</summary>
    public static string Good(int number) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"taskName":"Good {{number}}","agentId":41,"numberInfoList":[{"calleeNumber":"4477009{{number:00000}}"}]}"""
        );
}
