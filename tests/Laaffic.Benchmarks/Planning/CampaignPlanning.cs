using BenchmarkDotNet.Attributes;
using Laaffic.Campaigns.Planning;
using Laaffic.Testing;

namespace Laaffic.Benchmarks.Planning;

/// <summary>From a campaign's bytes to its tasks' request bodies: the planner, its floor and the plain program.</summary>
public class CampaignPlanning
{
    private byte[] _campaign = [];

    /// <summary>Its form.</summary>
    [Params(CampaignFormat.Csv, CampaignFormat.Json)]
    public CampaignFormat Format { get; set; }

    /// <summary>Rows, or callees, in it.</summary>
    [Params(100_000, 1_000_000, 5_000_000)]
    public int Rows { get; set; }

    private bool IsCsv => Format == CampaignFormat.Csv;

    [GlobalSetup]
    public void Setup() => _campaign = SampleCampaign.Bytes(IsCsv ? SampleCampaign.WriteCsv : SampleCampaign.WriteJson, Rows);

    [Benchmark(Baseline = true)]
    public long Floor() => IsCsv ? Floors.Csv(_campaign) : Floors.Json(_campaign);

    [Benchmark]
    public Task<long> Planner() => PlannerRun.PlanAsync(Format, _campaign);

    [Benchmark]
    public long PlainProgram() => IsCsv ? PlainPrograms.Csv(_campaign) : PlainPrograms.FromJson(_campaign);
}
