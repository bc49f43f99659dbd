namespace Laaffic.Campaigns;

/// <summary>A person's word for what became of a task.</summary>
/// <param name="IsAccepted">Whether Laaffic has it; false means that it certainly does not.</param>
/// <param name="KeyId">Its id there; if Laaffic does not have it but its name, the id of the task that has the name.</param>
/// <param name="By">Who says so, for the record.</param>
public sealed record TaskResolution(bool IsAccepted, long? KeyId, string By);
