using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Laaffic.Api;

/// <summary>A whole create request: its settings and its callees.</summary>
/// <param name="Settings">Everything but the callees.</param>
/// <param name="NumberInfoList">The callees, 1 to <see cref="CalleeRules.MaxCalleesPerTask"/> of them.</param>
public sealed record AgentTaskRequest(AgentTaskSettings Settings, IReadOnlyList<NumberInfo> NumberInfoList)
{
    /// <summary>Checks every documented rule and returns all that are broken; empty if it can be sent.</summary>
    /// <remarks>
    /// A sendTime with an offset is a violation here, as the API's form has none: convert it to the account's zone first.
    /// A text over <see cref="CalleeRules.MaxTextLength"/> characters is not a violation: the platform cuts it.
    /// </remarks>
    public IReadOnlyList<Violation> Validate()
    {
        List<Violation> broken = [.. Settings.Validate()];
        if (Settings.SendTime is { } time && SendTime.TryRead(time, out _, out TimeSpan? offset) && offset is not null)
        {
            broken.Add(new("sendTime", $"has an offset; convert it to the account's zone and give it as {SendTime.Format}"));
        }

        if (NumberInfoList.Count == 0)
        {
            broken.Add(new("numberInfoList", "is empty; give at least one callee"));
        }

        if (NumberInfoList.Count > CalleeRules.MaxCalleesPerTask)
        {
            broken.Add(new("numberInfoList", $"{NumberInfoList.Count} callees are more than {CalleeRules.MaxCalleesPerTask}"));
        }

        for (var i = 0; i < NumberInfoList.Count; i++)
        {
            if (!CalleeRules.IsCalleeNumber(NumberInfoList[i].CalleeNumber))
            {
                broken.Add(
                    new(
                        $"numberInfoList[{i}].calleeNumber",
                        $"must be {CalleeRules.MinDigits}-{CalleeRules.MaxDigits} digits, country code first"
                    )
                );
            }

            if (NumberInfoList[i].Texts.Count > CalleeRules.TextCount)
            {
                broken.Add(new($"numberInfoList[{i}]", $"{NumberInfoList[i].Texts.Count} texts are more than {CalleeRules.TextCount}"));
            }
        }

        return broken;
    }

    /// <summary>
    /// Writes the request, valid or not, into memory. Large campaigns are better written to a file or a store and described
    /// by a <see cref="TaskBody"/> that opens that.
    /// </summary>
    public TaskBody ToBody()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            Settings.WriteTo(writer);
            writer.WriteStartArray("numberInfoList");
            foreach (var callee in NumberInfoList)
            {
                callee.WriteTo(writer);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        var bytes = buffer.WrittenSpan.ToArray();
        return new TaskBody(bytes.Length, _ => Task.FromResult<Stream>(new MemoryStream(bytes, writable: false)));
    }
}
