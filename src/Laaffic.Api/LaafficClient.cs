using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Laaffic.Api;

/// <summary>
/// The voice API of one account. Safe for concurrent use. Each call signs with the secrets that the source gives; after a
/// status -16 it signs again with the server's clock, and after a -1 with newly fetched secrets, once each per call.
/// </summary>
/// <remarks>
/// What the server and the network do never causes an exception, only another <see cref="Verdict"/>. What the source of the secrets
/// throws, such as <see cref="SecretsUnavailableException"/>, every method throws on: then nothing was done.
/// </remarks>
public sealed class LaafficClient
{
    private const int MaxPages = 50;

    private static readonly TaskRecordStatus[] Unfinished =
    [
        TaskRecordStatus.Waiting,
        TaskRecordStatus.Calling,
        TaskRecordStatus.Submitting,
    ];

    private static readonly DateTime Earliest = new(2000, 1, 1);

    private readonly HttpClient _http;
    private readonly CredentialsProvider _credentials;
    private readonly TimeProvider _time;
    private readonly Uri _create;
    private readonly Uri _query;
    private readonly Uri _cancel;
    private readonly Uri _balance;

    // How far the server's clock is ahead of ours, learnt from a -16 and kept: it spares the next call a refused attempt, and
    // tells when, by that clock, a task was created.
    private long _clockOffsetSeconds;

    /// <summary>Creates a client.</summary>
    /// <param name="http">
    /// Its <see cref="HttpClient.BaseAddress"/> is the API's base, such as <c>https://api.laaffic.com</c>; the paths are
    /// appended to it, so that a prefix stays. Build it on <see cref="LaafficHttp.CreateHandler"/>. Its
    /// <see cref="HttpClient.Timeout"/> covers connecting, sending the body and waiting for the reply's headers, and once more
    /// reading the reply: 80 MB need more than the default of 100 seconds on a slow line.
    /// </param>
    /// <param name="credentials">Where the account's secrets come from, asked before every call.</param>
    /// <param name="time">The clock of the timestamps.</param>
    /// <exception cref="ArgumentException">The base address is missing.</exception>
    public LaafficClient(HttpClient http, CredentialsProvider credentials, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(time);
        if (http.BaseAddress is not { } baseAddress)
        {
            throw new ArgumentException(
                "The HttpClient needs a BaseAddress: the API's base, such as https://api.laaffic.com.",
                nameof(http)
            );
        }

        (_http, _credentials, _time) = (http, credentials, time);
        var root = new Uri($"{baseAddress.GetLeftPart(UriPartial.Path).TrimEnd('/')}/");
        _create = new Uri(root, "voice/group/call/send/agent");
        _query = new Uri(root, "voice/group/call/query");
        _cancel = new Uri(root, "voice/group/call/cancel");

        // The vendor's pages show the base both with and without v3, and this path with v3 under either.
        _balance = new Uri(root, root.AbsolutePath.EndsWith("/v3/", StringComparison.OrdinalIgnoreCase) ? "getBalance" : "v3/getBalance");
    }

    /// <summary>
    /// A short digest of the API's host and the account's application id: two that differ mean that one list of tasks says
    /// nothing about the tasks of the other. A new key or secret does not change it.
    /// </summary>
    /// <param name="cancellationToken">Cancels fetching the application id.</param>
    /// <returns>16 hexadecimal digits.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<string> AccountAsync(CancellationToken cancellationToken) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{_create.Host}\n{(await _credentials(false, cancellationToken)).AppId}")),
            0,
            8
        );

    /// <summary>Creates an agent task (<c>POST voice/group/call/send/agent</c>).</summary>
    /// <param name="body">The request body, streamed and never held in memory as a whole.</param>
    /// <param name="cancellationToken">
    /// Cancels the call. Once sending has begun this is one of the ways not to learn the outcome, and no exception.
    /// </param>
    /// <returns>What came of it, whatever the server and the network did.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before anything was sent.</exception>
    /// <remarks>
    /// What <see cref="TaskBody.Open"/> or the source of the secrets throws is thrown on: then nothing was accepted, though an
    /// attempt may have been refused. A failure while the opened body is read leaves the outcome unknown, as part was sent.
    /// </remarks>
    public async Task<CreateTaskReply> CreateTaskAsync(TaskBody body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        var answer = await CallAsync(
            HttpMethod.Post,
            _create,
            async secrets => await OpenAsync(body, secrets, cancellationToken),
            cancellationToken
        );
        var keyId = answer.Verdict == Verdict.Accepted ? ReplyJson.Whole(answer.Root, "data") : null;
        return new(answer.Verdict, answer.OutcomeUnknown, answer.Status, answer.HttpStatus, answer.Reason, keyId, answer.RetryAfter);
    }

    /// <summary>Lists one page of agent tasks (<c>POST voice/group/call/query</c>).</summary>
    /// <param name="query">What to list.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The page, or why there is none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The page number is below 1 or its size not 1-100.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<QueryReply> QueryTasksAsync(TaskQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Current, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Size, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Size, TaskQuery.MaxSize, nameof(query));

        // Written anew for each attempt: the first may be the one that learns the server's clock.
        var answer = await AskAsync(HttpMethod.Post, _query, () => QueryRequest.Of(OnEitherClock(query)).ToBytes(), cancellationToken);
        var page = answer.Verdict == Verdict.Accepted ? TaskPageJson.Read(answer.Root) : null;
        return answer.Verdict == Verdict.Accepted && page is null
            ? new(
                Verdict.Defer,
                answer.Status,
                answer.HttpStatus,
                "Laaffic answered a query with success, but without a page of tasks.",
                null,
                answer.RetryAfter
            )
            : new(answer.Verdict, answer.Status, answer.HttpStatus, answer.Reason, page, answer.RetryAfter);
    }

    /// <summary>
    /// Looks for the agent task of exactly this name. The API's search is fuzzy, so all its pages are read until the name is
    /// found, and names are compared character by character. A name that differs only in letter case, blanks at its edges or
    /// Unicode normal form may be what the platform made of this one: it is not the task, and leaves the question open.
    /// </summary>
    /// <param name="exactName">The task's name.</param>
    /// <param name="from">The earliest time at which it may have been created (see <see cref="TaskQuery"/>); null for any time.</param>
    /// <param name="to">The latest time at which it may have been created.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// Not answered if any page brought no usable answer, or if there are more than 5,000 similar names; nor, where there is
    /// no task of exactly this name, if one differs only as said above or has a name that cannot be read, or if the list
    /// contradicts itself: another page than the one asked for, a task shown twice, more or fewer tasks than were counted.
    /// </returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<TaskLookup> FindTaskAsync(string exactName, DateTime? from, DateTime to, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(exactName);
        var search = new TaskSearch(exactName);
        for (var current = 1; current <= MaxPages; current++)
        {
            var reply = await QueryTasksAsync(
                new(from ?? Earliest, to) { SearchCondition = exactName, Current = current },
                cancellationToken
            );
            if (reply.Page is not { } page)
            {
                return new(false, null, reply.Reason) { IsRefused = reply.Status?.Code != 0 };
            }

            if (page.Records.FirstOrDefault(record => string.Equals(record.TaskName, exactName, StringComparison.Ordinal)) is { } task)
            {
                return new(true, task, "Laaffic has a task of this name.");
            }

            search.Add(page, current);
            if (search.IsOver)
            {
                return search.Conclude();
            }
        }

        return new(false, null, $"Laaffic has more than {MaxPages * TaskQuery.MaxSize} tasks of similar names.");
    }

    /// <summary>
    /// Counts the agent tasks that are not finished: waiting, calling or being submitted. These are what status -37 is about.
    /// </summary>
    /// <param name="to">The latest time at which they may have been created (see <see cref="TaskQuery"/>).</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// Null if the list does not tell: no usable answer, a list that contradicts itself, or one of more than 5,000 tasks.
    /// </returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<int?> CountUnfinishedAsync(DateTime to, CancellationToken cancellationToken)
    {
        var search = new TaskSearch(exactName: null);
        var unfinished = 0;
        for (var current = 1; current <= MaxPages; current++)
        {
            var reply = await QueryTasksAsync(new(Earliest, to) { StatusList = Unfinished, Current = current }, cancellationToken);
            if (reply.Page is not { } page)
            {
                return null;
            }
            // The server may ignore the list of states: what it shows is counted.
            unfinished += page.Records.Count(record => record.Status is { } status && Unfinished.Contains(status));
            search.Add(page, current);
            if (search.IsOver)
            {
                return search.Conclude().Answered ? unfinished : null;
            }
        }

        return null;
    }

    /// <summary>Cancels tasks (<c>POST voice/group/call/cancel</c>).</summary>
    /// <param name="taskIds">The key ids of the tasks, at least one.</param>
    /// <param name="cancellationToken">Cancels the call; once sending has begun the outcome is unknown and no exception is thrown.</param>
    /// <returns>What came of it, whatever the server and the network did.</returns>
    /// <exception cref="ArgumentException">There are no ids.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before anything was sent.</exception>
    public async Task<CancelReply> CancelTasksAsync(IReadOnlyCollection<long> taskIds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(taskIds);
        if (taskIds.Count == 0)
        {
            throw new ArgumentException("Give the id of at least one task.", nameof(taskIds));
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(new CancelRequest([.. taskIds]), ApiJson.Default.CancelRequest);
        var answer = await CallAsync(
            HttpMethod.Post,
            _cancel,
            _ => Task.FromResult<RequestContent>(new SmallContent(body)),
            cancellationToken
        );
        return new(answer.Verdict, answer.OutcomeUnknown, answer.Status, answer.HttpStatus, answer.Reason, answer.RetryAfter);
    }

    /// <summary>Asks what the account has left (<c>GET v3/getBalance</c>).</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The amounts, or why there are none.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<BalanceReply> GetBalanceAsync(CancellationToken cancellationToken)
    {
        // An empty body, because the documented Content-Type of every request can only go with one.
        var answer = await AskAsync(HttpMethod.Get, _balance, static () => [], cancellationToken);
        return new(
            answer.Verdict,
            answer.Status,
            answer.HttpStatus,
            answer.Reason,
            Amount("balance"),
            Amount("gift"),
            Amount("credit"),
            answer.RetryAfter
        );

        decimal? Amount(string name) => answer.Verdict == Verdict.Accepted ? ReplyJson.Number(answer.Root, name) : null;
    }

    /// <summary>A call that changes nothing: its caller wants to hear of a cancellation at any time.</summary>
    private async Task<CallResult> AskAsync(HttpMethod method, Uri uri, Func<byte[]> body, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(method, uri, _ => Task.FromResult<RequestContent>(new SmallContent(body())), cancellationToken);
        if (answer.OutcomeUnknown)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return answer;
    }

    private async Task<CallResult> CallAsync(
        HttpMethod method,
        Uri uri,
        Func<LaafficCredentials, Task<RequestContent>> open,
        CancellationToken cancellationToken
    )
    {
        var secrets = await _credentials(false, cancellationToken);
        var answer = await AttemptAsync(method, uri, open, secrets, cancellationToken);
        var (signedAgain, fetchedAgain) = (false, false);
        try
        {
            while (true)
            {
                if (answer is { Verdict: Verdict.ClockSkew, ServerTime: { } server } && !signedAgain)
                {
                    signedAgain = true;
                    Volatile.Write(ref _clockOffsetSeconds, (server - _time.GetUtcNow()).Ticks / TimeSpan.TicksPerSecond);
                }
                else if (answer is { Verdict: Verdict.FixCredentials } && !fetchedAgain)
                {
                    fetchedAgain = true;
                    secrets = await _credentials(true, cancellationToken);
                }
                else
                {
                    return answer;
                }

                answer = await AttemptAsync(method, uri, open, secrets, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return answer; // the attempt before was refused, which is all there is to know
        }
    }

    private async Task<CallResult> AttemptAsync(
        HttpMethod method,
        Uri uri,
        Func<LaafficCredentials, Task<RequestContent>> open,
        LaafficCredentials secrets,
        CancellationToken cancellationToken
    )
    {
        if (secrets.ApiKey.Length == 0 || secrets.ApiKey.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return CallResult.NotSent(
                Verdict.FixCredentials,
                "The API key is empty or holds a character that no header can carry, such as a line break."
            );
        }

        cancellationToken.ThrowIfCancellationRequested();
        using var content = await open(secrets);
        using var request = new HttpRequestMessage(method, uri) { Content = content };
        request.Headers.ExpectContinue = false;
        Sign(request, secrets);

        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (Exception) when (content.GivenUp)
        {
            return CallResult.NotSent(
                Verdict.Defer,
                "The time reserved for the attempt was over before the request was complete: it was broken off, and nothing was accepted."
            );
        }
        catch (Exception e) when (content.HasBegun)
        {
            return CallResult.Lost($"No reply came from Laaffic after sending had begun: {What(e, cancellationToken)}");
        }
        catch (Exception e) when (IsOfTheNetwork(e, cancellationToken))
        {
            return CallResult.NotSent(Verdict.Defer, $"No connection to Laaffic could be made: {What(e, cancellationToken)}");
        }

        using (response)
        {
            return await ReadAsync(response, cancellationToken);
        }
    }

    private static async Task<StreamedContent> OpenAsync(TaskBody body, LaafficCredentials secrets, CancellationToken cancellationToken)
    {
        if (body.AppId is not { } slot)
        {
            return new StreamedContent(await body.Open(cancellationToken), body.Length, body.MayComplete);
        }

        var appId = JsonEncodedText.Encode(secrets.AppId, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.ToArray();
        var spliced = new SplicedStream(await body.Open(cancellationToken), slot.Offset, slot.Length, appId);
        return new StreamedContent(spliced, body.Length - slot.Length + appId.Length, body.MayComplete);
    }

    /// <summary>
    /// The times of creation are by the server's clock, those of the query by ours. The window holds both, not only the
    /// server's: ours may have been set since it was learnt how far they differ.
    /// </summary>
    private TaskQuery OnEitherClock(TaskQuery query)
    {
        var offset = TimeSpan.FromSeconds(Volatile.Read(ref _clockOffsetSeconds));
        return offset < TimeSpan.Zero ? query with { From = Shifted(query.From, offset) } : query with { To = Shifted(query.To, offset) };
    }

    private static DateTime Shifted(DateTime time, TimeSpan by) =>
        new(Math.Clamp(time.Ticks + by.Ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks));

    private void Sign(HttpRequestMessage request, LaafficCredentials secrets)
    {
        var seconds = _time.GetUtcNow().ToUnixTimeSeconds() + Volatile.Read(ref _clockOffsetSeconds);
        request.Headers.TryAddWithoutValidation("Api-Key", secrets.ApiKey);
        request.Headers.TryAddWithoutValidation("Timestamp", seconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("Sign", RequestSignature.Compute(secrets.ApiKey, secrets.ApiSecret, seconds));
    }

    private async Task<CallResult> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // The HttpClient's own time-out ends with the headers.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_http.Timeout);
        try
        {
            return CallResult.Of(response, await ReplyBody.ReadAsync(response.Content, limit.Token), _time.GetUtcNow());
        }
        catch (Exception e)
        {
            return CallResult.Lost(
                $"Laaffic's reply (HTTP {(int)response.StatusCode}) broke off: {What(e, cancellationToken)}",
                (int)response.StatusCode
            );
        }
    }

    /// <summary>Anything but the caller's own cancellation and a wrong use of the HttpClient.</summary>
    private static bool IsOfTheNetwork(Exception e, CancellationToken cancellationToken) =>
        e switch
        {
            OperationCanceledException => !cancellationToken.IsCancellationRequested,
            ArgumentException or InvalidOperationException or NotSupportedException => false,
            _ => true,
        };

    private static string What(Exception e, CancellationToken cancellationToken) =>
        e switch
        {
            OperationCanceledException when cancellationToken.IsCancellationRequested => "the call was cancelled.",
            OperationCanceledException => "the time allowed for it was over.",
            _ => CallResult.Quoted(e.GetBaseException().Message),
        };
}
