using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Laaffic.Simulator;

namespace Laaffic.Api.Tests;

/// <summary>The package as a stranger gets it: packed, referenced by a project of its own, and run as its README says.</summary>
public sealed partial class PackageTests(PackedPackage package) : IClassFixture<PackedPackage>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_examples_of_its_readme_create_and_look_after_a_task()
    {
        await using var api = await VoiceApiSimulator.StartAsync(new SimulatorOptions(), Cancelled);
        package.Write("scratch/Program.cs", ReadMeExamples(api));
        package.Write(
            "scratch/scratch.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <UseAppHost>false</UseAppHost>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Laaffic.Api" Version="[{package.Version}]" />
              </ItemGroup>
            </Project>
            """
        );
        // Packages of its own: the user's cache is not to fill with versions that nobody uses again.
        package.Write(
            "scratch/nuget.config",
            """
            <configuration>
              <config>
                <add key="globalPackagesFolder" value="../cache" />
              </config>
              <packageSources>
                <clear />
                <add key="packed" value="../packages" />
              </packageSources>
            </configuration>
            """
        );
        await package.DotnetAsync(
            "build",
            package.At("scratch/scratch.csproj"),
            "-o",
            package.At("scratch/out"),
            "-p:UseSharedCompilation=false"
        );

        var output = await package.DotnetAsync("exec", package.At("scratch/out/scratch.dll"));

        var task = Assert.Single(api.AcceptedTasks);
        Assert.Equal("Spring offer", task.Name);
        Assert.Equal(["12025550101"], task.Numbers);
        Assert.Contains($"Accepted: task {task.KeyId}.", output, StringComparison.Ordinal);
        Assert.Contains("Laaffic has a task of this name. 0 of 1 were called.", output, StringComparison.Ordinal);
        Assert.EndsWith("Accepted", output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_says_what_it_is_and_has_documentation_and_symbols()
    {
        await using var archive = await ZipFile.OpenReadAsync(package.Path, Cancelled);
        var names = archive.Entries.Select(entry => entry.FullName).ToList();
        Assert.Contains("README.md", names);
        Assert.Contains("lib/net10.0/Laaffic.Api.dll", names);
        Assert.Contains("lib/net10.0/Laaffic.Api.xml", names);
        await using var stream = await archive.GetEntry("Laaffic.Api.nuspec")!.OpenAsync(Cancelled);
        var metadata = (await XDocument.LoadAsync(stream, LoadOptions.None, Cancelled)).Root!.Elements().First();
        Assert.Equal("README.md", Value("readme"));
        Assert.NotEmpty(Value("description")!);
        Assert.Null(Value("license"));
        await using var symbols = await ZipFile.OpenReadAsync(package.SymbolsPath, Cancelled);
        Assert.Contains(symbols.Entries, entry => entry.FullName == "lib/net10.0/Laaffic.Api.pdb");

        string? Value(string name) => metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
    }

    /// <summary>The package's examples, one after the other, as one program that calls the simulator.</summary>
    private string ReadMeExamples(VoiceApiSimulator api)
    {
        using var archive = ZipFile.OpenRead(package.Path);
        using var reader = new StreamReader(archive.GetEntry("README.md")!.Open());
        var examples = Example().Matches(reader.ReadToEnd().ReplaceLineEndings("\n")).Select(match => match.Groups["code"].Value).ToList();
        Assert.Equal(2, examples.Count);
        Assert.InRange(examples[0].Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 1, 10);
        return string.Concat(examples)
            .Replace("https://api.laaffic.com", api.BaseAddress.AbsoluteUri, StringComparison.Ordinal)
            .Replace("YOUR_APP_ID", api.Account.AppId, StringComparison.Ordinal)
            .Replace("YOUR_API_KEY", api.Account.ApiKey, StringComparison.Ordinal)
            .Replace("YOUR_API_SECRET", api.Account.ApiSecret, StringComparison.Ordinal);
    }

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}
