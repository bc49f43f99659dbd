using NetArchTest.Rules;

namespace Laaffic.Campaigns.Tests;

/// <summary>Which folder may use which: data flows one way, and so do names.</summary>
public sealed class ArchitectureTests
{
    /// <summary>From the one that uses no other to the one that may use all.</summary>
    private static readonly string[] Folders =
    [
        "Numbers",
        "Opening",
        "Rows",
        "Parsing",
        "Screening",
        "Mapping",
        "Planning",
        "Ledger",
        "Reports",
        "Telemetry",
        "Dispatch",
        "Ingestion",
        "Schedules",
        "Ticks",
    ];

    public static TheoryData<string> All => [.. Folders];

    [Theory]
    [MemberData(nameof(All))]
    public void A_folder_uses_none_that_comes_after_it(string folder)
    {
        var later = Folders[(Array.IndexOf(Folders, folder) + 1)..].Select(NamespaceOf).ToArray();

        var result = Types
            .InAssembly(typeof(CampaignService).Assembly)
            .That()
            .ResideInNamespace(NamespaceOf(folder))
            .ShouldNot()
            .HaveDependencyOnAny(later)
            .GetResult();

        Assert.True(
            result.IsSuccessful,
            $"{folder} uses a later folder in {string.Join(", ", result.FailingTypes.Select(t => t.FullName))}"
        );
    }

    [Fact]
    public void Every_folder_has_its_place()
    {
        var found = typeof(CampaignService)
            .Assembly.GetTypes()
            .Select(type => type.Namespace)
            .OfType<string>()
            .Where(name => name.StartsWith("Laaffic.Campaigns.", StringComparison.Ordinal))
            .Select(name => name["Laaffic.Campaigns.".Length..])
            .Distinct();

        Assert.Equal(Folders.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    private static string NamespaceOf(string folder) => $"Laaffic.Campaigns.{folder}";
}
