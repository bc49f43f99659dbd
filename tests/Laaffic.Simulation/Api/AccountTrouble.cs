namespace Laaffic.Simulation.Api;

/// <summary>What the account, or what stands before it, answers to everything for a while.</summary>
internal enum AccountTrouble
{
    None,
    WrongKey,
    WrongAddress,
    NoBalance,
    Locked,
    SystemError,
    SystemErrorThoughDone,
    DataLimit,
}
