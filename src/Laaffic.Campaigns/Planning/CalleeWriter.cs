using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Laaffic.Api;
using Laaffic.Campaigns.Numbers;
using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// Takes a campaign's callees one by one: valid ones go into the tasks' request bodies, a number that was there already is
/// counted only, and rejected ones go to the list of those.
/// </summary>
internal sealed class CalleeWriter(TaskBodyWriter bodies, RejectedCalleeWriter rejected, CampaignErrors errors) : IDisposable
{
    /// <summary>
    /// How many callees are written before it is known whether their numbers are new: so long does memory take to answer.
    /// </summary>
    private const int MaxPending = 8;

    private readonly NumberSet _numbers = new(ArrayPool<ulong>.Shared);
    private readonly Queue<PendingLookup> _pending = new(MaxPending);
    private readonly byte[] _digits = new byte[CalleeRules.MaxDigits + 2];
    private readonly long[] _longTexts = new long[CalleeRules.TextCount];
    private long _read;
    private long _valid;
    private long _duplicate;
    private int _removedBytes;

    /// <summary>What was counted so far.</summary>
    public PlanCounts Counts => new(_read, _valid, _duplicate, rejected.Count);

    /// <summary>How many texts of each column the platform would cut, 0 for text1.</summary>
    public IReadOnlyList<long> LongTexts => _longTexts;

    /// <summary>Whether <see cref="StageAsync"/> must be called before the next callee.</summary>
    public bool NeedsStaging => bodies.NeedsStaging || rejected.NeedsStaging;

    /// <summary>Stores what has gathered.</summary>
    public async Task StageAsync(CancellationToken cancellationToken)
    {
        Complete();
        if (bodies.NeedsStaging)
        {
            await bodies.StageAsync(cancellationToken);
        }

        if (rejected.NeedsStaging)
        {
            await rejected.StageAsync(cancellationToken);
        }
    }

    /// <summary>Counts a callee that is not valid, whatever becomes of it.</summary>
    public void CountRead() => _read++;

    /// <summary>Adds a callee unless its number was there before; the first one wins.</summary>
    /// <returns>False if its number is not valid, with the reason; the caller knows the line and calls <see cref="Reject"/>.</returns>
    public bool TryAdd(Callee callee, [NotNullWhen(false)] out string? reason)
    {
        _read++;
        if (!NumberNormalizer.TryNormalize(callee.Number, _digits, out var length, out reason))
        {
            return false;
        }

        var key = NumberNormalizer.Key(_digits.AsSpan(0, length));
        _numbers.Expect(key);
        if (_pending.Count == MaxPending)
        {
            Decide(_pending.Dequeue());
        }

        // A campaign that has an error will not be sent: its callees are still checked, so that all is found in one go.
        var (start, end) = errors.Count == 0 ? bodies.Add(_digits.AsSpan(0, length), callee) : default;
        _pending.Enqueue(new PendingLookup(key, start + _removedBytes, end + _removedBytes, LongTextsOf(callee)));
        return true;
    }

    /// <summary>Decides on the last callees, of whom it was not known yet whether their numbers are new.</summary>
    public void Complete()
    {
        while (_pending.TryDequeue(out var callee))
        {
            Decide(callee);
        }

        _removedBytes = 0;
    }

    /// <summary>Lists a callee that cannot be called.</summary>
    public void Reject(long line, ReadOnlySpan<byte> value, string reason) => rejected.Add(line, value, reason);

    /// <inheritdoc/>
    public void Dispose() => _numbers.Dispose();

    private void Decide(PendingLookup callee)
    {
        if (_numbers.Add(callee.Key))
        {
            _valid++;
            for (var i = 0; callee.LongTexts >> i != 0; i++)
            {
                _longTexts[i] += callee.LongTexts >> i & 1;
            }

            return;
        }
        _duplicate++;
        if (callee.Start < callee.End)
        {
            _removedBytes += bodies.Remove(callee.Start - _removedBytes, callee.End - _removedBytes);
        }
    }

    /// <summary>Which texts the platform would cut, as bits, the lowest for text1.</summary>
    private static int LongTextsOf(Callee callee)
    {
        var bits = 0;
        for (var i = 0; i < callee.TextCount; i++)
        {
            if (IsLong(callee.GetText(i, out var index)))
            {
                bits |= 1 << index;
            }
        }
        return bits;
    }

    private static bool IsLong(ReadOnlySpan<byte> text) =>
        text.Length > CalleeRules.MaxTextLength && Encoding.UTF8.GetCharCount(text) > CalleeRules.MaxTextLength;

    /// <summary>A callee whose number is being looked for.</summary>
    /// <param name="Key">Its number.</param>
    /// <param name="Start">Where it stands in its task's body, had nobody been taken back since the last block; 0 with End if it does
    /// not.</param>
    /// <param name="End">Where it ends there.</param>
    /// <param name="LongTexts">Which of its texts are long.</param>
    private readonly record struct PendingLookup(ulong Key, int Start, int End, int LongTexts);
}
