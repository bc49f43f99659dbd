using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Laaffic.Api;

/// <summary>The bodies of a query and of its reply.</summary>
internal static class TaskPageJson
{
    private const int AgentTask = 3;

    /// <summary>The body of a query for agent tasks.</summary>
    public static byte[] Write(TaskQuery query)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("current", query.Current);
            writer.WriteNumber("size", query.Size);
            writer.WriteStartObject("params");
            writer.WriteString("strTime", query.From.ToString(SendTime.Format, CultureInfo.InvariantCulture));
            writer.WriteString("endTime", query.To.ToString(SendTime.Format, CultureInfo.InvariantCulture));
            writer.WriteNumber("taskType", AgentTask);
            writer.WriteStartArray("statusList");
            foreach (var status in query.StatusList)
            {
                writer.WriteNumberValue((int)status);
            }

            writer.WriteEndArray();
            writer.WriteString("searchCondition", query.SearchCondition);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// The page that a successful reply holds. Only a list of records tells which tasks there are, <c>"records":[]</c> that
    /// there are none: null is returned for anything else, <c>"records":null</c> and <c>"data":null</c> too, which a server
    /// may also answer because it could not look.
    /// </summary>
    public static TaskPage? Read(JsonElement root)
    {
        if (
            !root.TryGetProperty("data", out var data)
            || data.ValueKind != JsonValueKind.Object
            || !data.TryGetProperty("records", out var list)
            || list.ValueKind != JsonValueKind.Array
        )
        {
            return null;
        }

        List<TaskRecord> records = [];
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            records.Add(ReadRecord(item));
        }

        return new TaskPage(
            records,
            ReplyJson.Whole(data, "total"),
            ReplyJson.Whole(data, "pages"),
            ReplyJson.Whole(data, "current"),
            ReplyJson.Whole(data, "size")
        );
    }

    private static TaskRecord ReadRecord(JsonElement record) =>
        new()
        {
            TaskId = ReplyJson.Whole(record, "taskId"),
            TaskName = ReplyJson.Text(record, "taskName"),
            Status = (TaskRecordStatus?)ReplyJson.Int(record, "status"),
            NumCnt = ReplyJson.Int(record, "numCnt"),
            CallNum = ReplyJson.Int(record, "callNum"),
            Success = ReplyJson.Int(record, "success"),
            Fail = ReplyJson.Int(record, "fail"),
            CreatedTime = ReplyJson.Text(record, "createdTime"),
        };
}
