namespace Laaffic.Api;

/// <summary>The account's secrets are not known: one is missing, or where they are kept does not give them.</summary>
/// <param name="message">Names the secrets, and says why. It holds none.</param>
public sealed class SecretsUnavailableException(string message) : InvalidOperationException(message);
