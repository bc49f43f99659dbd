using System.Globalization;
using System.Text;

namespace Laaffic.Benchmarks;

/// <summary>
/// A campaign made from its number of rows alone, always the same: a number and three texts a row, in several scripts, some
/// cells quoted. One row in a hundred repeats an earlier number, one in a thousand has a number that cannot be called.
/// </summary>
internal static class SampleCampaign
{
    // Numbers in a shuffled order: multiplying by a number that shares no factor with 10^8 visits each remainder once.
    private const long Range = 100_000_000;
    private const long Step = 61_803_399;

    private static readonly string[] Names =
    [
        "Ann Lee",
        "王小明",
        "José García",
        "Zoë",
        "Фёдор",
        "李娜",
        "Nguyễn Văn An",
        "Müller",
        "محمد",
        "佐藤 花子",
        "Kim",
        "\"O'Neil, Pat\"",
        "Олена",
        "Sam",
    ];

    private static readonly string[] Places =
    [
        "Springfield",
        "上海市浦东新区",
        "São Paulo",
        "Київ",
        "Hà Nội",
        "\"Cork, Ireland\"",
        "北京",
        "Leeds",
    ];

    /// <summary>How many numbers can be called: the rest are duplicates or wrong.</summary>
    public static int Valid(int rows) => rows - Count(rows, IsDuplicate) - Count(rows, IsWrong);

    /// <summary>Writes it as a CSV file that stands alone.</summary>
    public static void WriteCsv(Stream stream, int rows, string name)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"# taskName: {name}\n# agentId: 41\n"));
        writer.Write("calleeNumber,text1,text2,text3\n");
        for (var row = 0; row < rows; row++)
        {
            writer.Write(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Number(row)},{Names[row % Names.Length]},{Places[row % Places.Length]},{Amount(row)}\n"
                )
            );
        }
    }

    /// <summary>Writes it as the API's request body, settings included.</summary>
    public static void WriteJson(Stream stream, int rows, string name)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"{{\"taskName\":\"{name}\",\"agentId\":41,\"numberInfoList\":[\n"));
        for (var row = 0; row < rows; row++)
        {
            writer.Write(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(row == 0 ? "" : ",\n")}{{\"calleeNumber\":\"{Number(row)}\",\"text1\":\"{Text(Names, row)}\","
                        + $"\"text2\":\"{Text(Places, row)}\",\"text3\":\"{Amount(row)}\"}}"
                )
            );
        }
        writer.Write("\n]}\n");
    }

    /// <summary>The bytes that one of the writers writes.</summary>
    public static byte[] Bytes(Action<Stream, int, string> write, int rows, string name = "Benchmark")
    {
        using var stream = new MemoryStream();
        write(stream, rows, name);
        return stream.ToArray();
    }

    private static bool IsDuplicate(int row) => row % 100 == 99;

    private static bool IsWrong(int row) => row % 1000 == 500;

    private static int Count(int rows, Func<int, bool> of) => Enumerable.Range(0, rows).Count(of);

    private static string Number(int row) =>
        IsWrong(row)
            ? "8.6132E+12"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"86132{(IsDuplicate(row) ? row / 2 / 1000 * 1000 : row) * Step % Range:00000000}"
            );

    private static string Text(string[] from, int row) => from[row % from.Length].Trim('"');

    private static string Amount(int row) => string.Create(CultureInfo.InvariantCulture, $"{row * 7919L % 1_000_000 / 100m:0.00} EUR");
}
