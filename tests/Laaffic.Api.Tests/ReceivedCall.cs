using Microsoft.AspNetCore.Http;

namespace Laaffic.Api.Tests;

/// <summary>One call that a <see cref="ScriptedServer"/> received.</summary>
internal sealed class ReceivedCall(HttpRequest request)
{
    private readonly Dictionary<string, string> _headers = request.Headers.ToDictionary(
        header => header.Key,
        header => header.Value.ToString(),
        StringComparer.OrdinalIgnoreCase
    );

    public string Method { get; } = request.Method;

    public string Path { get; } = request.Path;

    public string Body { get; set; } = "";

    public string? Header(string name) => _headers.GetValueOrDefault(name);
}
