using System.Globalization;
using System.Text;

namespace Laaffic.Chaos;

/// <summary>A campaign whose outcome is known beforehand.</summary>
/// <param name="Name">Its task name.</param>
/// <param name="Path">Where it is dropped; null if it is posted.</param>
/// <param name="Content">Its content.</param>
/// <param name="Valid">The numbers that must be called, each once.</param>
/// <param name="Rejected">How many callees must be rejected.</param>
/// <param name="Duplicate">How many callees are repetitions.</param>
internal sealed record Campaign(string Name, string? Path, string Content, IReadOnlyList<string> Valid, int Rejected, int Duplicate)
{
    /// <summary>A campaign of callees that no other campaign of the round has.</summary>
    public static Campaign Make(int number, Random random)
    {
        var valid = Enumerable
            .Range(0, random.Next(1, 120))
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"999{number:0000}{i:00000}"))
            .ToList();
        var rows = valid.ToList();
        var duplicate = random.Next(0, 4);
        for (var i = 0; i < duplicate; i++)
        {
            rows.Insert(random.Next(1, rows.Count + 1), rows[0]);
        }

        var rejected = random.Next(0, 4);
        for (var i = 0; i < rejected; i++)
        {
            rows.Insert(random.Next(0, rows.Count + 1), "12");
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"Campaign {number}");
        return random.Next(3) switch
        {
            0 => new(name, $"json/{number}.json", Json(name, rows), valid, rejected, duplicate),
            1 => new(name, $"csv/{number}.csv", Csv(name, rows), valid, rejected, duplicate),
            _ => new(name, null, Json(name, rows), valid, rejected, duplicate),
        };
    }

    private static string Json(string name, List<string> rows) =>
        $$"""{"numberInfoList":[{{string.Join(',', rows.Select(n => $$"""{"calleeNumber":"{{n}}","text1":"Ann"}"""))}}],"""
        + $$""" "taskName":"{{name}}","agentId":41}""";

    private static string Csv(string name, List<string> rows)
    {
        var csv = new StringBuilder($"# taskName: {name}\n# agentId: 41\ncalleeNumber;text1\n");
        foreach (var row in rows)
        {
            csv.Append(row).Append(";Ann\n");
        }

        return csv.ToString();
    }
}
