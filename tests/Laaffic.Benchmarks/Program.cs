using Laaffic;
using Laaffic.Benchmarks;

// dotnet run -c Release --project tests/Laaffic.Benchmarks -- --help, and see docs/performance.md.
if (BenchmarkProgram.IsForBenchmarkDotNet(args))
{
    BenchmarkProgram.RunBenchmarkDotNet(args);
    return 0;
}

return await CommandLineProgram.RunAsync(BenchmarkProgram.Describe(), args);
