using System.Security;

namespace Laaffic.Simulation.Storage.Blobs;

/// <summary>The errors of the blob service, and how it tells them.</summary>
internal static class BlobErrors
{
    public static Refusal ContainerNotFound => new(404, "ContainerNotFound", "The specified container does not exist.");

    public static Refusal ContainerAlreadyExists => new(409, "ContainerAlreadyExists", "The specified container already exists.");

    public static Refusal BlobNotFound => new(404, "BlobNotFound", "The specified blob does not exist.");

    public static Refusal BlobAlreadyExists => new(409, "BlobAlreadyExists", "The specified blob already exists.");

    public static Refusal ConditionNotMet =>
        new(412, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.");

    public static Refusal NotModified =>
        new(304, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.");

    public static Refusal InvalidRange => new(416, "InvalidRange", "The range specified is invalid for the current size of the resource.");

    public static Refusal InvalidBlobType => new(409, "InvalidBlobType", "The blob type is invalid for this operation.");

    public static Refusal InvalidBlockList => new(400, "InvalidBlockList", "The specified block list is invalid.");

    public static Refusal InvalidBlockId => new(400, "InvalidBlobOrBlock", "The specified blob or block content is invalid.");

    public static Refusal InvalidHeaderValue =>
        new(400, "InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format.");

    public static Refusal AppendPosition =>
        new(412, "AppendPositionConditionNotMet", "The append position condition specified was not met.");

    public static void Write(Reply reply, Refusal refusal, bool isHead)
    {
        reply.Status = refusal.Status;
        reply.Add("x-ms-error-code", refusal.Code);
        if (!isHead && refusal.Status != 304)
        {
            reply.SetBody(
                "application/xml",
                $"<?xml version=\"1.0\" encoding=\"utf-8\"?>"
                    + $"<Error><Code>{refusal.Code}</Code><Message>{SecurityElement.Escape(refusal.Message)}</Message></Error>"
            );
        }
    }
}
