namespace Laaffic.Api;

/// <summary>Collects violations and remembers their paths.</summary>
internal sealed class Problems(ICollection<Violation> violations)
{
    private readonly HashSet<string> _paths = [];

    public IReadOnlyCollection<string> Paths => _paths;

    public void Add(string path, string message)
    {
        _paths.Add(path);
        violations.Add(new Violation(path, message));
    }
}
