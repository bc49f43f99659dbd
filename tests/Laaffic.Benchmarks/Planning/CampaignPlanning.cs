using BenchmarkDotNet.Attributes;
using Laaffic.Campaigns.Planning;

namespace Laaffic.Benchmarks.Planning;

/// <summary>From the bytes of a CSV file to its tasks' request bodies: the planner, its floor and the plain program.</summary>
public class CsvPlanning
{
    private byte[] campaign = [];

    /// <summary>Rows in the file.</summary>
    [Params(100_000, 1_000_000, 5_000_000)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Setup() => campaign = SampleCampaign.Bytes(SampleCampaign.WriteCsv, Rows);

    [Benchmark(Baseline = true)]
    public long Floor() => Floors.Csv(campaign);

    [Benchmark]
    public Task<long> Planner() => PlannerRun.PlanAsync(CampaignFormat.Csv, campaign);

    [Benchmark]
    public long PlainProgram() => PlainPrograms.Csv(campaign);
}

/// <summary>The same for a JSON campaign.</summary>
public class JsonPlanning
{
    private byte[] campaign = [];

    /// <summary>Callees in the campaign.</summary>
    [Params(100_000, 1_000_000, 5_000_000)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Setup() => campaign = SampleCampaign.Bytes(SampleCampaign.WriteJson, Rows);

    [Benchmark(Baseline = true)]
    public long Floor() => Floors.Json(campaign);

    [Benchmark]
    public Task<long> Planner() => PlannerRun.PlanAsync(CampaignFormat.Json, campaign);

    [Benchmark]
    public long PlainProgram() => PlainPrograms.FromJson(campaign);
}
