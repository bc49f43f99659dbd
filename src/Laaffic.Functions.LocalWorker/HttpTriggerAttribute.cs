namespace Microsoft.Azure.Functions.Worker;

/// <summary>Calls the function for HTTP requests.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class HttpTriggerAttribute : Attribute
{
    /// <summary>Any method, with a function key.</summary>
    public HttpTriggerAttribute() => AuthLevel = AuthorizationLevel.Function;

    /// <summary>These methods.</summary>
    /// <param name="methods">HTTP methods, in any case.</param>
    public HttpTriggerAttribute(params string[] methods) => Methods = methods;

    /// <summary>Any method.</summary>
    /// <param name="authLevel">The key that a request must bring.</param>
    public HttpTriggerAttribute(AuthorizationLevel authLevel) => AuthLevel = authLevel;

    /// <summary>These methods.</summary>
    /// <param name="authLevel">The key that a request must bring.</param>
    /// <param name="methods">HTTP methods, in any case.</param>
    public HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods)
    {
        AuthLevel = authLevel;
        Methods = methods;
    }

    /// <summary>The route below the app's prefix, such as <c>campaigns/{taskName}</c>; the function's name where it is not set.</summary>
    public string? Route { get; set; }

    /// <summary>The HTTP methods; <see langword="null"/> for any.</summary>
    public string[]? Methods { get; private set; }

    /// <summary>The key that a request must bring.</summary>
    public AuthorizationLevel AuthLevel { get; private set; }
}
