using System.Globalization;
using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Laaffic.Simulation.Checks;

namespace Laaffic.Simulation.Scenario;

/// <summary>Somebody who has campaigns made by the clock, changes the schedule now and then, and its list.</summary>
internal sealed class ScheduleKeeper(World world, Customer customer)
{
    /// <summary>The schedule's name.</summary>
    public const string Name = "often";

    private const string ListName = "overdue.csv";

    private readonly BlobContainerClient _lists = world.Direct.Blobs.GetBlobContainerClient("lists");
    private readonly List<(DateTimeOffset From, int Every)> _versions = [];
    private int _listCount;
    private bool _hasEnded;

    /// <summary>The lists that were there, one after the other; their names mean nothing.</summary>
    public List<CampaignSpec> Lists { get; } = [];

    /// <summary>How late an occurrence may be made.</summary>
    public static TimeSpan Grace => TimeSpan.FromMinutes(40);

    /// <summary>The profile of the schedule is there.</summary>
    public void Begin() => Put("profiles", "scheduled.json", """{"taskName":"{schedule} {date} {time}","agentId":41}""");

    /// <summary>A version of the schedule: a campaign every so many minutes of the hour; 0 is none.</summary>
    public void Put(int every) => OnceSeen(() => PutNow(every));

    /// <summary>A version that is none.</summary>
    public void PutWrong() => OnceSeen(() => Put("schedules", Name + ".json", """{"cron": "every morning", "list": "overdue.csv"}"""));

    /// <summary>The last version: there are no campaigns any more.</summary>
    public void End()
    {
        _hasEnded = true;
        OnceSeen(() => PutNow(0), isLast: true);
    }

    // What the app has not seen yet was never in force, and only the app knows that.
    private void OnceSeen(Action put, bool isLast = false)
    {
        if (_hasEnded && !isLast)
        {
            return;
        }

        if (_versions.Count == 0 || Ledger.SeenVersion(world.Account, Name) == Schedule.GetProperties().Value.ETag.ToString().Trim('"'))
        {
            put();
        }
        else
        {
            customer.Later(TimeSpan.FromMinutes(7), () => OnceSeen(put, isLast));
        }
    }

    private BlobClient Schedule => world.Direct.Blobs.GetBlobContainerClient("schedules").GetBlobClient(Name + ".json");

    private void PutNow(int every)
    {
        var cron = every == 0 ? "*/10 * * * *" : string.Create(CultureInfo.InvariantCulture, $"*/{every} * * * *");
        Put(
            "schedules",
            Name + ".json",
            $$"""
            {"cron": "{{cron}}", "timeZone": "UTC", "list": "{{ListName}}", "profile": "scheduled", "grace": "{{Grace:c}}", "enabled": {{(
                every == 0 ? "false" : "true"
            )}}}
            """
        );
        _versions.Add((Schedule.GetProperties().Value.LastModified, every));
        world.Note(null, () => $"schedule {Name} is every {every} minutes");
    }

    /// <summary>Another list, or none, or one whose upload does not come to its end.</summary>
    public void Change()
    {
        switch (world.Random.Next(6))
        {
            case 0:
                _lists.GetBlobClient(ListName).DeleteIfExists();
                world.Note(null, () => $"lists/{ListName} is deleted");
                break;
            case 1:
                using (var bytes = new MemoryStream([1, 2, 3]))
                {
                    _lists.GetBlockBlobClient(ListName).StageBlock("AAAA", bytes);
                }

                world.Note(null, () => $"lists/{ListName} begins to be written");
                break;
            default:
                var list = ++_listCount;
                List<string> numbers =
                [
                    .. Enumerable
                        .Range(0, world.Random.Next(1, 6))
                        .Select(i => string.Create(CultureInfo.InvariantCulture, $"1303{list:D4}{i:D4}")),
                ];
                var content = Encoding.UTF8.GetBytes($"calleeNumber\n{string.Join('\n', numbers)}\n");
                Lists.Add(new CampaignSpec("", content, IsCsv: true, numbers));
                Put("lists", ListName, Encoding.UTF8.GetString(content));
                world.Note(null, () => $"lists/{ListName} is list {list}, {numbers.Count} callees");
                break;
        }
    }

    /// <summary>All occurrences that there were, up to the last change of the schedule.</summary>
    public IEnumerable<DateTimeOffset> Occurrences()
    {
        foreach (var (version, next) in _versions.Zip(_versions.Skip(1)))
        {
            var minute = new DateTimeOffset(version.From.UtcDateTime.Date, TimeSpan.Zero);
            for (; version.Every > 0 && minute <= next.From; minute += TimeSpan.FromMinutes(1))
            {
                if (minute > version.From && minute.Minute % version.Every == 0)
                {
                    yield return minute;
                }
            }
        }
    }

    /// <summary>Whether the version that an occurrence is of was turned off while the occurrence could still be made.</summary>
    public bool WasTurnedOffAfter(DateTimeOffset at) =>
        _versions.FirstOrDefault(version => version.From >= at) is { From.Year: > 1, Every: 0 } next && next.From - at <= Grace;

    private void Put(string container, string name, string content) =>
        world.Direct.Blobs.GetBlobContainerClient(container).GetBlobClient(name).Upload(BinaryData.FromString(content), overwrite: true);
}
