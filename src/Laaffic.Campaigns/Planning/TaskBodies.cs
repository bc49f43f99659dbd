using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Laaffic.Api;
using Laaffic.Campaigns.Intake;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// The request bodies of a campaign's tasks. Callees come first in each, <c>{"numberInfoList":[…</c>, and are stored as they
/// arrive; the settings, which a campaign may give last, follow when the body is committed. Nothing appears before that.
/// </summary>
internal sealed class TaskBodies(BlobContainerClient container, string planId, int maxCallees, Heartbeat heartbeat) : IDisposable
{
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        // Sent as UTF-8 JSON, never put into a page: only what JSON itself asks for is escaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly JsonEncodedText Callees = JsonEncodedText.Encode("numberInfoList");
    private static readonly JsonEncodedText Number = JsonEncodedText.Encode("calleeNumber");
    private static readonly JsonEncodedText Information = JsonEncodedText.Encode("callInformation");
    private static readonly JsonEncodedText[] Texts =
        [.. Enumerable.Range(1, CalleeRules.TextCount).Select(n => JsonEncodedText.Encode(string.Create(CultureInfo.InvariantCulture, $"text{n}")))];

    private readonly BlockBuffer buffer = new();
    private readonly List<(StagedBlob Blob, int Callees)> full = [];
    private Utf8JsonWriter? writer;
    private StagedBlob? blob;
    private int callees;

    /// <summary>How many tasks there are so far.</summary>
    public int Count => full.Count + (blob is null ? 0 : 1);

    /// <summary>Whether <see cref="StageAsync"/> must be called before the next callee.</summary>
    public bool NeedsStaging => callees == maxCallees || (writer is not null && buffer.Count + writer.BytesPending >= BlockBuffer.BlockSize);

    /// <summary>Adds a callee to the task at hand.</summary>
    /// <param name="digits">Its number, normalised.</param>
    /// <param name="callee">The rest of it.</param>
    public void Add(ReadOnlySpan<byte> digits, Callee callee)
    {
        var json = blob is null ? Begin() : writer!;
        json.WriteStartObject();
        json.WriteString(Number, digits);
        for (var i = 0; i < callee.TextCount; i++)
        {
            var text = callee.GetText(i, out var index);
            json.WriteString(Texts[index], text);
        }
        if (callee.HasInformation)
            Write(json, callee);
        json.WriteEndObject();
        callees++;
    }

    /// <summary>Stores what has gathered, and ends the task at hand if it is full.</summary>
    public async Task StageAsync(CancellationToken cancellationToken)
    {
        writer!.Flush();
        await blob!.StageAsync(buffer, cancellationToken);
        if (callees == maxCallees)
        {
            full.Add((blob, callees));
            (blob, callees) = (null, 0);
        }
    }

    /// <summary>Completes all bodies with the settings and makes them appear.</summary>
    /// <param name="settings">The settings but the task names.</param>
    /// <param name="names">A task name for each task.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<IReadOnlyList<PlannedTask>> CommitAsync(AgentTaskSettings settings, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        writer?.Flush();
        var tasks = new PlannedTask[Count];
        // The last one is first: the rest of its callees is still in the buffer.
        for (var i = Count - 1; i >= 0; i--)
        {
            var (staged, count) = i < full.Count ? full[i] : (blob!, callees);
            WriteTail(settings with { TaskName = names[i] });
            await staged.CommitAsync(buffer, cancellationToken);
            tasks[i] = new PlannedTask(i + 1, names[i], staged.Name, staged.Length, count);
        }
        return tasks;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        writer?.Dispose();
        buffer.Dispose();
    }

    private Utf8JsonWriter Begin()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{planId}/{full.Count + 1:0000}.json");
        blob = new StagedBlob(container.GetBlockBlobClient(name), "application/json", heartbeat);
        if (writer is null)
            writer = new Utf8JsonWriter(buffer, WriterOptions);
        else
            writer.Reset();
        writer.WriteStartObject();
        writer.WriteStartArray(Callees);
        return writer;
    }

    private static void Write(Utf8JsonWriter json, Callee callee)
    {
        json.WriteStartObject(Information);
        for (var i = 0; i < callee.InformationCount; i++)
        {
            callee.GetInformation(i, out var name, out var value);
            json.WriteString(name, value);
        }
        json.WriteEndObject();
    }

    /// <summary>Ends the list of callees and writes the settings after it.</summary>
    private void WriteTail(AgentTaskSettings settings)
    {
        var tail = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(tail, WriterOptions))
        {
            json.WriteStartObject();
            settings.WriteTo(json);
            json.WriteEndObject();
        }
        // The settings' opening brace was written before the callees.
        "],"u8.CopyTo(buffer.GetSpan(2));
        buffer.Advance(2);
        var rest = tail.WrittenSpan[1..];
        rest.CopyTo(buffer.GetSpan(rest.Length));
        buffer.Advance(rest.Length);
    }
}
