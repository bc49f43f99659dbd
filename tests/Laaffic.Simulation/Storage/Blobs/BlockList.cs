using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Xml;

namespace Laaffic.Simulation.Storage.Blobs;

/// <summary>The blocks that a blob is to be committed of.</summary>
internal static class BlockList
{
    /// <summary>Finds what the request lists.</summary>
    public static ImmutableArray<Block> Read(ReadOnlyMemory<byte> xml, StoredBlob? blob, ImmutableList<Block> staged)
    {
        var list = ImmutableArray.CreateBuilder<Block>();
        using var stream = new MemoryStream(xml.ToArray());
        using var reader = XmlReader.Create(stream);
        reader.ReadToFollowing("BlockList");
        reader.Read();
        while (reader.MoveToContent() == XmlNodeType.Element)
        {
            var kind = reader.Name;
            var id = reader.ReadElementContentAsString();
            var block = kind == "Committed" ? null : staged.Find(b => b.Id == id);
            if (block is null && kind != "Uncommitted")
            {
                block = blob?.Blocks.FirstOrDefault(b => b.Id == id);
            }

            list.Add(block ?? throw BlobErrors.InvalidBlockList);
        }

        return list.ToImmutable();
    }

    /// <summary>The answer to who asks which blocks are not committed.</summary>
    public static byte[] WriteUncommitted(ImmutableList<Block> staged)
    {
        using var buffer = new MemoryStream();
        using (var xml = XmlWriter.Create(buffer, new XmlWriterSettings { Encoding = new UTF8Encoding(false) }))
        {
            xml.WriteStartElement("BlockList");
            xml.WriteStartElement("UncommittedBlocks");
            foreach (var block in staged)
            {
                xml.WriteStartElement("Block");
                xml.WriteElementString("Name", block.Id);
                xml.WriteElementString("Size", block.Content.Length.ToString(CultureInfo.InvariantCulture));
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return buffer.ToArray();
    }

    public static byte[] Join(ImmutableArray<Block> blocks)
    {
        var content = new byte[blocks.Sum(block => block.Content.Length)];
        var at = 0;
        foreach (var block in blocks)
        {
            block.Content.CopyTo(content.AsMemory(at));
            at += block.Content.Length;
        }

        return content;
    }
}
