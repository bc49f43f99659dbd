using System.Numerics;

namespace Laaffic.Campaigns.Intake;

/// <summary>
/// The numbers a campaign has had, as <see cref="NumberNormalizer.Key"/> gives them: 8 bytes each, at most three quarters
/// full. It is split into many small tables that grow one by one, so that growing never needs the whole set twice.
/// </summary>
internal sealed class NumberSet
{
    private const int PartBits = 8;
    private readonly Part[] parts = new Part[1 << PartBits];

    /// <summary>Adds a key, which must not be 0. False if it was there already.</summary>
    public bool Add(ulong key)
    {
        // Neighbouring numbers must not share a part or a slot: multiply by 2^64 / golden ratio, use the upper bits.
        var hash = key * 0x9E3779B97F4A7C15;
        ref var part = ref parts[hash >> (64 - PartBits)];
        if (part.Slots is null)
            part.Slots = new ulong[64];
        else if (part.Count >= part.Slots.Length / 4 * 3)
            part.Slots = Grow(part.Slots);
        if (!Insert(part.Slots, hash, key))
            return false;
        part.Count++;
        return true;
    }

    private static bool Insert(ulong[] slots, ulong hash, ulong key)
    {
        var mask = slots.Length - 1;
        var slot = (int)(hash << PartBits >> (64 - BitOperations.Log2((uint)slots.Length)));
        while (slots[slot] != 0)
        {
            if (slots[slot] == key)
                return false;
            slot = (slot + 1) & mask;
        }
        slots[slot] = key;
        return true;
    }

    private static ulong[] Grow(ulong[] slots)
    {
        var larger = new ulong[slots.Length * 2];
        foreach (var key in slots)
        {
            if (key != 0)
                Insert(larger, key * 0x9E3779B97F4A7C15, key);
        }
        return larger;
    }

    private struct Part
    {
        public ulong[]? Slots;
        public int Count;
    }
}
