namespace Laaffic.Campaigns.Ledger;

/// <summary>The durable record of the account at Laaffic: its circuit breaker, its capacity, and the last tasks that it accepted.</summary>
internal sealed class AccountLedger(LedgerTable table)
{
    /// <summary>What keeps tasks from being sent; null if nothing does.</summary>
    public Task<CircuitRow?> FindCircuitAsync(CancellationToken cancellationToken) =>
        table.FindAsync<CircuitRow>(LedgerKeys.Circuit, cancellationToken);

    /// <summary>Opens the circuit: nothing is sent. Null if it is open already.</summary>
    public async Task<CircuitRow?> TryOpenCircuitAsync(CircuitRow circuit, CancellationToken cancellationToken) =>
        await table.TryAddAsync(circuit with { PartitionKey = LedgerKeys.Main, RowKey = LedgerKeys.Circuit }, cancellationToken);

    /// <summary>
    /// Closes the circuit: tasks are sent again. False if it is closed, or another probe was begun, or it was opened anew by now.
    /// </summary>
    public Task<bool> TryCloseCircuitAsync(CircuitRow circuit, CancellationToken cancellationToken) =>
        table.TryRemoveAsync(circuit, cancellationToken);

    /// <summary>That Laaffic takes no more tasks at present; null if it does, as far as is known.</summary>
    public Task<CapacityRow?> FindCapacityAsync(CancellationToken cancellationToken) =>
        table.FindAsync<CapacityRow>(LedgerKeys.Capacity, cancellationToken);

    /// <summary>Null if that is known already.</summary>
    public async Task<CapacityRow?> TryAddCapacityAsync(CapacityRow capacity, CancellationToken cancellationToken) =>
        await table.TryAddAsync(capacity with { PartitionKey = LedgerKeys.Main, RowKey = LedgerKeys.Capacity }, cancellationToken);

    /// <summary>Nobody stands in line any more. False if somebody else has changed the row meanwhile.</summary>
    public Task<bool> TryRemoveCapacityAsync(CapacityRow capacity, CancellationToken cancellationToken) =>
        table.TryRemoveAsync(capacity, cancellationToken);

    public Task<AcceptancesRow?> FindAcceptancesAsync(CancellationToken cancellationToken) =>
        table.FindAsync<AcceptancesRow>(LedgerKeys.Acceptances, cancellationToken);

    /// <summary>False if somebody else has changed it meanwhile.</summary>
    public async Task<bool> TrySaveAcceptancesAsync(AcceptancesRow? before, string entries, CancellationToken cancellationToken) =>
        before is null
            ? await table.TryAddAsync(
                new AcceptancesRow
                {
                    PartitionKey = LedgerKeys.Main,
                    RowKey = LedgerKeys.Acceptances,
                    Entries = entries,
                },
                cancellationToken
            )
                is not null
            : await table.TryReplaceAsync(before with { Entries = entries }, cancellationToken) is not null;

    /// <inheritdoc cref="LedgerTable.TryReplaceAsync"/>
    public Task<T?> TryReplaceAsync<T>(T row, CancellationToken cancellationToken)
        where T : LedgerRow => table.TryReplaceAsync(row, cancellationToken);
}
