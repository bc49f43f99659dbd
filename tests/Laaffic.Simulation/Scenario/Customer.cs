using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;

namespace Laaffic.Simulation.Scenario;

/// <summary>People and programs who hand in campaigns: they drop files and send requests.</summary>
internal sealed class Customer(World world)
{
    private readonly BlobContainerClient _files = world.Direct.Blobs.GetBlobContainerClient("campaigns");

    public List<Drop> Drops { get; } = [];

    public List<Post> Posts { get; } = [];

    /// <summary>What is on its way: nothing may be called settled before it has happened.</summary>
    public int Pending { get; private set; }

    public void Later(TimeSpan delay, Action action)
    {
        Pending++;
        world.Scheduler.After(
            delay,
            () =>
            {
                Pending--;
                action();
            }
        );
    }

    public Drop Put(string path, CampaignSpec spec, bool isHalf = false, bool isPoison = false, bool announce = true)
    {
        _files.GetBlobClient(path).Upload(BinaryData.FromBytes(spec.Content), overwrite: true);
        var drop = new Drop(path, spec, world.Now) { IsHalf = isHalf, IsPoison = isPoison };
        Enter(drop);
        world.Note(null, () => $"{path} is {(isHalf ? "begun" : "dropped")}: '{spec.Name}', {spec.Valid.Count} callees");
        if (announce)
        {
            Announce(path);
        }

        return drop;
    }

    /// <summary>A file that is written bit by bit.</summary>
    public void Append(string path, CampaignSpec spec)
    {
        var blob = _files.GetAppendBlobClient(path);
        blob.CreateIfNotExists();
        var drop = new Drop(path, spec, world.Now) { IsAppended = true };
        Enter(drop);
        var text = Encoding.UTF8.GetString(spec.Content);
        var at = TimeSpan.Zero;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            at += TimeSpan.FromSeconds(world.Random.Next(1, 60));
            Later(
                at,
                () =>
                {
                    using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(line + "\n"));
                    blob.AppendBlock(bytes);
                }
            );
        }

        world.Note(null, () => $"{path} begins to be appended to: '{spec.Name}', for {at}");
        Announce(path);
    }

    /// <summary>A file that its writer flushes while it grows, with less than two minutes in between; only its end is announced.</summary>
    public void Grow(string path, CampaignSpec spec)
    {
        Put(path, CampaignMaker.Half(spec), isHalf: true, announce: false);
        Later(TimeSpan.FromSeconds(world.Random.Next(10, 115)), () => Put(path, spec));
    }

    public void Delete(string path)
    {
        _files.GetBlobClient(path).DeleteIfExists();
        if (Drops.LastOrDefault(d => d.Path == path && d.GoneAt is null) is { } gone)
        {
            gone.GoneAt = world.Now;
        }

        world.Note(null, () => $"{path} is deleted");
    }

    /// <summary>Sends a request, and again while it is not answered for good.</summary>
    public void Send(Post post)
    {
        if (post.Sent == 0)
        {
            Posts.Add(post);
        }

        post.Sent++;
        Pending++;
        var isOver = false;
        world.Scheduler.After(TimeSpan.FromSeconds(230), () => Answered(0, ""));
        _ = SendAsync();

        async Task SendAsync()
        {
            var (status, body) = await world
                .AnyInstance()
                .PostAsync(post.Spec.Content, post.Spec.IsCsv ? "text/csv" : "application/json", null);
            Answered(status, body);
        }

        void Answered(int status, string body)
        {
            if (isOver)
            {
                return;
            }

            isOver = true;
            Pending--;
            (post.Status, post.Body) = (status, body);
            world.Note(null, () => $"POST '{post.Spec.Name}' is answered {status}");
            if (status is 0 or >= 500)
            {
                if (post.Sent < 40)
                {
                    Later(TimeSpan.FromMinutes(world.Random.Next(1, 10)), () => Send(post));
                }

                return;
            }

            post.AnsweredAt = world.Now;
        }
    }

    private void Enter(Drop drop)
    {
        foreach (var before in Drops)
        {
            if (before.Path == drop.Path)
            {
                before.GoneAt ??= world.Now;
            }
        }

        Drops.Add(drop);
    }

    /// <summary>The event of a file: usually soon; as the run has it, late, twice or never.</summary>
    private void Announce(string path)
    {
        if (!world.Features.LateEvents)
        {
            Later(TimeSpan.FromSeconds(world.Random.NextDouble() * 3), () => Trigger(path, 1));
            return;
        }

        for (
            var events = world.Random.Next(4) switch
            {
                0 => 0,
                3 => 2,
                _ => 1,
            };
            events > 0;
            events--
        )
        {
            var delay =
                world.Random.Next(3) == 0
                    ? TimeSpan.FromMinutes(world.Random.Next(1, 90))
                    : TimeSpan.FromSeconds(world.Random.NextDouble() * 3);
            Later(delay, () => Trigger(path, 1));
        }
    }

    /// <summary>The host gives an event up to five times to whoever takes it.</summary>
    private void Trigger(string path, int attempt)
    {
        var isDone = false;
        _ = TriggerAsync();
        // Nobody says whether a process died: the message shows again when its time is over.
        world.Scheduler.After(TimeSpan.FromMinutes(10), Again);

        async Task TriggerAsync()
        {
            isDone = await world.AnyInstance().TakeUpAsync(path);
            if (!isDone)
            {
                world.Scheduler.After(TimeSpan.FromSeconds(10), Again);
            }
        }

        void Again()
        {
            if (isDone || attempt >= 5)
            {
                return;
            }

            isDone = true;
            Trigger(path, attempt + 1);
        }
    }
}
