namespace Laaffic.Campaigns.Intake;

/// <summary>
/// The numbers a campaign has had, as <see cref="NumberNormalizer.Key"/> gives them, in 10 to 13 bytes each. It is split into
/// many small tables that grow one by one and by little, so that growing never needs the whole set twice.
/// </summary>
internal sealed class NumberSet
{
    private const int PartBits = 12;
    private readonly Part[] parts = new Part[1 << PartBits];

    /// <summary>Adds a key, which must not be 0. False if it was there already.</summary>
    public bool Add(ulong key)
    {
        var hash = Hash(key);
        ref var part = ref parts[hash >> (64 - PartBits)];
        if (part.Slots is null)
            part.Slots = new ulong[8];
        else if (part.Count * 5 >= part.Slots.Length * 4)
            part.Slots = Grow(part.Slots);
        if (!Insert(part.Slots, hash, key))
            return false;
        part.Count++;
        return true;
    }

    /// <summary>Spreads neighbouring numbers over parts and slots: multiplies by 2^64 / golden ratio; the upper bits count.</summary>
    private static ulong Hash(ulong key) => key * 0x9E3779B97F4A7C15;

    private static bool Insert(ulong[] slots, ulong hash, ulong key)
    {
        // The 32 bits after those of the part, as a fraction of the table's length.
        var slot = (int)((hash << PartBits >> 32) * (ulong)slots.Length >> 32);
        while (slots[slot] != 0)
        {
            if (slots[slot] == key)
                return false;
            slot = slot + 1 == slots.Length ? 0 : slot + 1;
        }
        slots[slot] = key;
        return true;
    }

    private static ulong[] Grow(ulong[] slots)
    {
        var larger = new ulong[slots.Length + Math.Max(8, slots.Length / 4)];
        foreach (var key in slots)
        {
            if (key != 0)
                Insert(larger, Hash(key), key);
        }
        return larger;
    }

    private struct Part
    {
        public ulong[]? Slots;
        public int Count;
    }
}
