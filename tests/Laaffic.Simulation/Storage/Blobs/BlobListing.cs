using System.Globalization;
using System.Text;
using System.Xml;

namespace Laaffic.Simulation.Storage.Blobs;

/// <summary>The answer to a request for a list of blobs.</summary>
internal static class BlobListing
{
    public static void Answer(Container container, string containerName, RequestAddress address, int maxBlobs, Reply reply)
    {
        foreach (var (name, value) in address.Query)
        {
            if (
                name is not ("restype" or "comp" or "prefix" or "marker" or "maxresults" or "include")
                || (name == "include" && !IsMetadata(value) && value.Length > 0)
            )
            {
                throw Refusal.NotSimulated($"the query parameter {name}={value}");
            }
        }

        var prefix = address.Parameter("prefix") ?? "";
        var marker = address.Parameter("marker") is { Length: > 0 } from ? Decode(from) : "";
        if (address.Parameter("maxresults") is { } most)
        {
            maxBlobs = Math.Min(maxBlobs, int.Parse(most, CultureInfo.InvariantCulture));
        }

        var withMetadata = address.Parameter("include") is { } include && IsMetadata(include);

        using var buffer = new MemoryStream();
        using (var xml = XmlWriter.Create(buffer, new XmlWriterSettings { Encoding = new UTF8Encoding(false) }))
        {
            xml.WriteStartElement("EnumerationResults");
            xml.WriteAttributeString("ContainerName", containerName);
            if (prefix.Length > 0)
            {
                xml.WriteElementString("Prefix", prefix);
            }

            xml.WriteElementString("MaxResults", maxBlobs.ToString(CultureInfo.InvariantCulture));
            xml.WriteStartElement("Blobs");
            var next = "";
            var count = 0;
            for (var i = container.IndexOf(string.CompareOrdinal(marker, prefix) > 0 ? marker : prefix); i < container.Blobs.Count; i++)
            {
                var blob = container.Blobs[i];
                if (!blob.Name.StartsWith(prefix, StringComparison.Ordinal))
                {
                    break;
                }

                if (count++ == maxBlobs)
                {
                    next = Encode(blob.Name);
                    break;
                }

                Write(xml, blob, withMetadata);
            }

            xml.WriteEndElement();
            xml.WriteElementString("NextMarker", next);
            xml.WriteEndElement();
        }

        reply.SetBody("application/xml", buffer.ToArray());
    }

    private static void Write(XmlWriter xml, StoredBlob blob, bool withMetadata)
    {
        xml.WriteStartElement("Blob");
        xml.WriteStartElement("Name");
        if (IsXml(blob.Name))
        {
            xml.WriteString(blob.Name);
        }
        else
        {
            xml.WriteAttributeString("Encoded", "true");
            xml.WriteString(Uri.EscapeDataString(blob.Name));
        }

        xml.WriteEndElement();
        xml.WriteStartElement("Properties");
        xml.WriteElementString("Creation-Time", blob.CreatedAt.ToString("R", CultureInfo.InvariantCulture));
        xml.WriteElementString("Last-Modified", blob.LastModified.ToString("R", CultureInfo.InvariantCulture));
        xml.WriteElementString("Etag", blob.ETag.Trim('"')); // without the quotes that the header has
        xml.WriteElementString("Content-Length", blob.Content.Length.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in blob.Headers)
        {
            xml.WriteElementString(name, value);
        }

        xml.WriteElementString("BlobType", blob.Type.ToString());
        xml.WriteElementString("LeaseStatus", "unlocked");
        xml.WriteElementString("LeaseState", "available");
        xml.WriteElementString("ServerEncrypted", "true");
        xml.WriteEndElement();
        if (withMetadata)
        {
            xml.WriteStartElement("Metadata");
            foreach (var (name, value) in blob.Metadata)
            {
                xml.WriteElementString(name, value);
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static bool IsMetadata(string include) => include.Equals("metadata", StringComparison.OrdinalIgnoreCase);

    private static bool IsXml(string text)
    {
        try
        {
            XmlConvert.VerifyXmlChars(text);
            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }

    private static string Encode(string name) => "2!" + Convert.ToBase64String(Encoding.UTF8.GetBytes(name));

    private static string Decode(string marker)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(marker[2..]));
        }
        catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException)
        {
            throw new Refusal(
                400,
                "OutOfRangeQueryParameterValue",
                "One of the query parameters specified in the request URI is outside the permissible range."
            );
        }
    }
}
