using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Laaffic.Testing;

/// <summary>
/// A key vault as the REST API of Azure Key Vault describes it, as far as reading secrets goes: over TLS, with the
/// authentication challenge, versions, and the errors that a vault answers.
/// </summary>
public sealed class VaultServer : IAsyncDisposable
{
    private const string Token = "token-of-the-app";
    private const string Scope = "https://vault.azure.net/.default";

    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;
    private readonly ConcurrentDictionary<string, string[]> _secrets = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentQueue<string> _asked = [];
    private TaskCompletionSource _released = Completed();
    private int _waiting;

    private VaultServer(WebApplication app, X509Certificate2 certificate) => (this._app, this._certificate) = (app, certificate);

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>The secrets that were asked for with a valid token, in order, the client's repetitions included.</summary>
    public IReadOnlyList<string> Asked => [.. _asked];

    /// <summary>Requests that wait for <see cref="Release"/>.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Answers this to whoever has a valid token; null for the truth.</summary>
    public Func<HttpContext, IResult>? Fault { get; set; }

    public static async Task<VaultServer> StartAsync()
    {
        var certificate = SelfSigned();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var server = new VaultServer(app, certificate);
        app.MapGet("/secrets/{name}/{version?}", server.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>Adds a version of a secret, which is then the current one.</summary>
    public void Set(string name, string value) => _secrets.AddOrUpdate(name, [value], (_, versions) => [.. versions, value]);

    public void Remove(string name) => _secrets.TryRemove(name, out _);

    /// <summary>Every request waits from now on.</summary>
    public void Hold() => _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _released.TrySetResult();

    /// <summary>The real client, which trusts this server's certificate only, and repeats at once what it repeats.</summary>
    public SecretClient Client(TokenCredential? credential = null) =>
        new(
            Address,
            credential ?? new Identity(),
            new SecretClientOptions
            {
                DisableChallengeResourceVerification = true, // a loopback address is not in the domain of Azure's vaults
                Retry =
                {
                    MaxRetries = 1,
                    Delay = TimeSpan.FromMilliseconds(1),
                    Mode = RetryMode.Fixed,
                },
                Transport = new HttpClientTransport(
                    new HttpClientHandler
                    {
                        ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Thumbprint == _certificate.Thumbprint,
                    }
                ),
            }
        );

    public async ValueTask DisposeAsync()
    {
        Release();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _certificate.Dispose();
    }

    private async Task<IResult> AnswerAsync(HttpContext context, string name)
    {
        Interlocked.Increment(ref _waiting);
        await _released.Task.WaitAsync(context.RequestAborted);
        Interlocked.Decrement(ref _waiting);
        if (context.Request.Query["api-version"].Count != 1)
        {
            return Error(400, "BadParameter", "api-version must be specified");
        }

        if (context.Request.Headers.Authorization != "Bearer " + Token)
        {
            context.Response.Headers.WWWAuthenticate =
                "Bearer authorization=\"https://login.microsoftonline.com/7c1d1a4e-0000-4000-8000-000000000000\", "
                + "resource=\"https://vault.azure.net\"";
            return Error(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.");
        }

        _asked.Enqueue(name);
        return (Fault ?? Truth)(context);
    }

    /// <summary>What a vault answers that has no trouble.</summary>
    public IResult Truth(HttpContext context)
    {
        var name = (string)context.GetRouteValue("name")!;
        if (!_secrets.TryGetValue(name, out var versions))
        {
            return Error(404, "SecretNotFound", $"A secret with (name/id) {name} was not found in this key vault.");
        }

        var version = context.GetRouteValue("version") is string asked ? int.Parse(asked, CultureInfo.InvariantCulture) : versions.Length;
        return Results.Json(
            new
            {
                value = versions[version - 1],
                id = $"{Address}secrets/{name}/{version}",
                attributes = new { enabled = true },
            }
        );
    }

    public static IResult Error(int status, string code, string message) =>
        Results.Json(new { error = new { code, message } }, statusCode: status);

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=vault.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Gives the token of the app's identity, or says that there is no identity.</summary>
    public sealed class Identity(bool isThere = true) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Assert.Equal([Scope], requestContext.Scopes);
            return isThere
                ? new AccessToken(Token, DateTimeOffset.UtcNow.AddHours(1))
                : throw new CredentialUnavailableException("No identity was found on this machine.\nSee the troubleshooting guide.");
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
