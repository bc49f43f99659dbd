using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Laaffic.Api;

/// <summary>The body of a query.</summary>
internal sealed record QueryRequest(int Current, int Size, QueryParams Params)
{
    private const int AgentTask = 3;

    private static readonly ApiJson Json = new(
        new JsonSerializerOptions(ApiJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
    );

    /// <summary>The body of a query for agent tasks.</summary>
    public static QueryRequest Of(TaskQuery query) =>
        new(
            query.Current,
            query.Size,
            new(
                query.From.ToString(SendTime.Format, CultureInfo.InvariantCulture),
                query.To.ToString(SendTime.Format, CultureInfo.InvariantCulture),
                AgentTask,
                query.StatusList,
                query.SearchCondition
            )
        );

    /// <summary>The body's bytes.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json.QueryRequest);
}
