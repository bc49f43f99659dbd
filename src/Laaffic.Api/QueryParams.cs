namespace Laaffic.Api;

/// <summary>What a query asks for.</summary>
internal sealed record QueryParams(
    string StrTime,
    string EndTime,
    int TaskType,
    IReadOnlyList<TaskRecordStatus> StatusList,
    string SearchCondition
);
