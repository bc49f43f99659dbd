using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using Laaffic.Campaigns;
using Laaffic.Simulation.Checks;

namespace Laaffic.Simulation.Scenario;

/// <summary>
/// A person who reads the reports and does what they say, to the letter. What was not submitted is submitted again: the file
/// that the app offers for it, or, where it offers none, the whole list under another name.
/// </summary>
internal sealed class Operator(World world, Customer customer)
{
    private readonly BlobContainerClient _results = world.Direct.Blobs.GetBlobContainerClient("results");
    private readonly HashSet<string> _followed = [];

    /// <summary>How often advice was followed.</summary>
    public int Followed { get; private set; }

    /// <summary>How often the app was told what became of a task.</summary>
    public int Resolved { get; private set; }

    /// <summary>True if there was something to do.</summary>
    public bool Look()
    {
        if (!world.Features.Advice || Followed >= 12)
        {
            return false;
        }

        var before = Followed + Resolved;
        // After the ledger was set back, what was reported before is not followed (docs/deploy.md, "Restoring the ledger").
        var names = _results
            .GetBlobs()
            .Where(b => b.Properties.LastModified >= (world.Watch.RestoredAt ?? DateTimeOffset.MinValue))
            .Select(b => b.Name)
            .ToList();
        foreach (var name in names.Where(n => n.EndsWith(".report.json", StringComparison.Ordinal)))
        {
            using var report = JsonDocument.Parse(_results.GetBlobClient(name).DownloadContent().Value.Content);
            var root = report.RootElement;
            var state = root.GetProperty("state").GetString();
            if (!root.TryGetProperty("counts", out var counts))
            {
                continue; // it is about a schedule's file
            }

            if (root.GetProperty("needsAction").GetString()?.Contains("/resolve", StringComparison.Ordinal) == true)
            {
                Resolve(name, root);
                continue;
            }

            if (state is "waiting" or "accepted" or "duplicate" || counts.GetProperty("notSubmitted").GetInt64() == 0)
            {
                continue;
            }

            if (SpecOf(root) is { } spec)
            {
                Follow(name, spec, root);
            }
        }

        foreach (
            var post in customer.Posts.Where(p =>
                p.AnsweredAt is not null && p.Status is 409 or 422 && _followed.Add($"POST {p.Spec.Name} {p.Spec.Hash}")
            )
        )
        {
            if (
                post.Spec.Mistake is null
                && post.Body.Contains("\"state\": \"rejected\"", StringComparison.Ordinal)
                && post.Status == 409
                && !FindsThemThere(post.Body, post.Spec)
            )
            {
                FollowWholly("the answer", post.Spec);
            }
        }

        return Followed + Resolved > before;
    }

    /// <summary>
    /// Looks uncertain tasks up in the console, and tells the app what is there; an hour after the last attempt at the soonest, by any
    /// clock.
    /// </summary>
    private void Resolve(string report, JsonElement root)
    {
        var campaign = root.GetProperty("taskName").GetString()!;
        var spec = SpecOf(root);
        var tasks = root.GetProperty("tasks").EnumerateArray().ToList();
        for (var i = 0; i < tasks.Count; i++)
        {
            var name = tasks[i].GetProperty("name").GetString()!;
            var isOpen =
                tasks[i].GetProperty("state").GetString() is "uncertain"
                || tasks[i].GetProperty("reason").GetString()?.Contains("before you have looked", StringComparison.Ordinal) == true;
            if (
                !isOpen
                || Ledger.TasksNamed(world.Account, name) is not [{ LastAttemptAt: { } last }]
                || world.Now - last < TimeSpan.FromMinutes(65)
            )
            {
                continue;
            }

            var found = world.Api.Tasks.FirstOrDefault(t =>
                t.Name == name && (spec is null ? !t.IsStrangers : t.Numbers.All(spec.Valid.Contains))
            );
            if (!_followed.Add($"{report} {i} {found?.KeyId}"))
            {
                continue;
            }

            Resolved++;
            world.Note(null, () => $"task '{name}' is told to be {(found is null ? "not accepted" : $"accepted as {found.KeyId}")}");
            var number = i + 1;
            // another's, that has the name
            var id = found?.KeyId ?? world.Api.Tasks.FirstOrDefault(t => t.Key == world.Api.KeyOf(name))?.KeyId;
            customer.Later(
                TimeSpan.FromSeconds(5),
                () => _ = world.AnyInstance().ResolveAsync(campaign, number, new TaskResolution(found is not null, id, "operator"))
            );
        }
    }

    private CampaignSpec? SpecOf(JsonElement report)
    {
        var source = report.GetProperty("source").GetString()!;
        var name = report.GetProperty("taskName").GetString();
        // A file of one name may have been replaced: a committed campaign is told by its content.
        var hash =
            name is not null && report.GetProperty("committedAt").ValueKind != JsonValueKind.Null
                ? Ledger.Campaign(world.Account, name)?.ContentHash
                : null;
        return source.StartsWith("campaigns/", StringComparison.Ordinal)
            ? customer
                .Drops.LastOrDefault(d =>
                    "campaigns/" + d.Path == source && (name is null || d.Spec.Name == name) && (hash is null || d.Spec.Hash == hash)
                )
                ?.Spec
            : customer.Posts.LastOrDefault(p => p.Spec.Name == name && (hash is null || p.Spec.Hash == hash))?.Spec;
    }

    private void Follow(string report, CampaignSpec spec, JsonElement root)
    {
        var files = root.TryGetProperty("notSubmittedFiles", out var offered)
            ? offered.EnumerateArray().Select(f => f.GetString()!["results/".Length..]).ToList()
            : [];
        foreach (var file in files.Where(_followed.Add))
        {
            if (!MayFollow(spec))
            {
                continue;
            }

            var path = $"again/{++Followed}{Path.GetExtension(file)}";
            var again = Read(_results.GetBlobClient(file).DownloadContent().Value.Content.ToArray(), spec);
            world.Note(null, () => $"{file} is dropped again as {path}");
            customer.Put(path, again);
        }

        if (files.Count > 0 || !_followed.Add(report) || !MayFollow(spec))
        {
            return;
        }

        if (!FindsThemThere(root.GetRawText(), spec))
        {
            FollowWholly(report, spec);
        }
    }

    /// <summary>Who is told to look first finds what is there.</summary>
    private bool FindsThemThere(string report, CampaignSpec spec) =>
        report.Contains("before you have looked", StringComparison.Ordinal)
        && spec.Valid.Any(n => world.Api.Tasks.Any(t => t.Numbers.Contains(n)));

    private void FollowWholly(string report, CampaignSpec spec)
    {
        // Of two copies of one list one is submitted again.
        if (!MayFollow(spec) || !_followed.Add("again " + spec.Hash))
        {
            return;
        }

        Followed++;
        world.Note(null, () => $"the advice of {report} is followed: its list is submitted again");
        var name = spec.Name.Trim();
        customer.Put($"again/{Followed}.json", CampaignMaker.Again(spec, $"{name[..Math.Min(40, name.Length)]} again {Followed}"));
    }

    /// <summary>
    /// A list that its author got wrong is fixed by its author, and has then other contents. And nobody goes on for ever.
    /// </summary>
    private static bool MayFollow(CampaignSpec spec) => spec.Mistake is null && spec.FollowsAdviceOn?.FollowsAdviceOn is null;

    /// <summary>What is in a file that the app offers: its settings and its rows.</summary>
    private static CampaignSpec Read(byte[] content, CampaignSpec before)
    {
        var lines = Encoding
            .UTF8.GetString(content)
            .TrimStart('\uFEFF')
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var name =
            lines
                .Where(l => l.StartsWith("# taskName:", StringComparison.Ordinal))
                .Select(l => l["# taskName:".Length..].Trim().Trim('"'))
                .FirstOrDefault()
            ?? before.Name;
        var rows = lines.SkipWhile(l => l.StartsWith('#')).Skip(1).Select(l => l.Split(',', ';')[0].Trim('"')).ToList();
        if (content[0] == '{')
        {
            using var json = JsonDocument.Parse(content);
            name = json.RootElement.GetProperty("taskName").GetString()!;
            rows =
            [
                .. json.RootElement.GetProperty("numberInfoList").EnumerateArray().Select(c => c.GetProperty("calleeNumber").GetString()!),
            ];
        }

        return new CampaignSpec(name, content, IsCsv: content[0] != '{', rows)
        {
            FollowsAdviceOn = before,
            AppId = before.AppId,
            HasLongTexts = before.HasLongTexts,
            MayConflict = before.MayConflict,
        };
    }
}
