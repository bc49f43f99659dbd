namespace Laaffic.EndToEnd.Tests.Support;

public enum OutageKind
{
    /// <summary>The process dies before the operation takes effect.</summary>
    DeathBefore,

    /// <summary>The process dies after the operation took effect, before its answer is seen.</summary>
    DeathAfter,

    /// <summary>The operation takes effect, its answer is lost, and the process lives on: the storage client repeats it.</summary>
    LostAnswer,
}
