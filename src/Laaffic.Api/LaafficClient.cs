namespace Laaffic.Api;

/// <summary>The voice API of one account. Safe for concurrent use.</summary>
public sealed class LaafficClient
{
    /// <summary>Creates a client.</summary>
    /// <param name="http">
    /// Its <see cref="HttpClient.BaseAddress"/> is the API's base, path prefix included; paths are appended to it. Build it on
    /// <see cref="LaafficHttp.CreateHandler"/>. Its time-out covers sending a body until the first byte of the reply.
    /// </param>
    /// <param name="credentials">Where the account's secrets come from, asked before every call.</param>
    /// <param name="time">The clock of the timestamps.</param>
    public LaafficClient(HttpClient http, CredentialsSource credentials, TimeProvider time) => throw new NotImplementedException();

    /// <summary>Creates an agent task.</summary>
    public Task<CreateTaskReply> CreateTaskAsync(TaskBody body, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Lists one page of tasks.</summary>
    public Task<QueryReply> QueryTasksAsync(TaskQuery query, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Looks for the task of exactly this name.</summary>
    public Task<TaskLookup> FindTaskAsync(string exactName, DateTime from, DateTime to, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Cancels tasks.</summary>
    public Task<CancelReply> CancelTasksAsync(IReadOnlyCollection<long> taskIds, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Asks for the balance.</summary>
    public Task<BalanceReply> GetBalanceAsync(CancellationToken ct) => throw new NotImplementedException();
}
