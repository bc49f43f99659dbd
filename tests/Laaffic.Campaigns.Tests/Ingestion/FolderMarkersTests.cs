using Laaffic.Campaigns.Ingestion;

namespace Laaffic.Campaigns.Tests.Ingestion;

public sealed class FolderMarkersTests
{
    [Theory]
    [InlineData("a/", 0, null, true), InlineData("a", 0, "true", true)]
    [
        InlineData("a", 0, null, false),
        InlineData("a", 0, "false", false),
        InlineData("a", 1, "true", false),
        InlineData("a/", 1, null, false)
    ]
    public void A_folder_is_empty_and_says_so(string path, long length, string? mark, bool isFolder) =>
        Assert.Equal(
            isFolder,
            FolderMarkers.IsFolder(
                path,
                length,
                mark is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["hdi_isfolder"] = mark }
            )
        );
}
