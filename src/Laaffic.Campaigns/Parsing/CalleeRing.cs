namespace Laaffic.Campaigns.Parsing;

/// <summary>Callees that are used again and again in turn.</summary>
/// <param name="count">How many there are: more than anybody holds at once.</param>
internal sealed class CalleeRing(int count)
{
    private readonly Callee?[] _callees = new Callee?[count];
    private int _next;

    /// <summary>The next one, to be filled.</summary>
    public Callee Next()
    {
        var callee = _callees[_next] ??= new Callee();
        _next = _next + 1 == _callees.Length ? 0 : _next + 1;
        callee.Clear();
        return callee;
    }
}
