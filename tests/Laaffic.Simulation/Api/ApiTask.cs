namespace Laaffic.Simulation.Api;

/// <summary>A task that the API has accepted.</summary>
/// <param name="KeyId">Its id.</param>
/// <param name="Name">As it was sent.</param>
/// <param name="Key">What its name counts as when names are compared.</param>
/// <param name="Numbers">Whom it calls.</param>
/// <param name="AcceptedAt">When.</param>
/// <param name="IsStrangers">Whether another program of the customer's made it.</param>
internal sealed record ApiTask(
    long KeyId,
    string Name,
    string Key,
    IReadOnlyList<string> Numbers,
    DateTimeOffset AcceptedAt,
    bool IsStrangers
);
