using System.Net;
using System.Text;
using Laaffic.Simulation.Faults;

namespace Laaffic.Simulation.Instances;

/// <summary>The way from one instance to the key vault, and the vault.</summary>
internal sealed class VaultLink(World world, Instance from) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var fault = world.Faults.Next(Target.Vault, world.Now);
        var name = request.RequestUri!.Segments[2].Trim('/');
        if (fault != FaultKind.None)
        {
            world.Note(from, () => $"vault {name}: {fault}");
        }

        await from.Process.DelayAsync(
            fault is FaultKind.Swallowed or FaultKind.ReplySwallowed ? TimeSpan.FromMinutes(10) : world.Faults.Delay(Target.Vault, fault),
            cancellationToken
        );
        if (fault is FaultKind.Unreachable or FaultKind.ReplyLost)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The connection was refused or reset.");
        }

        return fault is FaultKind.Refused or FaultKind.TooMany
            ? Answer(HttpStatusCode.ServiceUnavailable, """{"error":{"code":"ServiceUnavailable","message":"busy"}}""")
            : Answer(
                HttpStatusCode.OK,
                $$"""{"attributes":{"enabled":true},"value":"{{world.SecretOf(name)}}","id":"{{Instance.Vault}}secrets/{{name}}/1"}"""
            );
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string json) =>
        new(status)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new("application/json") } },
        };
}
