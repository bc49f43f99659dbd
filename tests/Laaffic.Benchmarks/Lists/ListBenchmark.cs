using System.Diagnostics;
using System.Globalization;
using System.Text;
using ExcelDataReader;
using Laaffic.Benchmarks.Planning;
using Laaffic.Testing;
using PhoneNumbers;
using SpreadCheetah;

namespace Laaffic.Benchmarks.Lists;

/// <summary>Planning lists of the forms that people have, each against a bare loop over what reads them, in turns.</summary>
internal static class ListBenchmark
{
    private const string Lines = "# taskName: Benchmark\n# agentId: 41\n";

    private static readonly string[] Names = ["Ann Lee", "Ben Cole", "Müller", "王小明", "Renée Dubois", "O'Neil", "Łukasz Nowak", "Sena"];

    /// <summary>Prints a table of ratios.</summary>
    public static async Task RunAsync(int rows, int rounds)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows} rows, {rounds} rounds, each in turns with its bare loop."));
        Console.WriteLine();
        Console.WriteLine("| | bare, median | planned, median | ratio of the medians | of the fastest |");
        Console.WriteLine("|---|---|---|---|---|");

        var csv = SampleCampaign.Bytes(SampleCampaign.WriteCsv, rows);
        await CompareAsync("CSV, against the floor", rounds, () => Floors.Csv(csv), () => PlannerRun.PlanAsync(CampaignFormat.Csv, csv));

        var national = Encoding.UTF8.GetBytes(National(rows));
        await CompareAsync(
            "CSV with defaultRegion, against the library on one thread",
            rounds,
            () => CheckNumbers(rows),
            () => PlannerRun.PlanAsync("list.csv", national)
        );

        var workbook = await WorkbookAsync(rows);
        await CompareAsync(
            "XLSX, against the bare reader",
            rounds,
            () => ReadWorkbook(workbook),
            () => PlannerRun.PlanAsync("list.xlsx", workbook)
        );
        Console.WriteLine();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The workbook has {workbook.Length >> 20} MB; the process had {PeakMegabytes():0} MB at most."
            )
        );
    }

    private static async Task CompareAsync(string name, int rounds, Func<long> bare, Func<Task<long>> planned)
    {
        bare();
        await planned();
        List<double> bareTimes = [],
            plannedTimes = [];
        for (var round = 0; round < rounds; round++)
        {
            GC.Collect();
            var start = Stopwatch.GetTimestamp();
            bare();
            bareTimes.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            GC.Collect();
            start = Stopwatch.GetTimestamp();
            await planned();
            plannedTimes.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        var (b, p) = (Median(bareTimes), Median(plannedTimes));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {b:0.00} s | {p:0.00} s | {p / b:0.00} | {plannedTimes.Min() / bareTimes.Min():0.00} |"
            )
        );
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static string NationalNumber(int row) =>
        string.Create(CultureInfo.InvariantCulture, $"0812-{row / 10_000:0000}-{row % 10_000:0000}");

    private static string National(int rows)
    {
        var list = new StringBuilder(Lines + "# defaultRegion: ID\ncalleeNumber,text1\n");
        for (var row = 0; row < rows; row++)
        {
            list.Append(NationalNumber(row)).Append(',').Append(Names[row % Names.Length]).Append('\n');
        }

        return list.ToString();
    }

    private static long CheckNumbers(int rows)
    {
        var library = PhoneNumberUtil.GetInstance();
        var valid = 0L;
        for (var row = 0; row < rows; row++)
        {
            var number = library.Parse(NationalNumber(row), "ID");
            if (library.IsValidNumber(number) && library.Format(number, PhoneNumberFormat.E164).Length > 0)
            {
                valid++;
            }
        }

        return valid;
    }

    private static async Task<byte[]> WorkbookAsync(int rows)
    {
        using var content = new MemoryStream();
        await using (var workbook = await Spreadsheet.CreateNewAsync(content))
        {
            await workbook.StartWorksheetAsync("List");
            await workbook.AddRowAsync(Row("# taskName: Benchmark"));
            await workbook.AddRowAsync(Row("# agentId: 41"));
            await workbook.AddRowAsync(Row("calleeNumber", "text1", "text2", "Branch"));
            for (var row = 0; row < rows; row++)
            {
                Cell[] cells = [new(12_020_000_000d + row), new(Names[row % Names.Length]), new(row % 100_000 / 100m), new("North")];
                await workbook.AddRowAsync(cells);
            }

            await workbook.FinishAsync();
        }

        return content.ToArray();

        static Cell[] Row(params string[] texts) => [.. texts.Select(text => new Cell(text))];
    }

    private static long ReadWorkbook(byte[] workbook)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        using var reader = ExcelReaderFactory.CreateReader(new MemoryStream(workbook));
        var cells = 0L;
        while (reader.Read())
        {
            for (var i = 0; i < reader.FieldCount; i++)
            {
                cells += reader.GetValue(i) is null ? 0 : 1;
            }
        }

        return cells;
    }

    private static double PeakMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1_048_576.0;
    }
}
