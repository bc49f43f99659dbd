using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Laaffic.Api;
using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// The request bodies of a campaign's tasks. Callees come first in each, <c>{"numberInfoList":[…</c>, and are stored as they
/// arrive; the settings, which a campaign may give last, follow when the body is committed. Nothing appears before that.
/// </summary>
internal sealed class TaskBodyWriter(PlanStore store, string planId, int maxCallees, Func<CancellationToken, ValueTask> onProgress)
    : IAsyncDisposable
{
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        // Sent as UTF-8 JSON, never put into a page: only what JSON itself asks for is escaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    // Within a JSON string these alone must be escaped.
    private static readonly SearchValues<byte> Escaped = SearchValues.Create([
        (byte)'"',
        (byte)'\\',
        .. Enumerable.Range(0, 0x20).Select(control => (byte)control),
    ]);

    // Each ends the string before it.
    private static readonly byte[][] Texts =
    [
        .. Enumerable
            .Range(1, CalleeRules.TextCount)
            .Select(n => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\",\"text{n}\":\""))),
    ];

    // One gathers callees while the others are stored: two, so that storage need not wait for the next block.
    private BlockBuffer _buffer = new();
    private readonly Queue<(BlockBuffer Buffer, Task Storing)> _blocks = new([(new(), Task.CompletedTask), (new(), Task.CompletedTask)]);

    private readonly List<(StagedBlob Blob, int Callees)> _full = [];
    private StagedBlob? _blob;
    private int _callees;
    private int _firstCallee; // -1 when it is stored already

    /// <summary>How many tasks there are so far.</summary>
    public int Count => _full.Count + (_blob is null ? 0 : 1);

    /// <summary>Whether <see cref="StageAsync"/> must be called before the next callee.</summary>
    public bool NeedsStaging => _callees == maxCallees || _buffer.Count >= BlockBuffer.BlockSize;

    /// <summary>Adds a callee to the current task.</summary>
    /// <param name="digits">Its number, normalised.</param>
    /// <param name="callee">The rest of it.</param>
    /// <returns>Where it stands until the next call of <see cref="StageAsync"/>.</returns>
    public (int Start, int End) Add(ReadOnlySpan<byte> digits, Callee callee)
    {
        if (_blob is null)
        {
            Begin();
        }

        var start = _buffer.Count;
        _buffer.Append(_callees == 0 ? "{\"calleeNumber\":\""u8 : ",{\"calleeNumber\":\""u8);
        _buffer.Append(digits);
        for (var i = 0; i < callee.TextCount; i++)
        {
            var text = callee.GetText(i, out var index);
            _buffer.Append(Texts[index]);
            AppendText(text);
        }
        if (callee.HasInformation)
        {
            AppendInformation(callee);
        }
        else
        {
            _buffer.Append("\"}"u8);
        }

        _callees++;
        return (start, _buffer.Count);
    }

    /// <summary>Takes a callee back. What was added after it moves up by as many bytes as are returned.</summary>
    public int Remove(int start, int end)
    {
        if (--_callees == 0)
        {
            // Perhaps nobody follows, and a task needs callees.
            _buffer.Clear();
            _blob = null;
            return 0;
        }
        if (start <= _firstCallee)
        {
            (start, end) = (_firstCallee, end + 1); // the comma goes too: the next one is the first now
        }

        _buffer.Remove(start, end);
        return end - start;
    }

    /// <summary>
    /// Begins to store what has gathered, once there is a free buffer, and ends the current task if it is full. If it cannot
    /// be stored, a later call says so.
    /// </summary>
    public async Task StageAsync(CancellationToken cancellationToken)
    {
        var (free, storing) = _blocks.Peek();
        await storing;
        await onProgress(cancellationToken); // here, never beside the reading
        _blocks.Dequeue();
        _blocks.Enqueue((_buffer, _blob!.StageAsync(_buffer, cancellationToken)));
        _buffer = free;
        _firstCallee = -1;
        if (_callees == maxCallees)
        {
            _full.Add((_blob, _callees));
            (_blob, _callees) = (null, 0);
        }
    }

    /// <summary>Completes all bodies with the settings and makes them appear.</summary>
    /// <param name="settings">The settings but the task names.</param>
    /// <param name="names">A task name for each task.</param>
    /// <param name="appIdIsAccounts">Whether the settings' application id is the account's, and not the campaign's own.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<IReadOnlyList<PlannedTask>> CommitAsync(
        AgentTaskSettings settings,
        IReadOnlyList<string> names,
        bool appIdIsAccounts,
        CancellationToken cancellationToken
    )
    {
        foreach (var (_, storing) in _blocks)
        {
            await storing;
        }

        var tasks = new PlannedTask[Count];
        // The last one is first: the rest of its callees is still in the buffer.
        for (var i = Count - 1; i >= 0; i--)
        {
            var (staged, count) = i < _full.Count ? _full[i] : (_blob!, _callees);
            var appId = WriteTail(settings with { TaskName = names[i] });
            var before = staged.Length;
            await staged.CommitAsync(_buffer, cancellationToken);
            await onProgress(cancellationToken);
            tasks[i] = new PlannedTask(i + 1, names[i], staged.Name, staged.Length, count);
            if (appIdIsAccounts)
            {
                tasks[i] = tasks[i] with { AppIdOffset = before + appId.Start, AppIdLength = appId.Length };
            }
        }
        return tasks;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (stored, storing) in _blocks)
        {
            await storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // it reads from the buffer
            stored.Dispose();
        }
        _buffer.Dispose();
    }

    private void Begin()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{planId}/{_full.Count + 1:0000}.json");
        _blob = store.NewBlob(name, "application/json");
        _buffer.Append("{\"numberInfoList\":["u8);
        _firstCallee = _buffer.Count;
    }

    private void AppendInformation(Callee callee)
    {
        _buffer.Append("\",\"callInformation\":{"u8);
        for (var i = 0; i < callee.InformationCount; i++)
        {
            callee.GetInformation(i, out var name, out var value);
            _buffer.Append(i == 0 ? "\""u8 : ",\""u8);
            AppendText(name);
            _buffer.Append("\":\""u8);
            AppendText(value);
            _buffer.Append("\""u8);
        }
        _buffer.Append("}}"u8);
    }

    /// <summary>Appends valid UTF-8 as the inside of a JSON string.</summary>
    private void AppendText(ReadOnlySpan<byte> text)
    {
        if (!text.ContainsAny(Escaped))
        {
            _buffer.Append(text);
            return;
        }
        const int longest = 6; // \u001f for a byte
        WriterOptions.Encoder!.EncodeUtf8(text, _buffer.GetSpan(text.Length * longest), out _, out var written);
        _buffer.Advance(written);
    }

    /// <summary>Ends the list of callees and writes the settings after it. Returns where the application id stands in the buffer.</summary>
    private (int Start, int Length) WriteTail(AgentTaskSettings settings)
    {
        _buffer.Append("],"u8);
        var start = _buffer.Count + AppIdBegins.Length;
        // The opening brace was written before the callees.
        using (var json = new Utf8JsonWriter(_buffer, WriterOptions))
        {
            settings.WriteTo(json);
            json.WriteEndObject();
        }

        // It is the first setting that is written.
        return settings.AppId is { } appId
            ? (start, JsonEncodedText.Encode(appId, WriterOptions.Encoder).EncodedUtf8Bytes.Length)
            : default;
    }

    private static ReadOnlySpan<byte> AppIdBegins => "\"appId\":\""u8;
}
