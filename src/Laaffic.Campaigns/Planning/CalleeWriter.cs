using System.Buffers;
using Laaffic.Api;
using Laaffic.Campaigns.Numbers;
using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// Takes a campaign's callees one by one, after they were checked: valid ones go into the tasks' request bodies, and those whose
/// number was there already, or who are rejected, go to the list of those.
/// </summary>
internal sealed class CalleeWriter(TaskBodyWriter bodies, RejectedCalleeWriter rejected, CampaignErrors errors) : IDisposable
{
    /// <summary>How many of the callees that were added last it holds: so long does memory take to say whether a number is new.</summary>
    public const int MaxHeld = 8;

    private const string Duplicate = "the same number stands further up in this list, and is called once";

    private readonly NumberSet _numbers = new(ArrayPool<ulong>.Shared);
    private readonly NumberSet _submitted = new();
    private readonly Queue<PendingLookup> _pending = new(MaxHeld);
    private readonly CountryCounts _countries = new();
    private readonly CalleePreview _preview = new();
    private readonly long[] _longTexts = new long[CalleeRules.TextCount];
    private long _read;
    private long _valid;
    private long _duplicate;
    private int _removedBytes;

    /// <summary>What was counted so far.</summary>
    public PlanCounts Counts => new(_read, _valid, _duplicate, rejected.Count) { Suppressed = rejected.SuppressedCount };

    /// <summary>How many texts of each column the platform would cut, 0 for text1.</summary>
    public IReadOnlyList<long> LongTexts => _longTexts;

    /// <summary>The countries of the valid numbers.</summary>
    public CountryCounts Countries => _countries;

    /// <summary>The first valid callees.</summary>
    public CalleePreview Preview => _preview;

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

    /// <summary>The campaign whose rejected rows are written; null if they are none.</summary>
    public string? RowsOf { get; set; }

    /// <summary>Leaves out, as a duplicate, whoever has a number that <see cref="RowsOf"/> or its fixed rows have submitted.</summary>
    /// <param name="digits">The number, normalised.</param>
    public void LeaveOut(ReadOnlySpan<byte> digits) => _submitted.Add(NumberNormalizer.Key(digits));

    /// <summary>Counts a callee with whom the whole campaign is wrong.</summary>
    public void CountRead() => _read++;

    /// <summary>Adds a callee that was checked; of those who have the same number the first one wins.</summary>
    public void Add(Callee callee)
    {
        _read++;
        if (_pending.Count == MaxHeld)
        {
            Decide(_pending.Dequeue());
        }

        if (callee.Rejection is not null)
        {
            _pending.Enqueue(new PendingLookup(callee, 0, 0, 0)); // in its turn: they are listed as they stand
            return;
        }

        var digits = callee.Digits.AsSpan(0, callee.DigitCount);
        var key = NumberNormalizer.Key(digits);
        _numbers.Expect(key);
        // A campaign that has an error will not be sent: its callees are still checked, so that all is found in one go.
        var (start, end) = errors.Count == 0 ? bodies.Add(digits, callee) : default;
        _pending.Enqueue(new PendingLookup(callee, key, start + _removedBytes, end + _removedBytes));
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

    /// <inheritdoc/>
    public void Dispose()
    {
        _numbers.Dispose();
        _submitted.Dispose();
    }

    private void Decide(PendingLookup pending)
    {
        var callee = pending.Callee;
        if (callee.Rejection is { } reason)
        {
            if (callee.IsSuppressed)
            {
                rejected.Suppress(callee, reason);
            }
            else
            {
                rejected.Reject(callee, reason);
            }
        }
        else if (_submitted.Contains(pending.Key))
        {
            TakeBack(pending, $"this number was submitted with the campaign '{RowsOf}' already, or with fixed rows of it");
        }
        else if (!_numbers.Add(pending.Key))
        {
            TakeBack(pending, Duplicate);
        }
        else
        {
            Accept(callee);
        }
    }

    private void Accept(Callee callee)
    {
        _valid++;
        _countries.Add(callee.Digits.AsSpan(0, callee.DigitCount));
        _preview.Add(callee);
        var longTexts = CalleeChecker.LongTextsOf(callee);
        for (var i = 0; longTexts >> i != 0; i++)
        {
            _longTexts[i] += longTexts >> i & 1;
        }
    }

    private void TakeBack(PendingLookup pending, string reason)
    {
        _duplicate++;
        rejected.List(pending.Callee, reason);
        if (pending.Start < pending.End)
        {
            _removedBytes += bodies.Remove(pending.Start - _removedBytes, pending.End - _removedBytes);
        }
    }

    /// <summary>A callee whose number is being looked for.</summary>
    /// <param name="Callee">The callee.</param>
    /// <param name="Key">Its number; 0 if it is rejected.</param>
    /// <param name="Start">Where it stands in its task's body, had nobody been taken back since the last block; 0 with End if it does
    /// not.</param>
    /// <param name="End">Where it ends there.</param>
    private readonly record struct PendingLookup(Callee Callee, ulong Key, int Start, int End);
}
