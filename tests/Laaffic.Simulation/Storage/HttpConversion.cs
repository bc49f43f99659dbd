using System.Net;

namespace Laaffic.Simulation.Storage;

/// <summary>Between the messages of an HTTP client and those of the account.</summary>
public static class HttpConversion
{
    /// <summary>The request as the account takes it, with a copy of its body.</summary>
    public static async ValueTask<StorageRequest> ToStorageAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var body = message.Content is null ? [] : await message.Content.ReadAsByteArrayAsync(cancellationToken);
        return new(message.Method.Method, message.RequestUri!, HeadersOf(message), body);
    }

    /// <summary>The response as the client takes it.</summary>
    public static HttpResponseMessage ToHttp(StorageResponse response, HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(response);
        var message = new HttpResponseMessage((HttpStatusCode)response.Status)
        {
            Content = new ReadOnlyMemoryContent(response.Body),
            RequestMessage = request,
        };
        foreach (var (name, value) in response.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    private static Dictionary<string, string> HeadersOf(HttpRequestMessage message)
    {
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in message.Headers.NonValidated)
        {
            headers[name] = values.ToString();
        }

        if (message.Content is not null)
        {
            foreach (var (name, values) in message.Content.Headers.NonValidated)
            {
                headers[name] = values.ToString();
            }
        }

        return headers;
    }
}
