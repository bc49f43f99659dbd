namespace Laaffic.Api;

/// <summary>Collects violations and remembers their paths.</summary>
internal sealed class Problems(ICollection<Violation> violations)
{
    private readonly HashSet<string> paths = [];

    public IReadOnlyCollection<string> Paths => paths;

    public void Add(string path, string message)
    {
        paths.Add(path);
        violations.Add(new Violation(path, message));
    }
}
