using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests;

/// <summary>Lists over HTTP: trying them first, forms, templates, and what stands in the query.</summary>
public sealed class ListUploadTests(StorageFixture storage)
{
    private const string Profile = """
        {"taskName":"{file}","agentId":41,"recallFlow":{"recallType":1,"recallInterval":30,"recallNum":2},
        "list":{"columns":{"calleeNumber":["Mobile","Phone"],"text1":"{First} {Last}"},"required":["Branch"]}}
        """;

    private const string List = """
        First,Last,Mobile,Phone,Branch,Owner
        Ann,Lee,12025550101,,North,x
        Ben,Cole,,+1 202 555 0102,South,x
        Cem,,12,,East,x
        Dora,May,12025550101,,West,x
        Eve,Ray,12025550104,,,x
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dry_run_shows_what_would_become_of_a_list_and_neither_keeps_nor_sends_anything()
    {
        await using var app = await StartAsync();

        var answer = await app.PostCsvAsync(List, "?profile=customers&file=may.csv&dryRun=true");

        Assert.Equal((HttpStatusCode.OK, "checked"), (answer.Status, answer.State));
        Assert.Equal(
            (5, 1, 2, 2),
            (answer.Count("read"), answer.Count("duplicate"), answer.Count("rejected"), answer.Count("notSubmitted"))
        );
        var preview = answer.Body.GetProperty("preview");
        Assert.Equal(
            ["2 120••••••01 Ann Lee", "3 120••••••02 Ben Cole"],
            preview
                .GetProperty("callees")
                .EnumerateArray()
                .Select(c => $"{c.GetProperty("line")} {c.GetProperty("calleeNumber")} {c.GetProperty("texts").GetProperty("text1")}")
        );
        Assert.Equal("Mobile, else Phone", preview.GetProperty("readAs").GetProperty("columns").GetProperty("calleeNumber").GetString());
        Assert.Equal("may", Assert.Single(preview.GetProperty("tasks").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal(3, preview.GetProperty("maxCallsPerCallee").GetInt32());
        Assert.Equal(2, preview.GetProperty("countries").GetProperty("US").GetInt64());
        Assert.Equal(2, preview.GetProperty("rejectionReasons").GetArrayLength());
        Assert.DoesNotContain("12025550101", answer.Body.GetRawText(), StringComparison.Ordinal);

        Assert.Equal(0, app.Simulator.CreateCallsReceived);
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetCampaignAsync("may")).Status);
        Assert.Empty(await StoredAsync(app));
        Assert.Equal("accepted", (await app.PostCsvAsync(List, "?profile=customers&file=may.csv")).State);
    }

    [Theory]
    [InlineData("First,Number\nAnn,12025550101\n")]
    [InlineData("")]
    [InlineData("First,Last,Mobile,Phone,Branch\nAnn,Lee,1,,North\n")]
    public async Task A_dry_run_of_what_would_be_rejected_is_answered_422(string list)
    {
        await using var app = await StartAsync();

        var answer = await app.PostCsvAsync(list, "?profile=customers&dryRun=true");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "rejected"), (answer.Status, answer.State));
        Assert.NotEmpty(answer.Errors);
        Assert.Empty(await StoredAsync(app));
    }

    [Fact]
    public async Task A_dry_run_says_that_a_task_name_is_taken_and_that_the_same_was_submitted()
    {
        await using var app = await StartAsync();
        await app.PostCsvAsync(List, "?profile=customers&file=may.csv");

        var same = await app.PostCsvAsync(List, "?profile=customers&file=may.csv&dryRun=true");
        var other = await app.PostCsvAsync(List + "\nFay,Day,12025550105,,North,x\n", "?profile=customers&file=may.csv&dryRun=true");

        Assert.Equal(HttpStatusCode.OK, same.Status);
        Assert.Contains("submitted before, as 'may'", same.Report.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "taskName"), (other.Status, Assert.Single(other.Errors).Field));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_form_has_a_file_and_its_profile_in_any_order(bool fileFirst)
    {
        await using var app = await StartAsync();

        var answer = await PostFormAsync(
            app,
            "",
            fileFirst ? [File("may.csv"), Field("profile", "customers")] : [Field("profile", "customers"), File("may.csv")]
        );

        Assert.Equal((HttpStatusCode.OK, "accepted"), (answer.Status, answer.State));
        Assert.Equal("may", answer.Report.GetProperty("taskName").GetString());
        Assert.Equal(["12025550101", "12025550102"], app.Simulator.FindTask("may")!.Numbers);
    }

    [Fact]
    public async Task A_form_that_is_not_clear_is_answered_400_and_nothing_is_sent()
    {
        await using var app = await StartAsync();

        foreach (
            var parts in (HttpContent[][])
                [
                    [],
                    [Field("profile", "customers")],
                    [File("a.csv"), File("b.csv")],
                    [File("a.csv"), Field("profil", "x")],
                ]
        )
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await PostFormAsync(app, "", parts)).Status);
        }

        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await PostFormAsync(app, "?profile=default", [File("a.csv"), Field("profile", "customers")])).Status
        );
        Assert.Equal(0, app.Simulator.CreateCallsReceived);
    }

    [Theory]
    [InlineData("?dryrunn=true")]
    [InlineData("?dryRun=yes")]
    [InlineData("?dryRun")]
    [InlineData("?dryRun=")]
    [InlineData("?dryRun=true&dryRun=false")]
    [InlineData("?profil=customers")]
    [InlineData("?size=5")]
    public async Task A_parameter_that_means_nothing_is_answered_400_and_nothing_is_sent(string query)
    {
        await using var app = await StartAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await app.PostCsvAsync(List, query)).Status);
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await app.GetAsync($"campaigns{query.Replace("size", "sise", StringComparison.Ordinal)}")).Status
        );
        Assert.Equal(HttpStatusCode.BadRequest, (await app.GetAsync("campaigns/x" + query)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.GetAsync("health/details" + query)).Status);
        Assert.Equal(0, app.Simulator.CreateCallsReceived);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("xlsx")]
    public async Task The_template_of_a_profile_is_a_list_that_it_reads(string format)
    {
        await using var app = await StartAsync();
        var template = await app.GetBytesAsync($"profiles/customers/template.{format}");
        if (format == "csv")
        {
            Assert.Equal(
                "\uFEFFMobile,Phone,First,Last,Branch\r\n12025550123,12025550123,Example,Example,Example\r\n",
                Encoding.UTF8.GetString(template)
            );
        }

        var answer = await PostFormAsync(app, "?profile=customers", [File($"template.{format}", template)]);

        Assert.Equal((HttpStatusCode.OK, 1L), (answer.Status, answer.Count("accepted")));
    }

    [Fact]
    public async Task Of_a_profile_that_is_not_there_or_wrong_there_is_no_template()
    {
        await using var app = await StartAsync();
        await app.PutProfileAsync("wrong", """{"list":{"columns":7}}""");

        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync("profiles/other/template.csv")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync("profiles/customers/template.pdf")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await app.GetAsync("profiles/wrong/template.csv")).Status);
    }

    private async Task<HttpApp> StartAsync()
    {
        var app = await HttpApp.StartAsync(storage);
        await app.PutProfileAsync("customers", Profile);
        return app;
    }

    private static async Task<IReadOnlyList<string>> StoredAsync(HttpApp app)
    {
        var names = new List<string>();
        await foreach (var blob in app.Blobs.GetBlobContainerClient("tasks").GetBlobsAsync(cancellationToken: Token))
        {
            names.Add(blob.Name);
        }

        return names;
    }

    private static async Task<Answer> PostFormAsync(HttpApp app, string query, HttpContent[] parts)
    {
        using var form = new MultipartFormDataContent();
        foreach (var part in parts)
        {
            form.Add(part);
        }

        return await app.SendAsync(new HttpRequestMessage(HttpMethod.Post, "campaigns" + query) { Content = form });
    }

    private static StringContent Field(string name, string value)
    {
        var content = new StringContent(value);
        content.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = $"\"{name}\"" };
        return content;
    }

    private static ByteArrayContent File(string name) => File(name, Encoding.UTF8.GetBytes(List));

    private static ByteArrayContent File(string name, byte[] content)
    {
        var file = new ByteArrayContent(content);
        file.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "\"file\"", FileName = $"\"{name}\"" };
        return file;
    }
}
