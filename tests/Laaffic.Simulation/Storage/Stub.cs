#pragma warning disable
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Laaffic.Simulation.Storage;

internal sealed record StorageRequest(string Method, Uri Uri, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    public string? Header(string name) => Headers.TryGetValue(name, out var v) ? v : null;
}

internal sealed record StorageResponse(int Status, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body);

internal sealed class SimulatedAccount(Func<DateTimeOffset> clock)
{
    private sealed class Row { public string ETag = ""; public JsonObject Data = null!; public DateTimeOffset At; }
    private sealed class Blob { public string ETag = ""; public byte[]? Data; public DateTimeOffset At; public string Type = "BlockBlob"; public string ContentType = "application/octet-stream"; public Dictionary<string, string> Meta = []; public Dictionary<string, byte[]> Blocks = []; }
    private sealed class Fail(int status, string code) : Exception { public int Status => status; public string Code => code; }

    private readonly SortedDictionary<(string, string), Row> rows = new(Comparer<(string A, string B)>.Create((x, y) => string.CompareOrdinal(x.A, y.A) is var c && c != 0 ? c : string.CompareOrdinal(x.B, y.B)));
    private readonly SortedDictionary<string, SortedDictionary<string, Blob>> containers = new(StringComparer.Ordinal);
    private bool table;
    private long version;

    public StorageResponse Handle(StorageRequest r)
    {
        var isTable = r.Uri.Host.Contains(".table.");
        try
        {
            return isTable ? Table(r) : BlobRequest(r);
        }
        catch (Fail f)
        {
            return Answer(f.Status, isTable ? ErrorJson(f.Code, f.Code) : $"<?xml version=\"1.0\"?><Error><Code>{f.Code}</Code><Message>{f.Code}</Message></Error>", ("x-ms-error-code", f.Code), ("Content-Type", isTable ? "application/json" : "application/xml"));
        }
    }

    private StorageResponse Answer(int status, string body = "", params (string, string)[] headers) => Answer(status, Encoding.UTF8.GetBytes(body), headers);

    private StorageResponse Answer(int status, byte[] body, params (string, string)[] headers)
    {
        var h = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Date"] = clock().ToString("R"), ["x-ms-request-id"] = "00000000-0000-0000-0000-000000000000", ["x-ms-version"] = "2025-01-05" };
        foreach (var (n, v) in headers) h[n] = v;
        return new(status, h, body);
    }

    private static string ErrorJson(string code, string text) => new JsonObject { ["odata.error"] = new JsonObject { ["code"] = code, ["message"] = new JsonObject { ["lang"] = "en-US", ["value"] = text } } }.ToJsonString();

    // ---- table
    private StorageResponse Table(StorageRequest r)
    {
        var path = Uri.UnescapeDataString(r.Uri.AbsolutePath);
        if (path == "/Tables")
        {
            if (table) throw new Fail(409, "TableAlreadyExists");
            table = true;
            return Answer(201, """{"TableName":"ledger"}""", ("Content-Type", "application/json;odata=minimalmetadata"));
        }
        if (path == "/$batch") return Batch(r);
        return One(r.Method, path, r.Uri.Query, r.Header("If-Match"), r.Body);
    }

    private StorageResponse One(string method, string path, string query, string? ifMatch, ReadOnlyMemory<byte> body)
    {
        if (!table) throw new Fail(404, "TableNotFound");
        var m = Regex.Match(path, @"^/ledger\(PartitionKey='((?:[^']|'')*)',RowKey='((?:[^']|'')*)'\)$");
        if (method == "GET" && !m.Success)
        {
            var q = System.Web.HttpUtility.ParseQueryString(query);
            var filter = q["$filter"] is { Length: > 0 } f ? Filter.Parse(f) : (_ => true);
            var list = new JsonArray();
            foreach (var row in rows.Values) if (filter(row.Data)) list.Add((JsonNode)Out(row));
            return Answer(200, new JsonObject { ["value"] = list }.ToJsonString(), ("Content-Type", "application/json;odata=minimalmetadata"));
        }
        if (method == "POST")
        {
            var data = (JsonObject)JsonNode.Parse(body.Span)!;
            var k = ((string)data["PartitionKey"]!, (string)data["RowKey"]!);
            if (rows.ContainsKey(k)) throw new Fail(409, "EntityAlreadyExists");
            return Put(k, data, 204);
        }
        var key = (m.Groups[1].Value.Replace("''", "'"), m.Groups[2].Value.Replace("''", "'"));
        var found = rows.GetValueOrDefault(key);
        switch (method)
        {
            case "GET":
                if (found is null) throw new Fail(404, "ResourceNotFound");
                return Answer(200, Out(found).ToJsonString(), ("ETag", found.ETag), ("Content-Type", "application/json;odata=minimalmetadata"));
            case "DELETE":
                if (found is null) throw new Fail(404, "ResourceNotFound");
                if (ifMatch != "*" && ifMatch != found.ETag) throw new Fail(412, "UpdateConditionNotSatisfied");
                rows.Remove(key);
                return Answer(204);
            default:
                if (ifMatch is not null)
                {
                    if (found is null) throw new Fail(404, "ResourceNotFound");
                    if (ifMatch != "*" && ifMatch != found.ETag) throw new Fail(412, "UpdateConditionNotSatisfied");
                }
                return Put(key, (JsonObject)JsonNode.Parse(body.Span)!, 204);
        }
    }

    private static JsonObject Out(Row row)
    {
        var o = new JsonObject { ["odata.etag"] = row.ETag };
        foreach (var (n, v) in row.Data) o[n] = v?.DeepClone();
        o["Timestamp"] = row.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ");
        return o;
    }

    private StorageResponse Put((string, string) key, JsonObject data, int status)
    {
        data.Remove("odata.etag");
        data.Remove("Timestamp");
        foreach (var n in data.Where(p => p.Value is null).Select(p => p.Key).ToList()) data.Remove(n);
        data["PartitionKey"] = key.Item1;
        data["RowKey"] = key.Item2;
        rows[key] = new Row { Data = data, At = clock(), ETag = $"W/\"datetime'{++version}'\"" };
        return Answer(status, "", ("ETag", rows[key].ETag));
    }

    private StorageResponse Batch(StorageRequest r)
    {
        var text = Encoding.UTF8.GetString(r.Body.Span);
        var before = rows.ToDictionary(x => x.Key, x => x.Value);
        var reply = new StringBuilder("--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n");
        var i = 0;
        foreach (Match m in Regex.Matches(text, @"(?ms)^(POST|PUT|PATCH|MERGE|DELETE) (\S+) HTTP/1\.1\r\n(.*?)\r\n\r\n(.*?)\r?\n--changeset"))
        {
            var etag = Regex.Match(m.Groups[3].Value, @"(?im)^If-Match: (.*?)\r?$");
            try
            {
                var uri = new Uri(r.Uri, m.Groups[2].Value);
                var a = One(m.Groups[1].Value, Uri.UnescapeDataString(uri.AbsolutePath), uri.Query, etag.Success ? etag.Groups[1].Value.Trim() : null, Encoding.UTF8.GetBytes(m.Groups[4].Value));
                reply.Append("--c\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 204 No Content\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-cache\r\nDataServiceVersion: 1.0;\r\n");
                if (a.Headers.TryGetValue("ETag", out var e)) reply.Append($"ETag: {e}\r\n");
                reply.Append("\r\n\r\n");
            }
            catch (Fail f)
            {
                rows.Clear();
                foreach (var (k, v) in before) rows.Add(k, v);
                reply = new StringBuilder("--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n");
                var body = ErrorJson(f.Code, $"{i}:{f.Code}");
                reply.Append($"HTTP/1.1 {f.Status} X\r\nX-Content-Type-Options: nosniff\r\nContent-Type: application/json;odata=minimalmetadata;streaming=true;charset=utf-8\r\n\r\n{body}\r\n");
                break;
            }
            i++;
        }
        if (i == 0 && !reply.ToString().Contains("odata.error")) throw new InvalidOperationException(text);
        reply.Append("--c--\r\n--b--\r\n");
        return Answer(202, reply.ToString(), ("Content-Type", "multipart/mixed; boundary=b"));
    }

    // ---- blobs
    private StorageResponse BlobRequest(StorageRequest r)
    {
        var parts = r.Uri.AbsolutePath.TrimStart('/').Split('/', 2);
        var q = System.Web.HttpUtility.ParseQueryString(r.Uri.Query);
        var cname = parts[0];
        if (parts.Length == 1 || parts[1] == "")
        {
            if (r.Method == "PUT")
            {
                if (containers.ContainsKey(cname)) throw new Fail(409, "ContainerAlreadyExists");
                containers[cname] = new(StringComparer.Ordinal);
                return Answer(201, "", ("ETag", "\"0x1\""), ("Last-Modified", clock().ToString("R")));
            }
            if (!containers.TryGetValue(cname, out var c)) throw new Fail(404, "ContainerNotFound");
            if (q["comp"] == "list")
            {
                var xml = new StringBuilder($"<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"{r.Uri.GetLeftPart(UriPartial.Authority)}/\" ContainerName=\"{cname}\"><Blobs>");
                foreach (var (n, b) in c)
                {
                    if (b.Data is null || (q["prefix"] is { } p && !n.StartsWith(p, StringComparison.Ordinal))) continue;
                    xml.Append($"<Blob><Name>{System.Security.SecurityElement.Escape(n)}</Name><Properties><Creation-Time>{b.At:R}</Creation-Time><Last-Modified>{b.At:R}</Last-Modified><Etag>{b.ETag.Trim('"')}</Etag><Content-Length>{b.Data.Length}</Content-Length><Content-Type>{b.ContentType}</Content-Type><BlobType>{b.Type}</BlobType></Properties></Blob>");
                }
                return Answer(200, xml.Append("</Blobs><NextMarker /></EnumerationResults>").ToString(), ("Content-Type", "application/xml"));
            }
            return Answer(200, "", ("ETag", "\"0x1\""), ("Last-Modified", clock().ToString("R")));
        }
        if (!containers.TryGetValue(cname, out var blobs)) throw new Fail(404, "ContainerNotFound");
        var name = Uri.UnescapeDataString(parts[1]);
        var blob = blobs.GetValueOrDefault(name);
        var there = blob?.Data is not null ? blob : null;
        var (im, inm) = (r.Header("If-Match"), r.Header("If-None-Match"));
        void Conditions(bool write)
        {
            if (im is not null && (there is null || (im != "*" && im != there.ETag))) throw new Fail(412, "ConditionNotMet");
            if (inm == "*" && there is not null) throw write ? new Fail(409, "BlobAlreadyExists") : new Fail(304, "ConditionNotMet");
        }
        switch (r.Method)
        {
            case "GET" or "HEAD":
                if (there is null) throw new Fail(404, "BlobNotFound");
                Conditions(false);
                var h = new List<(string, string)> { ("ETag", there.ETag), ("Last-Modified", there.At.ToString("R")), ("Content-Type", there.ContentType), ("x-ms-blob-type", there.Type), ("x-ms-creation-time", there.At.ToString("R")), ("Content-Length", there.Data!.Length.ToString()) };
                foreach (var (n, v) in there.Meta) h.Add(("x-ms-meta-" + n, v));
                return Answer(200, r.Method == "HEAD" ? [] : there.Data, [.. h]);
            case "DELETE":
                if (there is null) throw new Fail(404, "BlobNotFound");
                Conditions(false);
                blobs.Remove(name);
                return Answer(202);
            case "PUT" when q["comp"] == "block":
                blob ??= blobs[name] = new Blob();
                blob.Blocks[q["blockid"]!] = r.Body.ToArray();
                return Answer(201);
            case "PUT" when q["comp"] == "appendblock":
                if (there is null) throw new Fail(404, "BlobNotFound");
                there.Data = [.. there.Data!, .. r.Body.Span];
                return Stored(there);
            case "PUT" when q["comp"] == "blocklist":
                Conditions(true);
                var ids = Regex.Matches(Encoding.UTF8.GetString(r.Body.Span), "<(?:Latest|Uncommitted)>(.*?)<").Select(x => x.Groups[1].Value).ToList();
                if (blob is null || ids.Any(x => !blob.Blocks.ContainsKey(x))) throw new Fail(400, "InvalidBlockList");
                blob.Data = [.. ids.SelectMany(x => blob.Blocks[x])];
                blob.ContentType = r.Header("x-ms-blob-content-type") ?? blob.ContentType;
                return Stored(blob);
            case "PUT":
                Conditions(true);
                var put = blobs[name] = new Blob { Data = r.Body.ToArray(), Type = r.Header("x-ms-blob-type")!, ContentType = r.Header("x-ms-blob-content-type") ?? "application/octet-stream" };
                foreach (var (n, v) in r.Headers) if (n.StartsWith("x-ms-meta-", StringComparison.OrdinalIgnoreCase)) put.Meta[n[10..]] = v;
                return Stored(put);
        }
        throw new InvalidOperationException(r.ToString());
    }

    private StorageResponse Stored(Blob b)
    {
        b.ETag = $"\"0x8D{++version:X8}\"";
        b.At = clock();
        return Answer(201, "", ("ETag", b.ETag), ("Last-Modified", b.At.ToString("R")), ("x-ms-request-server-encrypted", "true"), ("Content-MD5", ""), ("x-ms-blob-append-offset", "0"), ("x-ms-blob-committed-block-count", "1"));
    }

    private static class Filter
    {
        public static Func<JsonObject, bool> Parse(string text)
        {
            var t = Regex.Matches(text, @"\(|\)|datetime'[^']*'|'(?:[^']|'')*'|[^\s()]+").Select(m => m.Value).ToList();
            var i = 0;
            return Or();
            Func<JsonObject, bool> Or() { var l = And(); while (i < t.Count && t[i] == "or") { i++; var a = l; var b = And(); l = e => a(e) || b(e); } return l; }
            Func<JsonObject, bool> And() { var l = Term(); while (i < t.Count && t[i] == "and") { i++; var a = l; var b = Term(); l = e => a(e) && b(e); } return l; }
            Func<JsonObject, bool> Term()
            {
                if (t[i] == "(") { i++; var x = Or(); i++; return x; }
                var (n, op, v) = (t[i], t[i + 1], t[i + 2]);
                i += 3;
                return e =>
                {
                    if (!e.TryGetPropertyValue(n, out var node) || node is null) return false;
                    int c;
                    if (v.StartsWith("datetime")) c = DateTimeOffset.Parse((string)node!, CultureInfo.InvariantCulture).CompareTo(DateTimeOffset.Parse(v[9..^1], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
                    else if (v[0] == '\'') c = string.CompareOrdinal((string)node!, v[1..^1].Replace("''", "'"));
                    else if (v is "true" or "false") c = ((bool)node).CompareTo(v == "true");
                    else c = ((double)node).CompareTo(double.Parse(v.TrimEnd('L'), CultureInfo.InvariantCulture));
                    return op switch { "eq" => c == 0, "ne" => c != 0, "lt" => c < 0, "le" => c <= 0, "gt" => c > 0, _ => c >= 0 };
                };
            }
        }
    }
}
