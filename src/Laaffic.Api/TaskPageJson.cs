using System.Text.Json;

namespace Laaffic.Api;

/// <summary>Reads the body of a query's reply.</summary>
internal static class TaskPageJson
{
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
