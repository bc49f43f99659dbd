namespace Laaffic.Simulator;

/// <summary>
/// What is wrong with a request's fields: the first thing of each kind. A reason names the field and the rule,
/// never a callee's number.
/// </summary>
internal sealed class Findings
{
    /// <summary>The first missing, unknown or mistyped field: status -22.</summary>
    public Refusal? BadParameter { get; private set; }

    /// <summary>The first broken rule: status -21.</summary>
    public Refusal? BrokenRule { get; private set; }

    public void Bad(string what) => BadParameter ??= new(-22, what);

    public void Broken(string what) => BrokenRule ??= new(-21, what);
}
