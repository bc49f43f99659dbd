using System.Diagnostics;
using System.Reflection;
using System.Runtime.ExceptionServices;
using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Laaffic.LocalHost;

/// <summary>A method with a <see cref="FunctionAttribute"/> and the trigger that calls it.</summary>
internal sealed class Function
{
    private readonly MethodInfo _method;
    private readonly ParameterInfo _input;

    private Function(string name, MethodInfo method, ParameterInfo input, Attribute trigger) =>
        (Name, _method, _input, Trigger) = (name, method, input, trigger);

    /// <summary>The function's name.</summary>
    public string Name { get; }

    /// <summary>A blob, HTTP or timer trigger.</summary>
    public Attribute Trigger { get; }

    /// <summary>Finds the functions among types.</summary>
    /// <exception cref="InvalidOperationException">One is declared in a way that cannot be called here.</exception>
    public static IReadOnlyList<Function> Discover(IEnumerable<Type> types)
    {
        Function[] functions =
        [
            .. from type in types
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            let attribute = method.GetCustomAttribute<FunctionAttribute>()
            where attribute is not null
            select Of(attribute.Name, method),
        ];
        return
            functions.GroupBy(function => function.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1)
                is { } twice
            ? throw new InvalidOperationException($"Two functions are named {twice.Key}.")
            : functions;
    }

    /// <summary>Calls the function in a scope of its own, on a new instance of its class made from the services.</summary>
    /// <param name="services">Where its class gets what it needs.</param>
    /// <param name="input">The value of the parameter with the trigger.</param>
    /// <param name="text">The value of a text parameter, by its name.</param>
    /// <param name="logger">Told how long the call took.</param>
    /// <param name="cancellationToken">The value of a cancellation token parameter.</param>
    /// <returns>The result of an HTTP function; <see langword="null"/> of the others.</returns>
    public async Task<IActionResult?> InvokeAsync(
        IServiceProvider services,
        object input,
        Func<string, string?> text,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        var started = Stopwatch.GetTimestamp();
        await using var scope = services.CreateAsyncScope();
        object?[] arguments =
        [
            .. _method
                .GetParameters()
                .Select(parameter =>
                    parameter == _input ? input
                    : parameter.ParameterType == typeof(CancellationToken) ? cancellationToken
                    : text(parameter.Name!)
                ),
        ];
        var instance = _method.IsStatic ? null : ActivatorUtilities.CreateInstance(scope.ServiceProvider, _method.DeclaringType!);
        try
        {
            var task = (Task)_method.Invoke(instance, arguments)!;
            await task;
            return (task as Task<IActionResult>)?.Result;
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            // Thrown before the method's first await.
            ExceptionDispatchInfo.Throw(inner);
            throw;
        }
        finally
        {
            if (instance is IAsyncDisposable asyncDisposable)
            {
                await asyncDisposable.DisposeAsync();
            }
            else
            {
                (instance as IDisposable)?.Dispose();
            }

            logger.FunctionTook(Name, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    private static Function Of(string name, MethodInfo method)
    {
        var parameters = method.GetParameters();
        var triggers = (
            from parameter in parameters
            from attribute in parameter.GetCustomAttributes()
            where attribute is BlobTriggerAttribute or HttpTriggerAttribute or TimerTriggerAttribute
            select (Parameter: parameter, Attribute: attribute)
        ).ToArray();
        if (triggers is not [var (input, trigger)])
        {
            throw Unusable($"it has {triggers.Length} triggers of the kinds blob, HTTP and timer instead of one");
        }

        var (inputType, resultType) = trigger switch
        {
            BlobTriggerAttribute => (typeof(BlobClient), typeof(Task)),
            HttpTriggerAttribute => (typeof(HttpRequest), typeof(Task<IActionResult>)),
            _ => (typeof(TimerInfo), typeof(Task)),
        };
        if (input.ParameterType != inputType)
        {
            throw Unusable($"its parameter {input.Name} is not of type {inputType.Name}");
        }

        if (method.ReturnType != resultType)
        {
            throw Unusable($"it does not return {(resultType == typeof(Task) ? "Task" : "Task<IActionResult>")}");
        }

        var texts = trigger is not TimerTriggerAttribute;
        return
            parameters.FirstOrDefault(parameter =>
                parameter != input
                && parameter.ParameterType != typeof(CancellationToken)
                && !(texts && parameter.ParameterType == typeof(string))
            )
                is { } unknown
            ? throw Unusable($"nothing is known for its parameter {unknown.Name} of type {unknown.ParameterType.Name}")
            : new Function(name, method, input, trigger);

        InvalidOperationException Unusable(string why) => new($"The function {name} cannot be called by the local host: {why}.");
    }
}
