using System.Reflection;
using Azure.Storage.Blobs;
using Laaffic.Campaigns;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Laaffic.Functions.Tests;

/// <summary>What callers, the deployment and Event Grid rely on; it must not change unnoticed.</summary>
public sealed class TriggerContractTests
{
    private static readonly IReadOnlyDictionary<string, MethodInfo> Functions = (
        from type in typeof(FunctionApp).Assembly.GetTypes()
        from method in type.GetMethods()
        let function = method.GetCustomAttribute<FunctionAttribute>()
        where function is not null
        select (function.Name, method)
    ).ToDictionary(function => function.Name, function => function.method);

    [Fact]
    public void The_functions_are_these() =>
        Assert.Equal(
            [
                "CampaignUploaded",
                "GetCampaign",
                "GetTemplate",
                "Health",
                "HealthDetails",
                "ListCampaigns",
                "ListSchedules",
                "ResolveTask",
                "RetryDeferred",
                "SubmitCampaign",
            ],
            Functions.Keys.Order(StringComparer.Ordinal)
        );

    [Theory]
    [InlineData("SubmitCampaign", "post", "campaigns", AuthorizationLevel.Function)]
    [InlineData("GetCampaign", "get", "campaigns/{taskName}", AuthorizationLevel.Function)]
    [InlineData("ResolveTask", "post", "campaigns/{taskName}/tasks/{number}/resolve", AuthorizationLevel.Function)]
    [InlineData("GetTemplate", "get", "profiles/{name}/template.{format}", AuthorizationLevel.Function)]
    [InlineData("ListCampaigns", "get", "campaigns", AuthorizationLevel.Function)]
    [InlineData("ListSchedules", "get", "schedules", AuthorizationLevel.Function)]
    [InlineData("Health", "get", "health", AuthorizationLevel.Anonymous)]
    [InlineData("HealthDetails", "get", "health/details", AuthorizationLevel.Function)]
    public void Http_functions_keep_their_method_route_and_key(string name, string method, string route, AuthorizationLevel level)
    {
        var (trigger, parameter) = TriggerOf<HttpTriggerAttribute>(name);

        Assert.Equal([method], trigger.Methods!);
        Assert.Equal((route, level), (trigger.Route, trigger.AuthLevel));
        Assert.Equal(typeof(HttpRequest), parameter.ParameterType);
        Assert.Equal(typeof(Task<IActionResult>), Functions[name].ReturnType);
    }

    [Fact]
    public void The_route_value_reaches_the_parameter_of_its_name() =>
        Assert.Equal(
            typeof(string),
            Assert.Single(Functions["GetCampaign"].GetParameters(), parameter => parameter.Name == "taskName").ParameterType
        );

    [Fact]
    public void Dropped_files_come_by_event_grid_from_the_container_and_the_account_of_the_app()
    {
        var (trigger, parameter) = TriggerOf<BlobTriggerAttribute>("CampaignUploaded");

        Assert.Equal($"{Containers.Campaigns}/{{name}}", trigger.BlobPath);
        Assert.Equal((BlobTriggerSource.EventGrid, "AzureWebJobsStorage"), (trigger.Source, trigger.Connection));
        Assert.Equal(typeof(BlobClient), parameter.ParameterType);
    }

    [Fact]
    public void The_timer_takes_its_schedule_from_the_setting_and_does_not_run_at_every_start()
    {
        var (trigger, parameter) = TriggerOf<TimerTriggerAttribute>("RetryDeferred");

        Assert.Equal(("%RetryDeferredSchedule%", false), (trigger.Schedule, trigger.RunOnStartup));
        Assert.Equal(typeof(TimerInfo), parameter.ParameterType);
    }

    private static (T Trigger, ParameterInfo Parameter) TriggerOf<T>(string name)
        where T : Attribute
    {
        var parameter = Assert.Single(Functions[name].GetParameters(), parameter => parameter.GetCustomAttribute<T>() is not null);
        return (parameter.GetCustomAttribute<T>()!, parameter);
    }
}
