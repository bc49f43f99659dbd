using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Laaffic.Campaigns.Numbers;

/// <summary>
/// The numbers a campaign has had, as <see cref="NumberNormalizer.Key"/> gives them, in 11 to 14 bytes each: a sorted table
/// with gaps. A number is stored as its hash, which no other number has, at the place that this hash has among all possible
/// ones or soon after it. So the table is enlarged by copying it from front to back, piece by piece, and is never there twice.
/// </summary>
/// <param name="pool">Where its memory comes from and where it goes when it is disposed; null is memory of its own.</param>
internal sealed class NumberSet(ArrayPool<ulong>? pool = null) : IDisposable
{
    private const int PieceBits = 17;
    private const int PieceLength = 1 << PieceBits; // 1 MB

    /// <summary>Slots after the last place, for the numbers that find theirs taken.</summary>
    private const int Overflow = 1024;

    // Not to be foreseen: nobody can make a file whose numbers all want one place. Above every key, so that no hash is 0.
    private readonly ulong _seed = (ulong)Random.Shared.NextInt64() | 1UL << 63;

    // The hashes in rising order, with gaps, which are 0. The last slot is always a gap.
    private ulong[][] _pieces = [];
    private int _places;
    private int _count;

    /// <summary>Has the processor fetch the place of a key that will be added soon: to wait for it then costs more than all else.</summary>
    public unsafe void Expect(ulong key)
    {
        // It is a hint: should the piece be moved meanwhile, it only helps less.
        if (Sse.IsSupported && _count > 0)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref SlotOf(PlaceOf(Hash(key)))));
        }
    }

    /// <summary>Adds a key, 1 to 2^63 - 1. False if it was there already.</summary>
    public bool Add(ulong key)
    {
        if (_count >= _places / 4 * 3)
        {
            Enlarge();
        }

        var hash = Hash(key);
        var slot = PlaceOf(hash);
        ref var other = ref SlotOf(slot);
        while (other < hash && other != 0)
        {
            other = ref SlotOf(++slot);
        }

        if (other == hash)
        {
            return false;
        }

        _count++;

        // What stands there and after it moves on by one slot, up to the next gap.
        (var moving, other) = (other, hash);
        while (moving != 0)
        {
            other = ref SlotOf(++slot);
            (moving, other) = (other, moving);
        }
        if (slot + 1 == _pieces.Length * PieceLength)
        {
            AddPiece();
        }

        return true;
    }

    /// <summary>Whether a key, 1 to 2^63 - 1, is there.</summary>
    public bool Contains(ulong key)
    {
        if (_count == 0)
        {
            return false;
        }

        var hash = Hash(key);
        var slot = PlaceOf(hash);
        while (SlotOf(slot) is var other && other < hash && other != 0)
        {
            slot++;
        }

        return SlotOf(slot) == hash;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_pieces, Release);
        _pieces = [];
        (_places, _count) = (0, 0);
    }

    /// <summary>Mixes all bits of a key, in a way that can be undone: no two keys have the same hash.</summary>
    private ulong Hash(ulong key)
    {
        var hash = key ^ _seed;
        hash = (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15;
        return (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93;
    }

    /// <summary>The slot at or after which a hash stands.</summary>
    private int PlaceOf(ulong hash) => (int)Math.BigMul(hash, (ulong)_places, out _);

    private ref ulong SlotOf(int slot) => ref _pieces[slot >> PieceBits][slot & (PieceLength - 1)];

    private void Enlarge()
    {
        var old = _pieces;
        _pieces = [];
        _places = _places == 0 ? PieceLength - Overflow : _places / 4 * 5;
        var free = 0;
        foreach (var piece in old)
        {
            foreach (var hash in piece)
            {
                if (hash == 0)
                {
                    continue;
                }

                free = Math.Max(free, PlaceOf(hash));
                Reserve(free);
                SlotOf(free++) = hash;
            }
            Release(piece); // the next one to be added is likely to be this one
        }
        Reserve(Math.Max(_places + Overflow, free));
    }

    private void Reserve(int slot)
    {
        while (slot >= _pieces.Length * PieceLength)
        {
            AddPiece();
        }
    }

    private void AddPiece()
    {
        var piece = pool?.Rent(PieceLength) ?? new ulong[PieceLength];
        Array.Clear(piece);
        _pieces = [.. _pieces, piece];
    }

    private void Release(ulong[] piece) => pool?.Return(piece);
}
