using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;

namespace Laaffic.Infra.Tests.Support;

/// <summary>App settings that remember what was asked of them.</summary>
internal sealed class RecordedConfiguration : IConfigurationSource
{
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly ConcurrentDictionary<string, byte> _asked = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="settings">By their names as app settings.</param>
    public RecordedConfiguration(IReadOnlyDictionary<string, string> settings)
    {
        this._settings = settings;
        Root = new ConfigurationBuilder().Add(this).Build();
    }

    /// <summary>To be read by the app.</summary>
    public IConfigurationRoot Root { get; }

    /// <summary>The names, as app settings, of all that was asked for, set or not.</summary>
    public IEnumerable<string> Asked => _asked.Keys;

    public IConfigurationProvider Build(IConfigurationBuilder builder) => new Provider(this);

    private sealed class Provider(RecordedConfiguration owner) : ConfigurationProvider
    {
        public override bool TryGet(string key, out string? value)
        {
            var name = key.Replace(":", "__", StringComparison.Ordinal);
            owner._asked.TryAdd(name, 0);
            var found = owner._settings.TryGetValue(name, out var setting);
            value = setting;
            return found;
        }
    }
}
