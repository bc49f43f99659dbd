using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Laaffic.Infra.Tests.Support;

[assembly: AssemblyFixture(typeof(Templates))]

namespace Laaffic.Infra.Tests.Support;

/// <summary>The compiled and evaluated templates; each is made once for all tests.</summary>
public sealed class Templates : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<JsonObject>>> _built = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<(JsonObject Parameters, JsonObject Template)>>> _parameters = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<Deployment>>> _evaluated = new();

    public BicepCli Bicep { get; } = new();

    /// <summary>A template of the folder <c>infra</c> as the JSON that Azure receives.</summary>
    public async Task<JsonObject> BuildAsync(string template) =>
        template == "main.bicep"
            ? (await BothAsync("production")).Template
            : await _built.GetOrAdd(template, t => new(() => Bicep.BuildAsync(Path.Combine("infra", t)))).Value;

    /// <summary>The parameter file of an environment as the JSON that Azure receives.</summary>
    public async Task<JsonObject> ParametersAsync(string name) => (await BothAsync(name)).Parameters;

    /// <summary>What the parameter file of an environment deploys.</summary>
    public Task<Deployment> EnvironmentAsync(string name) =>
        _evaluated.GetOrAdd(name, n => new(() => Bicep.EvaluateAsync(Path.Combine("infra", $"main.{n}.bicepparam")))).Value;

    /// <summary>What the second step deploys.</summary>
    public Task<Deployment> EventSubscriptionAsync() =>
        _evaluated
            .GetOrAdd(
                "event-subscription",
                _ =>
                    new(() =>
                        Bicep.EvaluateAsync(
                            Bicep.Write(
                                "event-subscription.bicepparam",
                                """
                                using 'event-subscription.bicep'

                                param functionAppName = 'func-name'
                                param systemTopicName = 'topic-name'
                                param storageAccountName = 'stname'
                                """
                            )
                        )
                    )
            )
            .Value;

    public void Dispose() => Bicep.Dispose();

    private Task<(JsonObject Parameters, JsonObject Template)> BothAsync(string name) =>
        _parameters.GetOrAdd(name, n => new(() => Bicep.BuildParametersAsync(Path.Combine("infra", $"main.{n}.bicepparam")))).Value;
}
