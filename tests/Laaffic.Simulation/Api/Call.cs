using System.Text.Json;

namespace Laaffic.Simulation.Api;

/// <summary>A request whose body has arrived as a whole.</summary>
internal sealed record Call(string Path, bool IsCreate, string? Key, string? Timestamp, byte[] Body)
{
    /// <summary>The task's name, or what is searched for.</summary>
    public string Name =>
        Read(root =>
            IsCreate ? root.GetProperty("taskName").GetString() : root.GetProperty("params").GetProperty("searchCondition").GetString()
        ) ?? "";

    public int Callees => IsCreate ? Read(root => root.GetProperty("numberInfoList").GetArrayLength()) : 0;

    private T Read<T>(Func<JsonElement, T> read)
    {
        using var json = JsonDocument.Parse(Body);
        return read(json.RootElement);
    }
}
