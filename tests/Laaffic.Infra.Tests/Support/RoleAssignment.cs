namespace Laaffic.Infra.Tests.Support;

/// <summary>A role that a principal has.</summary>
/// <param name="RoleId">The role definition's GUID.</param>
/// <param name="Scope">The resource, from <c>/providers/</c> on.</param>
/// <param name="PrincipalId">Who has it.</param>
/// <param name="PrincipalType">ServicePrincipal for identities; null where Azure is left to find out.</param>
public sealed record RoleAssignment(string RoleId, string Scope, string PrincipalId, string? PrincipalType);
