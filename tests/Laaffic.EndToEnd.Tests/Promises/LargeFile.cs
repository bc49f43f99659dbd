using System.Globalization;
using System.Text;
using Azure.Storage.Blobs.Specialized;
using Laaffic.Campaigns.Planning;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests.Promises;

/// <summary>A file that is a head, a piece over and over again, and a tail, and never in memory as a whole.</summary>
/// <param name="Name">Its name, which says its format.</param>
/// <param name="Head">What it begins with.</param>
/// <param name="Piece">What is repeated.</param>
/// <param name="Pieces">How often, about: whole blocks are repeated.</param>
/// <param name="Tail">What it ends with.</param>
/// <param name="Message">The beginning of its first error, or of its place.</param>
internal sealed record LargeFile(string Name, string Head, string Piece, long Pieces, string Tail, string Message)
{
    private const int BlockSize = 4 * 1024 * 1024;

    /// <summary>Whether each piece is a callee that goes into the list of rejected ones.</summary>
    public bool ListsCallees { get; init; }

    public CampaignFormat Format => Name.EndsWith(".csv", StringComparison.Ordinal) ? CampaignFormat.Csv : CampaignFormat.Json;

    /// <summary>How often a block is repeated.</summary>
    public int Blocks => (int)((Pieces + PiecesOfBlock - 1) / PiecesOfBlock);

    private long PiecesOfBlock => Math.Min(Pieces, BlockSize / Encoding.UTF8.GetByteCount(Piece));

    private byte[] Block => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Piece, (int)PiecesOfBlock)));

    public Stream OpenRead() => new Repeating(Encoding.UTF8.GetBytes(Head), Block, Blocks, Encoding.UTF8.GetBytes(Tail));

    /// <summary>Stores it: one block, named again and again.</summary>
    public async Task UploadAsync(BlockBlobClient blob, CancellationToken cancellationToken)
    {
        List<string> ids = [];
        await StageAsync(Encoding.UTF8.GetBytes(Head), 1);
        await StageAsync(Block, Blocks);
        await StageAsync(Encoding.UTF8.GetBytes(Tail), 1);
        await blob.CommitBlockListAsync(ids, cancellationToken: cancellationToken);

        async Task StageAsync(byte[] content, int times)
        {
            if (content.Length == 0)
            {
                return;
            }

            var id = Convert.ToBase64String(Encoding.ASCII.GetBytes(ids.Count.ToString("D8", CultureInfo.InvariantCulture)));
            await blob.StageBlockAsync(id, new MemoryStream(content), cancellationToken: cancellationToken);
            ids.AddRange(Enumerable.Repeat(id, times));
        }
    }

    private sealed class Repeating(byte[] head, byte[] block, int blocks, byte[] tail) : Stream
    {
        private int _part = -1;
        private int _position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_part <= blocks)
            {
                var from =
                    _part < 0 ? head
                    : _part < blocks ? block
                    : tail;
                var count = Math.Min(buffer.Length, from.Length - _position);
                from.AsSpan(_position, count).CopyTo(buffer.Span);
                _position += count;
                if (count > 0)
                {
                    return new(count);
                }

                (_part, _position) = (_part + 1, 0);
            }

            return new(0);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
