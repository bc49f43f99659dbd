namespace Laaffic.Api;

/// <summary>A task as the query endpoint shows it. Anything that the reply left out or that cannot be read is null.</summary>
public sealed record TaskRecord
{
    /// <summary>The task's id, the keyId that creating it answered.</summary>
    public long? TaskId { get; init; }

    /// <summary>The task's name, as it was given.</summary>
    public string? TaskName { get; init; }

    /// <summary>Its state; a number that is not documented is kept as it came.</summary>
    public TaskRecordStatus? Status { get; init; }

    /// <summary>How many numbers it has.</summary>
    public int? NumCnt { get; init; }

    /// <summary>How many were called.</summary>
    public int? CallNum { get; init; }

    /// <summary>How many calls succeeded.</summary>
    public int? Success { get; init; }

    /// <summary>How many calls failed.</summary>
    public int? Fail { get; init; }

    /// <summary>When it was created, as the server wrote it.</summary>
    public string? CreatedTime { get; init; }
}
