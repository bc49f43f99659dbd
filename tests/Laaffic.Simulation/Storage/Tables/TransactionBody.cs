using System.Globalization;
using System.Text;

namespace Laaffic.Simulation.Storage.Tables;

/// <summary>The multipart bodies of an entity group transaction.</summary>
internal static class TransactionBody
{
    /// <summary>The requests of the change set.</summary>
    public static List<StorageRequest> Read(StorageRequest request)
    {
        var batch = BoundaryOf(request.Header("Content-Type") ?? "");
        var body = request.Body;
        Skip(ref body, "--" + batch);
        var changeSet = "--" + BoundaryOf(Encoding.ASCII.GetString(TakeHead(ref body).Span));
        Skip(ref body, changeSet);
        List<StorageRequest> parts = [];
        var delimiter = Encoding.ASCII.GetBytes("\r\n" + changeSet);
        while (body.Length > 1 && body.Span[0] != '-')
        {
            TakeHead(ref body);
            var end = body.Span.IndexOf(delimiter);
            if (end < 0)
            {
                throw TableErrors.InvalidInput();
            }

            parts.Add(Part(body[..end]));
            body = body[(end + delimiter.Length)..];
        }

        return parts;
    }

    /// <summary>The answers to all requests, or to the one that failed.</summary>
    public static void Write(Reply reply, IEnumerable<Reply> answers)
    {
        var text = new StringBuilder("--batchresponse\r\nContent-Type: multipart/mixed; boundary=changesetresponse\r\n\r\n");
        foreach (var answer in answers)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"--changesetresponse\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 "
                    + $"{answer.Status} {(System.Net.HttpStatusCode)answer.Status}\r\n"
            );
            foreach (var (name, value) in answer.Headers)
            {
                text.Append(name).Append(": ").Append(value).Append("\r\n");
            }

            text.Append("\r\n").Append(Encoding.UTF8.GetString(answer.Body.Span)).Append("\r\n");
        }

        reply.Status = 202;
        reply.SetBody("multipart/mixed; boundary=batchresponse", text.Append("--changesetresponse--\r\n--batchresponse--\r\n").ToString());
    }

    private static StorageRequest Part(ReadOnlyMemory<byte> part)
    {
        var head = Encoding.UTF8.GetString(TakeHead(ref part).Span).Split("\r\n");
        var line = head[0].Split(' ');
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach (var header in head.AsSpan(1))
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                headers[header[..colon]] = header[(colon + 1)..].Trim();
            }
        }

        return line.Length == 3 ? new(line[0], new Uri(line[1]), headers, part) : throw TableErrors.InvalidInput();
    }

    private static string BoundaryOf(string contentType)
    {
        const string Start = "boundary=";
        var start = contentType.IndexOf(Start, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            throw TableErrors.InvalidInput();
        }

        var boundary = contentType.AsSpan(start + Start.Length);
        var end = boundary.IndexOfAny("\r\n;");
        return (end < 0 ? boundary : boundary[..end]).Trim('"').ToString();
    }

    private static void Skip(ref ReadOnlyMemory<byte> body, string delimiter)
    {
        var start = body.Span.IndexOf(Encoding.ASCII.GetBytes(delimiter));
        if (start < 0)
        {
            throw TableErrors.InvalidInput();
        }

        body = body[(start + delimiter.Length)..];
    }

    /// <summary>What stands before the next empty line.</summary>
    private static ReadOnlyMemory<byte> TakeHead(ref ReadOnlyMemory<byte> body)
    {
        var end = body.Span.IndexOf("\r\n\r\n"u8);
        // A request without a body may end with its last header.
        var head = end < 0 ? body : body[..end];
        body = end < 0 ? default : body[(end + 4)..];
        return head;
    }
}
