namespace Laaffic.Simulation.Storage;

/// <summary>Times by the account's clock. No stamp is given twice, so that ETags made of them tell all versions apart.</summary>
internal sealed class Stamps(Func<DateTimeOffset> clock)
{
    private long _last;

    public DateTimeOffset Now => clock().ToUniversalTime();

    public DateTimeOffset Next()
    {
        _last = Math.Max(clock().UtcTicks, _last + 1);
        return new DateTimeOffset(_last, TimeSpan.Zero);
    }
}
