using System.Text.Json;
using CsvHelper;

namespace Laaffic.Benchmarks.Planning;

/// <summary>
/// What one would write in an afternoon: everything into objects, <c>DistinctBy</c>, and the serializer for each task's body.
/// </summary>
internal static partial class PlainPrograms
{
    private const int MaxCalleesPerTask = 200_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static long Csv(byte[] csv)
    {
        using var reader = CsvReader.Create(new MemoryStream(csv), new CsvReaderOptions { CommentPrefix = '#' });
        return Write(
            new Campaign
            {
                TaskName = "plain",
                AgentId = 41,
                NumberInfoList = [.. reader.GetRecords<Row>()],
            }
        );
    }

    public static long FromJson(byte[] campaign) => Write(JsonSerializer.Deserialize<Campaign>(campaign, Json)!);

    private static long Write(Campaign campaign)
    {
        var callees = 0L;
        foreach (var (index, task) in campaign.NumberInfoList.DistinctBy(row => row.CalleeNumber).Chunk(MaxCalleesPerTask).Index())
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(
                new Campaign
                {
                    TaskName = $"{campaign.TaskName}-{index + 1}",
                    AgentId = campaign.AgentId,
                    NumberInfoList = [.. task],
                },
                Json
            );
            callees += body.Length > 0 ? task.Length : 0;
        }
        return callees;
    }

    internal sealed class Campaign
    {
        public string TaskName { get; set; } = "";
        public long AgentId { get; set; }
        public List<Row> NumberInfoList { get; set; } = [];
    }

    [CsvRecord]
    internal sealed partial class Row
    {
        [CsvColumn("calleeNumber")]
        public string CalleeNumber { get; set; } = "";

        [CsvColumn("text1")]
        public string? Text1 { get; set; }

        [CsvColumn("text2")]
        public string? Text2 { get; set; }

        [CsvColumn("text3")]
        public string? Text3 { get; set; }
    }
}
