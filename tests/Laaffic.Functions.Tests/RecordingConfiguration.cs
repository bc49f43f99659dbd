using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Laaffic.Functions.Tests;

/// <summary>Settings that remember which of them were asked for, by the names that the environment gives them.</summary>
internal sealed class RecordingConfiguration(IConfiguration settings) : IConfiguration
{
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => _names;

    [SuppressMessage("Design", "CA1065", Justification = "Settings are only read.")]
    public string? this[string key]
    {
        get
        {
            Remember(key);
            return settings[key];
        }
        set => throw new NotSupportedException();
    }

    public IConfigurationSection GetSection(string key)
    {
        Remember(key);
        return settings.GetSection(key);
    }

    public IEnumerable<IConfigurationSection> GetChildren() => throw new NotSupportedException();

    public IChangeToken GetReloadToken() => settings.GetReloadToken();

    private void Remember(string key) => _names.Add(key.Replace(":", "__", StringComparison.Ordinal));
}
