namespace Laaffic.Api;

/// <summary>The body of a cancel request.</summary>
internal sealed record CancelRequest(long[] TaskIdList);
