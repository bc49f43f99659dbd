using Laaffic.Campaigns.Ledger;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Telemetry;

/// <summary>
/// All that is logged, a line each. The ids do not change, as alerts name them: 1000 and above are about files, 2000 tasks,
/// 3000 the account, 4000 due work,
/// 6000 schedules. What the lines hold of others' texts is masked by their callers, <see cref="LogText"/>.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "{Path} is committed as campaign {Campaign}: {Callees} callees in {Tasks} tasks.")]
    public static partial void FileCommitted(this ILogger log, string path, string? campaign, long callees, int tasks);

    [LoggerMessage(1002, LogLevel.Information, "{Path} has the content of an earlier upload, campaign {Campaign}: nothing to do.")]
    public static partial void FileIsRepeated(this ILogger log, string path, string campaign);

    [LoggerMessage(1003, LogLevel.Error, "{Path} is rejected, nothing of it is submitted: {Error} ({Count} errors)")]
    public static partial void FileRejected(this ILogger log, string path, string error, long count);

    [LoggerMessage(1004, LogLevel.Warning, "The file {Path} was deleted before it was read; nothing of it is submitted.")]
    public static partial void FileDeleted(this ILogger log, string path);

    [LoggerMessage(1005, LogLevel.Warning, "{Path} was changed while it was read; it is read again at {Due:u}.")]
    public static partial void FileChanged(this ILogger log, string path, DateTimeOffset due);

    [LoggerMessage(1006, LogLevel.Error, "{Path} waits for the account's secrets until {Until:u}: {Failure}")]
    public static partial void FileWaitsForSecrets(this ILogger log, string path, DateTimeOffset until, string failure);

    [LoggerMessage(1007, LogLevel.Error, "Reading {Path} failed; it is read again at {Due:u}: {Failure}")]
    public static partial void FileFailed(this ILogger log, string path, DateTimeOffset due, string failure);

    [LoggerMessage(1008, LogLevel.Warning, "Another instance deals with {Path} now.")]
    public static partial void FileTakenOver(this ILogger log, string path);

    [LoggerMessage(1009, LogLevel.Information, "{Path} is large and waits until the large one before it is read.")]
    public static partial void FileWaitsForItsTurn(this ILogger log, string path);

    [LoggerMessage(1010, LogLevel.Error, "The unannounced file {Path} could not be taken up; the timer tries again: {Failure}")]
    public static partial void UnannouncedFileFailed(this ILogger log, string path, string failure);

    [LoggerMessage(6001, LogLevel.Information, "Schedule {Schedule}, {At:u}: made as campaign {Campaign}, {Callees} callees.")]
    public static partial void OccurrenceMade(this ILogger log, string schedule, DateTimeOffset at, string? campaign, long callees);

    [LoggerMessage(6002, LogLevel.Error, "Schedule {Schedule}, {At:u}: no campaign is made of it, {State}: {Reason}")]
    public static partial void OccurrenceNotMade(
        this ILogger log,
        string schedule,
        DateTimeOffset at,
        OccurrenceState state,
        string reason
    );

    [LoggerMessage(6003, LogLevel.Error, "Schedule {Schedule}, {At:u}: making it failed; it is tried again at {Due:u}: {Failure}")]
    public static partial void OccurrenceFailed(this ILogger log, string schedule, DateTimeOffset at, DateTimeOffset due, string failure);

    [LoggerMessage(6004, LogLevel.Warning, "Schedule {Schedule}, {At:u}: another instance makes it now.")]
    public static partial void OccurrenceTakenOver(this ILogger log, string schedule, DateTimeOffset at);

    [LoggerMessage(6005, LogLevel.Information, "Schedule {Schedule} is in force.")]
    public static partial void ScheduleTakenIn(this ILogger log, string schedule);

    [LoggerMessage(6006, LogLevel.Error, "The file of schedule {Schedule} is wrong: {Error} ({Count} errors)")]
    public static partial void ScheduleWrong(this ILogger log, string schedule, string error, long count);

    [LoggerMessage(6007, LogLevel.Warning, "Schedule {Schedule} is deleted: it makes nothing any more.")]
    public static partial void ScheduleDeleted(this ILogger log, string schedule);

    [LoggerMessage(6008, LogLevel.Error, "Schedule {Schedule} failed; it is tried again: {Failure}")]
    public static partial void ScheduleFailed(this ILogger log, string schedule, string failure);

    [LoggerMessage(2001, LogLevel.Information, "Task {Task}, attempt {Attempt}: {Outcome}")]
    public static partial void TaskAnswered(this ILogger log, string task, int attempt, string outcome);

    [LoggerMessage(2002, LogLevel.Error, "Task {Task} is {State} after attempt {Attempt}: {Reason}")]
    public static partial void TaskSettledBadly(this ILogger log, string task, TaskState state, int attempt, string reason);

    [LoggerMessage(2003, LogLevel.Error, "Task {Task}, attempt {Attempt}: it could not be sent; it is tried again: {Failure}")]
    public static partial void TaskNotSent(this ILogger log, string task, int attempt, string failure);

    [LoggerMessage(
        2004,
        LogLevel.Warning,
        "Task {Task}: its reservation took so long to be written that nothing was sent; it is tried again."
    )]
    public static partial void TaskReservedTooLate(this ILogger log, string task);

    [LoggerMessage(2005, LogLevel.Warning, "Task {Task} was accepted as {KeyId}, and the ledger does not take it yet: {Failure}")]
    public static partial void AcceptanceNotRecorded(this ILogger log, string task, long? keyId, string failure);

    [LoggerMessage(2006, LogLevel.Warning, "Task {Task}, attempt {Attempt}: another worker has taken it over meanwhile.")]
    public static partial void TaskTakenOver(this ILogger log, string task, int attempt);

    [LoggerMessage(2007, LogLevel.Warning, "Task {Task} is {State} by the word of {Person}.")]
    public static partial void TaskResolved(this ILogger log, string task, TaskState state, string person);

    [LoggerMessage(2008, LogLevel.Warning, "The acceptance of {Task} could not be noted for later look-ups: {Failure}")]
    public static partial void AcceptanceNotNoted(this ILogger log, string task, string failure);

    [LoggerMessage(
        2009,
        LogLevel.Critical,
        "Task {Task} was accepted as {KeyId}, and the ledger did not take it; it is looked up at Laaffic later: {Failure}"
    )]
    public static partial void AcceptanceLost(this ILogger log, string task, long? keyId, string failure);

    [LoggerMessage(
        3001,
        LogLevel.Critical,
        "The account is on hold until {Until:u}, and all its tasks wait: {Reason} The first task due then is the probe that lifts the hold."
    )]
    public static partial void AccountOnHold(this ILogger log, DateTimeOffset until, string reason);

    [LoggerMessage(
        3002,
        LogLevel.Warning,
        "Nothing is sent until {Until:u}, as Laaffic does not do its part: {Reason} One task is the probe then."
    )]
    public static partial void AccountPaused(this ILogger log, DateTimeOffset until, string reason);

    [LoggerMessage(3003, LogLevel.Warning, "{Kind} of the account since {Since:u} is lifted.")]
    public static partial void AccountReleased(this ILogger log, string kind, DateTimeOffset since);

    [LoggerMessage(
        3004,
        LogLevel.Information,
        "Laaffic takes no more tasks at present, and the others stand in line. Its list shows {Running} that are not finished."
    )]
    public static partial void AccountBusy(this ILogger log, int? running);

    [LoggerMessage(3005, LogLevel.Information, "Laaffic takes tasks again, and nobody stands in line any more.")]
    public static partial void AccountHasRoom(this ILogger log);

    [LoggerMessage(3006, LogLevel.Warning, "Laaffic's list of tasks does not tell whether there is room: {Failure}")]
    public static partial void RoomUnknown(this ILogger log, string failure);

    [LoggerMessage(3007, LogLevel.Warning, "The queue could not be served; the timer does it: {Failure}")]
    public static partial void QueueNotServed(this ILogger log, string failure);

    [LoggerMessage(3008, LogLevel.Error, "The turn of {Campaign} failed; it is tried again: {Failure}")]
    public static partial void TurnFailed(this ILogger log, string campaign, string failure);

    [LoggerMessage(3009, LogLevel.Warning, "That Laaffic is busy could not be recorded: {Failure}")]
    public static partial void BusyNotRecorded(this ILogger log, string failure);

    [LoggerMessage(4001, LogLevel.Error, "Working on {Kind} {Subject} failed; it is tried again: {Failure}")]
    public static partial void WorkFailed(this ILogger log, WorkItemKind kind, string subject, string failure);

    [LoggerMessage(4002, LogLevel.Error, "Campaign {Campaign} is committed, but not worked on to the end; the timer goes on: {Failure}")]
    public static partial void CampaignNotFinished(this ILogger log, string campaign, string failure);

    /// <summary>Where a failure that a line told of came from, for developers.</summary>
    [LoggerMessage(9001, LogLevel.Debug, "The failure in full.")]
    public static partial void Details(this ILogger log, Exception failure);
}
