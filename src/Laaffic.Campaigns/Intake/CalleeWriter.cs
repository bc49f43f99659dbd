using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Laaffic.Api;
using Laaffic.Campaigns.Planning;

namespace Laaffic.Campaigns.Intake;

/// <summary>
/// Takes a campaign's callees one by one: valid ones go into the tasks' request bodies, a number that was there already is
/// counted only, and rejected ones go to the list of those.
/// </summary>
internal sealed class CalleeWriter(TaskBodies bodies, RejectedCallees rejected, CampaignErrors errors) : IDisposable
{
    private readonly NumberSet numbers = new(ArrayPool<ulong>.Shared);
    private readonly long[] longTexts = new long[CalleeRules.TextCount];
    private long read;
    private long valid;
    private long duplicate;

    /// <summary>What was counted so far.</summary>
    public PlanCounts Counts => new(read, valid, duplicate, rejected.Count);

    /// <summary>How many texts of each column the platform would cut, 0 for text1.</summary>
    public IReadOnlyList<long> LongTexts => longTexts;

    /// <summary>Whether <see cref="StageAsync"/> must be called before the next callee.</summary>
    public bool NeedsStaging => bodies.NeedsStaging || rejected.NeedsStaging;

    /// <summary>Stores what has gathered.</summary>
    public async Task StageAsync(CancellationToken cancellationToken)
    {
        if (bodies.NeedsStaging)
            await bodies.StageAsync(cancellationToken);
        if (rejected.NeedsStaging)
            await rejected.StageAsync(cancellationToken);
    }

    /// <summary>Counts a callee that is not valid, whatever becomes of it.</summary>
    public void CountRead() => read++;

    /// <summary>Adds a callee unless its number was there before; the first one wins.</summary>
    /// <returns>False if its number is not valid, with the reason; the caller knows the line and calls <see cref="Reject"/>.</returns>
    public bool TryAdd(Callee callee, [NotNullWhen(false)] out string? reason)
    {
        read++;
        Span<byte> digits = stackalloc byte[CalleeRules.MaxDigits + 2];
        if (!NumberNormalizer.TryNormalize(callee.Number, digits, out var length, out reason))
            return false;
        digits = digits[..length];
        var key = NumberNormalizer.Key(digits);
        numbers.Expect(key);

        // Written while memory looks for the number, and taken back if it was there before. A campaign that has an error will
        // not be sent: its callees are still checked, so that all is found in one go.
        var written = errors.Count == 0;
        if (written)
            bodies.Add(digits, callee);
        if (!numbers.Add(key))
        {
            duplicate++;
            if (written)
                bodies.TakeBack();
            return true;
        }
        valid++;
        for (var i = 0; i < callee.TextCount; i++)
        {
            if (IsLong(callee.GetText(i, out var index)))
                longTexts[index]++;
        }
        return true;
    }

    /// <summary>Lists a callee that cannot be called.</summary>
    public void Reject(long line, ReadOnlySpan<byte> value, string reason) => rejected.Add(line, value, reason);

    /// <inheritdoc/>
    public void Dispose() => numbers.Dispose();

    private static bool IsLong(ReadOnlySpan<byte> text) =>
        text.Length > CalleeRules.MaxTextLength && Encoding.UTF8.GetCharCount(text) > CalleeRules.MaxTextLength;
}
