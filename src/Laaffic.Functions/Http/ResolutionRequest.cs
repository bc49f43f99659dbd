using System.Text.Json;
using Laaffic.Campaigns;
using Microsoft.AspNetCore.Http;

namespace Laaffic.Functions.Http;

/// <summary>The body of a request that says what became of a task.</summary>
internal sealed record ResolutionRequest(string? Outcome, long? KeyId, string? By)
{
    private const int MaxBytes = 4096;
    private const int MaxName = 100;

    /// <summary>Reads it.</summary>
    /// <returns>The resolution, or what is wrong with the request.</returns>
    public static async Task<(TaskResolution? Resolution, string Error)> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            using var limited = new LimitedStream(body, MaxBytes);
            var request = await JsonSerializer.DeserializeAsync(limited, ResolutionJson.Default.ResolutionRequest, cancellationToken);
            if (request?.Outcome is not ("accepted" or "notAccepted"))
            {
                return (
                    null,
                    "outcome must be \"accepted\" (Laaffic's console shows the task) or \"notAccepted\" (it certainly does not have it)."
                );
            }

            if (string.IsNullOrWhiteSpace(request.By) || request.By.Length > MaxName || request.By.Any(char.IsControl))
            {
                return (null, $"by must name the person who looked, in at most {MaxName} characters: it is kept with the task.");
            }

            if (request is { Outcome: "accepted", KeyId: not > 0 })
            {
                return (null, "keyId must be the task's id in Laaffic's console, a whole number.");
            }

            if (request is { Outcome: "notAccepted", KeyId: <= 0 })
            {
                return (null, "keyId must be the id of the other task that has this name, a whole number, or be left out.");
            }

            return (new(request.Outcome == "accepted", request.KeyId, request.By.Trim()), "");
        }
        catch (Exception e) when (e is JsonException or BadHttpRequestException)
        {
            return (
                null,
                "The body must be a JSON object such as {\"outcome\":\"accepted\",\"keyId\":123,\"by\":\"your name\"}, with no other "
                    + "fields."
            );
        }
    }
}
