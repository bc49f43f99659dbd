using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Laaffic.Simulator;

namespace Laaffic.Api.Tests;

/// <summary>The package as a stranger gets it: packed, referenced by a project of its own, and run as its README says.</summary>
public sealed partial class PackageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("laaffic-api-package-");
    private readonly string _version = $"0.0.0-test.{Guid.NewGuid():N}";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_examples_of_its_readme_create_and_look_after_a_task()
    {
        await PackAsync();
        await using var api = await VoiceApiSimulator.StartAsync(new SimulatorOptions(), Cancelled);
        Write("scratch/Program.cs", ReadMeExamples(api));
        Write(
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
                <PackageReference Include="Laaffic.Api" Version="[{_version}]" />
              </ItemGroup>
            </Project>
            """
        );
        // Packages of its own: the user's cache is not to fill with versions that nobody uses again.
        Write(
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
        await DotnetAsync("build", At("scratch/scratch.csproj"), "-o", At("scratch/out"), "-p:UseSharedCompilation=false");

        var output = await DotnetAsync("exec", At("scratch/out/scratch.dll"));

        var task = Assert.Single(api.AcceptedTasks);
        Assert.Equal("Spring offer", task.Name);
        Assert.Equal(["12025550101"], task.Numbers);
        Assert.Contains($"Accepted: task {task.KeyId}.", output, StringComparison.Ordinal);
        Assert.Contains("100", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_says_what_it_is_and_has_documentation_and_symbols()
    {
        await PackAsync();

        await using var package = await ZipFile.OpenReadAsync(At($"packages/Laaffic.Api.{_version}.nupkg"), Cancelled);
        var names = package.Entries.Select(entry => entry.FullName).ToList();
        Assert.Contains("README.md", names);
        Assert.Contains("lib/net10.0/Laaffic.Api.dll", names);
        Assert.Contains("lib/net10.0/Laaffic.Api.xml", names);
        await using var stream = await package.GetEntry("Laaffic.Api.nuspec")!.OpenAsync(Cancelled);
        var metadata = (await XDocument.LoadAsync(stream, LoadOptions.None, Cancelled)).Root!.Elements().First();
        Assert.Equal("README.md", Value("readme"));
        Assert.NotEmpty(Value("description")!);
        Assert.Null(Value("license"));
        await using var symbols = await ZipFile.OpenReadAsync(At($"packages/Laaffic.Api.{_version}.snupkg"), Cancelled);
        Assert.Contains(symbols.Entries, entry => entry.FullName == "lib/net10.0/Laaffic.Api.pdb");

        string? Value(string name) => metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
    }

    /// <summary>The package's examples, one after the other, as one program that calls the simulator.</summary>
    private string ReadMeExamples(VoiceApiSimulator api)
    {
        using var package = ZipFile.OpenRead(At($"packages/Laaffic.Api.{_version}.nupkg"));
        using var reader = new StreamReader(package.GetEntry("README.md")!.Open());
        var examples = Example().Matches(reader.ReadToEnd().ReplaceLineEndings("\n")).Select(match => match.Groups["code"].Value).ToList();
        Assert.Equal(2, examples.Count);
        Assert.InRange(examples[0].Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 1, 10);
        return string.Concat(examples)
            .Replace("https://api.laaffic.com", api.BaseAddress.AbsoluteUri, StringComparison.Ordinal)
            .Replace("YOUR_APP_ID", api.Account.AppId, StringComparison.Ordinal)
            .Replace("YOUR_API_KEY", api.Account.ApiKey, StringComparison.Ordinal)
            .Replace("YOUR_API_SECRET", api.Account.ApiSecret, StringComparison.Ordinal);
    }

    /// <summary>Packs what was built for these tests, and leaves nothing beside it: another run may be packing too.</summary>
    private Task<string> PackAsync() =>
        DotnetAsync(
            "pack",
            Metadata("PackedProject"),
            "--no-build",
            "-c",
            Metadata("Configuration"),
            "-o",
            At("packages"),
            $"-p:PackageVersion={_version}",
            $"-p:NuspecOutputPath={At("nuspec")}/"
        );

    private async Task<string> DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Those of a surrounding build would steer this one, and a process that stays would keep the output open.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(Cancelled);
            var errors = process.StandardError.ReadToEndAsync(Cancelled);
            await process.WaitForExitAsync(Cancelled);
            var text = await output + await errors;
            Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{text}");
            return text;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), content);
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private static string Metadata(string key) =>
        typeof(PackageTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}
