using System.Text.Json;

namespace Laaffic.Simulation.Storage.Tables;

/// <summary>The errors of the table service, and how it tells them.</summary>
internal static class TableErrors
{
    public static Refusal TableNotFound => new(404, "TableNotFound", "The table specified does not exist.");

    public static Refusal TableAlreadyExists => new(409, "TableAlreadyExists", "The table specified already exists.");

    public static Refusal ResourceNotFound => new(404, "ResourceNotFound", "The specified resource does not exist.");

    public static Refusal EntityAlreadyExists => new(409, "EntityAlreadyExists", "The specified entity already exists.");

    public static Refusal ConditionNotSatisfied =>
        new(412, "UpdateConditionNotSatisfied", "The update condition specified in the request was not satisfied.");

    public static Refusal InvalidInput(string message = "One of the request inputs is not valid.") => new(400, "InvalidInput", message);

    public static Refusal OutOfRange(string what) => new(400, "OutOfRangeInput", $"The '{what}' parameter is out of range.");

    public static void Write(Reply reply, Refusal refusal)
    {
        reply.Status = refusal.Status;
        var body = new { code = refusal.Code, message = new { lang = "en-US", value = refusal.Message } };
        reply.SetBody(
            "application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
            JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["odata.error"] = body })
        );
    }
}
