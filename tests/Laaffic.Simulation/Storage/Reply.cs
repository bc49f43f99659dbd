using System.Globalization;
using System.Text;

namespace Laaffic.Simulation.Storage;

/// <summary>A response in the making.</summary>
internal sealed class Reply
{
    private readonly List<KeyValuePair<string, string>> _headers = new(16);

    public int Status { get; set; } = 200;

    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>Of a blob whose content is not sent (HEAD); else it is that of the body.</summary>
    public long? ContentLength { get; set; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    public void Add(string name, string? value)
    {
        if (value is not null)
        {
            _headers.Add(new(name, value));
        }
    }

    public void SetBody(string contentType, string text) => SetBody(contentType, Encoding.UTF8.GetBytes(text));

    public void SetBody(string contentType, ReadOnlyMemory<byte> body)
    {
        Add("Content-Type", contentType);
        Body = body;
    }

    public void Clear()
    {
        _headers.Clear();
        Body = default;
        ContentLength = null;
    }

    public StorageResponse Complete(StorageRequest request, long number, DateTimeOffset now)
    {
        Add("x-ms-version", request.Header("x-ms-version"));
        Add("x-ms-client-request-id", request.Header("x-ms-client-request-id"));
        Add("x-ms-request-id", string.Create(CultureInfo.InvariantCulture, $"00000000-0000-0000-0000-{number:x12}"));
        Add("Date", now.ToString("R", CultureInfo.InvariantCulture));
        if (Status is not (204 or 304))
        {
            Add("Content-Length", (ContentLength ?? Body.Length).ToString(CultureInfo.InvariantCulture));
        }

        return new(Status, _headers, Body);
    }
}
