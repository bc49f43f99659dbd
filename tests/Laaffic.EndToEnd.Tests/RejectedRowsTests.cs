using System.Text;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests;

/// <summary>The file of rejected rows is fixed and dropped again.</summary>
public sealed class RejectedRowsTests(StorageFixture storage)
{
    private const string Profile = """
        {"taskName":"{file}","agentId":41,"list":{"columns":{"calleeNumber":"Mobile","text1":"{Name}"}}}
        """;

    private const string List = """"
        Branch;Mobile;Name
        =North;12025550101;Ann
        -South;12;"Ben; ""the second"""
        East;+1 202 555 0102;-5%
        West;12025550101;Ann again
        """";

    [Fact]
    public async Task It_holds_the_rows_as_they_were_and_the_duplicates_as_what_they_are()
    {
        await using var app = await StartAsync();

        await app.DropAsync("reminders/may.csv", List);

        Assert.Equal(
            """"
            line,reason,Branch,Mobile,Name
            3,"the number has 2 digits; 6 to 18 are needed, country code first (campaign: may #ee4d)",'-South,12,"Ben; ""the second"""
            5,"the same number stands further up in this list, and is called once (campaign: may #ee4d)",West,12025550101,Ann again

            """".ReplaceLineEndings("\r\n"),
            (await app.ResultAsync("reminders/may.csv.rejected.csv")).TrimStart('\uFEFF')
        );
        Assert.Equal(1, (await app.ReportAsync("reminders/may.csv")).Counts.Rejected);
    }

    [Fact]
    public async Task Fixed_and_dropped_again_it_calls_whom_the_first_did_not_call_and_nobody_twice()
    {
        await using var app = await StartAsync();
        await app.DropAsync("reminders/may.csv", List);
        var file = await app.ResultAsync("reminders/may.csv.rejected.csv");

        await app.DropAsync("reminders/may again.csv", file.Replace(",12,", ",12025550103,", StringComparison.Ordinal));

        var report = await app.ReportAsync("reminders/may again.csv");
        Assert.Equal(CampaignStates.Accepted, report.State);
        Assert.Equal(new CalleeCounts(2, 1, 0, 1, 0, 0), report.Counts);
        Assert.Equal(["12025550101", "12025550102", "12025550103"], app.Called.Order());
        Assert.Contains(
            "this number was submitted with the campaign 'may' already",
            await app.ResultAsync("reminders/may again.csv.rejected.csv"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task It_is_read_in_its_own_encoding_whatever_that_of_the_lists_is()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.PutProfileAsync(
            "big5",
            """{"taskName":"{file}","agentId":41,"list":{"encoding":"big5","columns":{"calleeNumber":"電話","text1":"姓名"}}}"""
        );
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var list = Encoding.GetEncoding("big5").GetBytes("姓名,電話\n王小明,12025550101\n陳淑芬,12\n");
        await app.DropAsync("big5/may.csv", BinaryData.FromBytes(list));
        var file = await app.ResultAsync("big5/may.csv.rejected.csv");

        await app.DropAsync("big5/fixed.csv", file.Replace("12\r\n", "12025550102\r\n", StringComparison.Ordinal));

        Assert.Equal("陳淑芬", Assert.Single(app.Simulator.FindTask("fixed")!.Callees).Texts[1]);
    }

    [Fact]
    public async Task What_was_rejected_of_the_fixed_rows_again_is_kept_from_both_campaigns()
    {
        await using var app = await StartAsync();
        await app.DropAsync("reminders/may.csv", List + "\nNorth;13;Cem");
        var first = await app.ResultAsync("reminders/may.csv.rejected.csv");
        await app.DropAsync("reminders/two.csv", first.Replace(",12,", ",12025550103,", StringComparison.Ordinal));
        var second = await app.ResultAsync("reminders/two.csv.rejected.csv");

        await app.DropAsync(
            "reminders/three.csv",
            second.Replace(",13,", ",12025550104,", StringComparison.Ordinal) + "9,added by hand,a,12025550103,b\r\n9,,a,12025550102,b\r\n"
        );

        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("reminders/three.csv")).State);
        Assert.Equal(["12025550101", "12025550102", "12025550103", "12025550104"], app.Called.Order());
    }

    [Fact]
    public async Task Fixed_and_dropped_in_stages_it_calls_nobody_twice()
    {
        await using var app = await StartAsync();
        await app.DropAsync("reminders/may.csv", List + "\nNorth;13;Cem\nNorth;14;Dora");
        var file = await app.ResultAsync("reminders/may.csv.rejected.csv");

        var once = file.Replace(",12,", ",12025550103,", StringComparison.Ordinal);
        await app.DropAsync("reminders/one.csv", once);
        await app.DropAsync("reminders/two.csv", once.Replace(",13,", ",12025550104,", StringComparison.Ordinal));
        var ofTheFirst = await app.ResultAsync("reminders/one.csv.rejected.csv");
        await app.DropAsync(
            "reminders/three.csv",
            ofTheFirst.Replace(",13,", ",12025550104,", StringComparison.Ordinal).Replace(",14,", ",12025550105,", StringComparison.Ordinal)
        );

        Assert.Equal(["12025550101", "12025550102", "12025550103", "12025550104", "12025550105"], app.Called.Order(StringComparer.Ordinal));
        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("reminders/three.csv")).State);
    }

    [Fact]
    public async Task What_was_made_of_a_file_of_which_nothing_was_submitted_still_belongs_to_the_first_campaign()
    {
        await using var app = await StartAsync();
        await app.DropAsync("reminders/may.csv", List);
        var file = await app.ResultAsync("reminders/may.csv.rejected.csv");
        await app.DropAsync("reminders/unfixed.csv", file);
        Assert.Equal(CampaignStates.Rejected, (await app.ReportAsync("reminders/unfixed.csv")).State);

        var again = await app.ResultAsync("reminders/unfixed.csv.rejected.csv");
        await app.DropAsync("reminders/fixed.csv", again.Replace(",12,", ",12025550103,", StringComparison.Ordinal));

        Assert.Equal(["12025550101", "12025550102", "12025550103"], app.Called.Order());
    }

    [Fact]
    public async Task Rows_of_two_campaigns_in_one_file_are_refused()
    {
        await using var app = await StartAsync();
        await app.DropAsync("reminders/may.csv", List);
        await app.DropAsync(
            "reminders/june.csv",
            List.Replace("1202555010", "1202555011", StringComparison.Ordinal).Replace("0102", "0112", StringComparison.Ordinal)
        );
        var may = await app.ResultAsync("reminders/may.csv.rejected.csv");
        var june = await app.ResultAsync("reminders/june.csv.rejected.csv");
        var called = app.Called.Count;

        await app.DropAsync("reminders/both.csv", may + june[(june.IndexOf('\n', StringComparison.Ordinal) + 1)..]);

        var error = Assert.Single((await app.ReportAsync("reminders/both.csv")).Errors);
        Assert.Equal(4, error.Line);
        Assert.Contains("in a file of their own", error.Message, StringComparison.Ordinal);
        Assert.Equal(called, app.Called.Count);
    }

    [Theory]
    [InlineData("reason,line,Branch,Mobile,Name", 1, 0, 2, 3, 4)]
    [InlineData("reason,Branch,Mobile,Name", 1, 2, 3, 4)]
    [InlineData("Branch,Mobile,Name,line,reason", 2, 3, 4, 0, 1)]
    [InlineData("Branch,Mobile,why,Name", 2, 3, 1, 4)]
    public async Task It_is_known_for_what_it_is_though_its_columns_were_moved_removed_or_renamed(string header, params int[] columns)
    {
        await using var app = await StartAsync();
        await app.DropAsync("reminders/may.csv", List);
        var lines = (await app.ResultAsync("reminders/may.csv.rejected.csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1);
        var rows = lines
            .Select(line => Sylvan.Data.Csv.CsvDataReader.Create(new StringReader(line), new() { HasHeaders = false }))
            .Select(row =>
                row.Read() ? columns.Select(column => $"\"{row.GetString(column).Replace("\"", "\"\"", StringComparison.Ordinal)}\"") : []
            );

        await app.DropAsync(
            "reminders/moved.csv",
            $"{header}\r\n{string.Join("\r\n", rows.Select(row => string.Join(',', row)))}\r\n".Replace(
                "\"12\"",
                "12025550103",
                StringComparison.Ordinal
            )
        );

        var report = await app.ReportAsync("reminders/moved.csv");
        Assert.Equal((CampaignStates.Accepted, 1L, 1L), (report.State, report.Counts.Accepted, report.Counts.Duplicate));
        Assert.Equal(["12025550101", "12025550102", "12025550103"], app.Called.Order());
    }

    [Fact]
    public async Task A_row_that_names_its_campaign_after_one_that_does_not_is_refused()
    {
        await using var app = await StartAsync();
        await app.DropAsync("reminders/may.csv", List);

        await app.DropAsync(
            "reminders/new.csv",
            $"Reason,Mobile,Name\r\n,12025550109,Gil\r\nwrong{RejectedRows.MarkOf("may")},12025550101,Ann\r\n"
        );

        var error = Assert.Single((await app.ReportAsync("reminders/new.csv")).Errors);
        Assert.Equal(3, error.Line);
        Assert.Contains("but the first row has no such reason", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, app.Called.Count);
    }

    [Fact]
    public async Task Of_a_list_that_stood_alone_it_has_the_settings_and_another_name()
    {
        await using var app = await StartAsync();
        await app.DropAsync(
            "alone.csv",
            "# taskName: Spring\n# agentId: 42\n# columns: {\"calleeNumber\": \"Mobile\", \"text1\": \"Name\"}\n" + List
        );
        var file = await app.ResultAsync("alone.csv.rejected.csv");

        await app.DropAsync("alone fixed.csv", file.Replace(",12,", ",12025550103,", StringComparison.Ordinal));

        var report = await app.ReportAsync("alone fixed.csv");
        Assert.Equal((CampaignStates.Accepted, "Spring fixed"), (report.State, report.TaskName));
        Assert.Equal(["12025550101", "12025550102", "12025550103"], app.Called.Order());
    }

    [Theory]
    [InlineData("x (campaign: y)")]
    [InlineData("(campaign: x)")]
    [InlineData("a) (campaign: b")]
    [InlineData("=1;=2, \"quoted\"")]
    [InlineData("A name of sixty-four characters, which is as long as one may be.")]
    public async Task It_knows_its_campaign_whatever_that_is_called(string name)
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.DropAsync("a.csv", $"# taskName: {name}\n# agentId: 41\n'+Phone,calleeNumber\nx,12025550101\nx,12\nx,12025550101\n");
        var file = await app.ResultAsync("a.csv.rejected.csv");

        await app.DropAsync("b.csv", file.Replace(",12\r\n", ",12025550102\r\n", StringComparison.Ordinal));

        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("b.csv")).State);
        Assert.Equal(["12025550101", "12025550102"], app.Called.Order());
    }

    [Fact]
    public async Task Where_its_campaigns_name_was_lost_in_saving_it_is_rejected()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.DropAsync("a.csv", "# taskName: 五月\n# agentId: 41\ncalleeNumber\n12025550101\n12\n");
        var file = await app.ResultAsync("a.csv.rejected.csv");

        await app.DropAsync(
            "b.csv",
            "# taskName: Fixed\n# agentId: 41\n"
                + file.TrimStart('\uFEFF')
                    .Replace("五月", "??", StringComparison.Ordinal)
                    .Replace(",12\r", ",12025550101\r", StringComparison.Ordinal)
        );

        Assert.Contains(
            "or not as it was written",
            Assert.Single((await app.ReportAsync("b.csv")).Errors).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(["12025550101"], app.Called);
    }

    [Fact]
    public async Task Its_headers_are_those_of_the_list_though_a_spreadsheet_would_take_them_for_formulas()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.PutProfileAsync(
            "odd",
            """{"taskName":"{file}","agentId":41,"list":{"columns":{"calleeNumber":"+Phone","text1":"-Name;=x"}}}"""
        );
        await app.DropAsync("odd/list.csv", "+Phone,-Name;=x\n12025550101,Ann\n12,Ben\n");
        var file = await app.ResultAsync("odd/list.csv.rejected.csv");

        await app.DropAsync("odd/fixed.csv", file.Replace(",12,", ",12025550102,", StringComparison.Ordinal));

        Assert.Empty((await app.ReportAsync("odd/fixed.csv")).Errors);
        Assert.Equal("Ben", Assert.Single(app.Simulator.FindTask("fixed")!.Callees).Texts[1]);
    }

    [Fact]
    public async Task Without_its_reasons_it_is_rejected_as_whom_the_first_has_called_is_not_known()
    {
        await using var app = await StartAsync();
        await app.DropAsync("reminders/may.csv", List);

        await app.DropAsync("reminders/cleared.csv", "line,reason,Branch,Mobile,Name\n3,,South,12025550101,Ben\n");

        var error = Assert.Single((await app.ReportAsync("reminders/cleared.csv")).Errors);
        Assert.Equal((null, 2), (error.Field, error.Line));
        Assert.Equal(2, app.Called.Count);
    }

    [Fact]
    public async Task Where_the_first_campaigns_bodies_were_deleted_it_is_rejected()
    {
        await using var app = await StartAsync();
        await app.DropAsync("reminders/may.csv", List);
        var file = await app.ResultAsync("reminders/may.csv.rejected.csv");
        var bodies = app.Blobs.GetBlobContainerClient("tasks");
        await foreach (var body in bodies.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken))
        {
            await bodies.DeleteBlobAsync(body.Name, cancellationToken: TestContext.Current.CancellationToken);
        }

        await app.DropAsync("reminders/two.csv", file.Replace(",12,", ",12025550103,", StringComparison.Ordinal));

        var report = await app.ReportAsync("reminders/two.csv");
        Assert.Contains("is not known any more", Assert.Single(report.Errors).Message, StringComparison.Ordinal);
        Assert.Equal(2, app.Called.Count);
    }

    [Fact]
    public async Task Of_a_list_that_was_rejected_as_a_whole_it_is_a_list_like_others()
    {
        await using var app = await StartAsync();
        await app.DropAsync("reminders/wrong.csv", "Mobile;Name\n1;a\n2;b\n");
        var file = await app.ResultAsync("reminders/wrong.csv.rejected.csv");

        await app.DropAsync("reminders/wrong.csv", file.Replace(",1,a", ",12025550101,a", StringComparison.Ordinal));

        var report = await app.ReportAsync("reminders/wrong.csv");
        Assert.Equal((CampaignStates.Accepted, 1L), (report.State, report.Counts.Accepted));
        Assert.Contains("nothing was submitted under that name", Assert.Single(report.Warnings), StringComparison.Ordinal);
    }

    /// <summary>Whatever the profile of its folder says: else a number could be read as another, and its person called again.</summary>
    [Theory]
    [InlineData("""{"taskName":"{file}","agentId":41}""", "mix/again.csv")]
    [InlineData("""{"taskName":"{file}","agentId":41}""", "elsewhere.csv")]
    [InlineData("""{"taskName":"{file}","list":{"columns":{"calleeNumber":"Tel"}}}""", "mix/again.csv")]
    [InlineData("""{"taskName":"may","agentId":41}""", "mix/again.csv")]
    [InlineData("""{"agentId":41}""", "mix/again.csv")]
    public async Task Its_numbers_are_read_as_its_campaign_read_them(string profile, string path)
    {
        await using var app = await StartAsync();
        await app.PutProfileAsync("mix", profile);
        await app.PutProfileAsync("default", """{"taskName":"{file}","agentId":42,"list":{"defaultRegion":"ID"}}""");
        await app.DropAsync(
            "mix/may.csv",
            """
            # taskName: may
            # agentId: 77
            # defaultRegion: GB
            # columns: {"calleeNumber": "Mobile", "text1": "{First} {Last}"}
            # required: ["text1"]
            Mobile,First,Last
            07911123471,Ann,A
            12,Ben,B
            07911 123471,Ann,A
            07911123472,Cem,C
            """
        );
        var file = await app.ResultAsync("mix/may.csv.rejected.csv");

        await app.DropAsync(path, file.Replace(",12,", ",07911123473,", StringComparison.Ordinal));

        Assert.Equal(["447911123471", "447911123472", "447911123473"], app.Called.Order());
        var task = app.Simulator.AcceptedTasks[^1];
        Assert.Equal((77L, "Ben B"), (task.Settings.GetProperty("agentId").GetInt64(), Assert.Single(task.Callees).Texts[1]));
        Assert.NotEqual("may", task.Name);
    }

    [Fact]
    public async Task Its_times_are_those_of_its_campaign_as_far_as_they_are_to_come()
    {
        await using var app = await StartAsync();
        var (start, end) = (app.Clock.GetUtcNow().AddDays(2), app.Clock.GetUtcNow().AddDays(3));
        await app.DropAsync(
            "may.csv",
            $"""
            # taskName: may
            # agentId: 77
            # submitAt: {start:yyyy-MM-dd'T'HH:mm:ssK}
            # expireAt: {end:yyyy-MM-dd'T'HH:mm:ssK}
            calleeNumber
            12025550101
            12
            13
            """
        );
        var file = await app.ResultAsync("may.csv.rejected.csv");

        await app.DropAsync("early.csv", file.Replace(",12\r", ",12025550102\r", StringComparison.Ordinal));
        Assert.Empty(app.Called);
        await app.TickAfterAsync(TimeSpan.FromHours(49));
        Assert.Equal(["12025550101", "12025550102"], app.Called.Order());
        await app.DropAsync("in time.csv", file.Replace(",13\r", ",12025550103\r", StringComparison.Ordinal));
        Assert.Equal(["12025550101", "12025550102", "12025550103"], app.Called.Order());
        app.Clock.Advance(TimeSpan.FromDays(1));
        await app.DropAsync("late.csv", file.Replace(",13\r", ",12025550104\r", StringComparison.Ordinal));

        Assert.Equal(3, app.Called.Count);
        var error = Assert.Single((await app.ReportAsync("late.csv")).Errors);
        Assert.Contains("is past, so nothing would be submitted", error.Message, StringComparison.Ordinal);
        Assert.Contains("the campaign 'may'", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A mark counts wherever it is; what is no mark any more, but was one, keeps the file from being read.</summary>
    [Theory]
    [InlineData("Zeile,Grund,Branch,Mobile,Name\n,,North,12025550109,New\n{rows}", "the first row has no such reason")]
    [InlineData("Mobile,Name,Notes\n12025550109,New,\n12025550101,Ann,{mark}", "the first row has no such reason")]
    [InlineData("Branch,Mobile,Name,line,reason\nNorth,12025550101,Ann,3,{damaged}", "does not name it any more")]
    [InlineData("Mobile,Name,Notes\n12025550101,Ann,{mark}\n12025550109,New,", null)]
    [InlineData("Mobile,reason,Name\n12025550101,{mark} OK fixed,Ann\n12025550109,,New", null)]
    public async Task A_mark_is_found_wherever_it_is(string fixedFile, string? refused)
    {
        await using var app = await StartAsync();
        await app.DropAsync("reminders/may.csv", List);
        var rows = string.Join('\n', (await app.ResultAsync("reminders/may.csv.rejected.csv")).Split("\r\n")[1..]);
        var mark = "the number has 2 digits" + RejectedRows.MarkOf("may");

        await app.DropAsync(
            "reminders/again.csv",
            fixedFile
                .Replace("{rows}", rows.Replace(",12,", ",12025550108,", StringComparison.Ordinal), StringComparison.Ordinal)
                .Replace("{mark}", mark, StringComparison.Ordinal)
                .Replace("{damaged}", mark.Replace("#", "", StringComparison.Ordinal), StringComparison.Ordinal)
        );

        var report = await app.ReportAsync("reminders/again.csv");
        if (refused is null)
        {
            Assert.Equal(["12025550101", "12025550102", "12025550109"], app.Called.Order());
        }
        else
        {
            Assert.Contains(refused, Assert.Single(report.Errors).Message, StringComparison.Ordinal);
            Assert.Equal(["12025550101", "12025550102"], app.Called.Order());
        }
    }

    /// <summary>What was lost is lost: the row is rejected again, and nobody is called by what stands for it.</summary>
    [Fact]
    public async Task What_was_not_fixed_is_rejected_again()
    {
        await using var app = await StartAsync();
        await app.PutProfileAsync("default", """{"taskName":"{file}","agentId":41}""");
        await app.DropAsync(
            "sheet.xlsx",
            BinaryData.FromBytes(
                TestWorkbook.Of(
                    ["text1", "calleeNumber"],
                    ["good", "12025550100"],
                    ["a", 86_132_000_000_071_234d],
                    [1_234_567_890_123_456_789d, "12025550101"],
                    [TestWorkbook.RawCell.Error("#N/A"), "12025550102"],
                    [TestWorkbook.RawCell.Formula("B1", null), "12025550103"]
                )
            )
        );
        await app.DropAsync(
            "text.csv",
            "text1,calleeNumber\ngood,12025550104\n# Ben is out,12025550105\n#Cem,12025550106\n#REF!,12025550107\n"
        );

        await app.DropAsync("sheet again.csv", await app.ResultAsync("sheet.xlsx.rejected.csv"));
        await app.DropAsync("text again.csv", await app.ResultAsync("text.csv.rejected.csv"));

        Assert.Equal(["12025550100", "12025550104"], app.Called.Order());
        Assert.Equal(new CalleeCounts(4, 0, 4, 0, 0, 0), (await app.ReportAsync("sheet again.csv")).Counts);
        Assert.Equal(new CalleeCounts(3, 0, 3, 0, 0, 0), (await app.ReportAsync("text again.csv")).Counts);
    }

    [Fact]
    public async Task Saved_as_utf8_without_a_mark_it_is_not_read_in_the_encoding_of_the_lists()
    {
        await using var app = await StartAsync();
        await app.PutProfileAsync(
            "reminders",
            Profile.Replace("\"list\":{", "\"list\":{\"encoding\":\"windows-1252\",", StringComparison.Ordinal)
        );
        await app.DropAsync(
            "reminders/may.csv",
            BinaryData.FromBytes(Encoding.Latin1.GetBytes("Mobile,Name\n12025550101,Müller\n12,Jäger\n"))
        );
        var file = await app.ResultAsync("reminders/may.csv.rejected.csv");

        await app.DropAsync("reminders/again.csv", file.TrimStart('\uFEFF').Replace(",12,", ",12025550102,", StringComparison.Ordinal));

        Assert.Contains(
            "this text is UTF-8",
            Assert.Single((await app.ReportAsync("reminders/again.csv")).Errors).Message,
            StringComparison.Ordinal
        );
        Assert.Single(app.Called);
    }

    [Fact]
    public async Task A_list_that_was_rejected_as_a_whole_is_refused_once_fixed_rows_of_it_were_submitted()
    {
        await using var app = await StartAsync();
        await app.DropAsync("reminders/wrong.csv", "Mobile;Name\n1;a\n2;b\n");
        var file = await app.ResultAsync("reminders/wrong.csv.rejected.csv");
        await app.DropAsync("reminders/fixed.csv", file.Replace(",1,a", ",12025550101,a", StringComparison.Ordinal));

        await app.DropAsync("reminders/wrong.csv", "Mobile;Name\n12025550101;a\n12025550102;b\n");

        var report = await app.ReportAsync("reminders/wrong.csv");
        Assert.Equal(CampaignStates.Rejected, report.State);
        Assert.Contains("were already submitted, as 'fixed'", Assert.Single(report.Errors).Message, StringComparison.Ordinal);
        await app.DropAsync("reminders/rest.csv", file.Replace(",2,b", ",12025550102,b", StringComparison.Ordinal));
        Assert.Equal(["12025550101", "12025550102"], app.Called.Order());
    }

    private async Task<TestApp> StartAsync()
    {
        var app = await TestApp.StartAsync(storage);
        await app.PutProfileAsync("reminders", Profile);
        return app;
    }
}
