using Azure;
using Azure.Storage.Blobs;
using Laaffic.Campaigns.Mapping;
using Laaffic.Campaigns.Parsing;
using Microsoft.Extensions.DependencyInjection;

namespace Laaffic.Campaigns.Planning;

/// <summary>Reads profiles, the settings that lists share.</summary>
internal sealed class ProfileReader([FromKeyedServices(Containers.Profiles)] BlobContainerClient profiles)
{
    /// <summary>The profile of lists that name none.</summary>
    public const string Default = "default";

    private const string ByLine = "put a line '# name: value' before the header row";

    /// <summary>Reads a profile.</summary>
    /// <param name="name">Its path in the container without <c>.json</c>; null: none is asked for.</param>
    /// <param name="errors">Takes what is wrong with it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null if it cannot be read; an error then says why.</returns>
    /// <exception cref="RequestFailedException">Storage did not do its part.</exception>
    public async Task<Profile?> ReadAsync(string? name, CampaignErrors errors, CancellationToken cancellationToken)
    {
        var draft = new SettingsDraft();
        if (name is null)
        {
            return new Profile(draft, false, $": {ByLine}");
        }

        if (ProfileNames.FindFault(name) is { } fault)
        {
            errors.Add("profile", null, fault);
            return null;
        }

        var before = errors.Count;
        var blobName = $"{profiles.Name}/{name}.json";
        try
        {
            var blob = profiles.GetBlobClient($"{name}.json");
            using var download = (await blob.DownloadStreamingAsync(cancellationToken: cancellationToken)).Value;
            await JsonCampaignReader.ReadProfileAsync(download.Content, errors, draft, blobName, cancellationToken);
        }
        catch (RequestFailedException failure) when (failure.Status is 404 or 400)
        {
            return new Profile(draft, false, $": {blobName} does not exist, where it would be set; create it, or {ByLine}");
        }

        return errors.Count > before ? null : new Profile(draft, true, $": set it in {blobName}, or {ByLine}");
    }

    /// <summary>The empty list that a profile reads.</summary>
    /// <param name="name">The profile.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RequestFailedException">Storage did not do its part.</exception>
    public async Task<TemplateResult> FindTemplateAsync(string name, CancellationToken cancellationToken)
    {
        var errors = new CampaignErrors();
        if (await ReadAsync(name, errors, cancellationToken) is not { } profile)
        {
            return new(null, Exists: true, errors.List);
        }

        var settings = ListSettings.Read(profile.Draft, hasColumns: true, errors);
        return profile.Exists && errors.Count == 0
            ? new(ListTemplate.For(settings), Exists: true, [])
            : new(null, profile.Exists, errors.List);
    }
}
