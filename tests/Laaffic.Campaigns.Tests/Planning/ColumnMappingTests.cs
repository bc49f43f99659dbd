using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Planning;

/// <summary>Lists whose columns have names of their own.</summary>
public sealed class ColumnMappingTests(StorageFixture storage) : PlannerTestBase(storage)
{
    private const string Crm = "First Name,Last Name,Mobile,Phone Number,Amount,Owner\n";

    [Fact]
    public async Task A_field_is_fed_by_a_column_by_the_first_of_several_that_is_not_empty_or_by_a_template()
    {
        var plan = await PlanCsvAsync(
            Lines
                + """# columns: {"calleeNumber": ["Mobile", "Phone Number"], "text1": "{First Name} {Last Name}", "text2": "Amount"}"""
                + "\n"
                + Crm
                + "Ann,Lee,,12025550123,1.50,x\nBo,,12025550124,12025550199,2,y\n,,12025550125,,3,z\n"
        );

        Assert.Equal(
            [
                """{"calleeNumber":"12025550123","text1":"Ann Lee","text2":"1.50"}""",
                """{"calleeNumber":"12025550124","text1":"Bo","text2":"2"}""",
                """{"calleeNumber":"12025550125","text1":"","text2":"3"}""",
            ],
            await CalleesAsync(plan)
        );
        Assert.Equal(["Owner"], plan.IgnoredColumns);
        Assert.Equal(
            [
                KeyValuePair.Create("calleeNumber", "Mobile, else Phone Number"),
                KeyValuePair.Create("text1", "{First Name} {Last Name}"),
                KeyValuePair.Create("text2", "Amount"),
            ],
            plan.ReadAs!.Columns
        );
    }

    [Theory]
    [InlineData("mobile")]
    [InlineData(" MOBILE\u00A0")]
    [InlineData("\u200EMobile\u200F")]
    [InlineData("\"\u3000Mobíle\u2009\"")]
    public async Task Headers_are_found_whatever_their_case_marks_and_space(string header)
    {
        var plan = await PlanCsvAsync(Lines + """# columns: {"calleeNumber": "Mobile"}""" + $"\n{header};name\n12025550123;a\n");

        Assert.Equal(["12025550123"], await NumbersAsync(plan));
    }

    [Fact]
    public async Task A_profile_maps_and_the_lines_of_a_list_go_before_it()
    {
        var profile = await ProfileAsync(
            """{"taskName":"{file}","agentId":41,"list":{"columns":{"calleeNumber":"电话","text1":"姓名"},"longText":"reject"}}"""
        );

        var mapped = await PlanCsvAsync("姓名,电话\n王小明,12025550123\n", profile);
        Assert.Equal(["""{"calleeNumber":"12025550123","text1":"王小明"}"""], await CalleesAsync(mapped));

        var overridden = await PlanCsvAsync("""# columns: {"calleeNumber":"手机"}""" + "\n手机,电话\n12025550124,1\n", profile);
        Assert.Equal(["""{"calleeNumber":"12025550124"}"""], await CalleesAsync(overridden));
    }

    [Theory]
    [InlineData(
        """{"calleeNumber": "Mobil"}""",
        "3|columns.calleeNumber|there is no column 'Mobil'. The columns are: 'First Name', 'Last Name', 'Mobile', 'Phone Number', "
            + "'Amount', 'Owner'. Did you mean 'Mobile'?"
    )]
    [InlineData(
        """{"calleeNumber": "Mobile", "text1": "{Firstname} and {Owner}"}""",
        "3|columns.text1|there is no column 'Firstname'. The columns are: 'First Name', 'Last Name', 'Mobile', 'Phone Number', "
            + "'Amount', 'Owner'. Did you mean 'First Name'?"
    )]
    [InlineData("""{"calleeNumber": "Mobile", "text11": "Owner"}""", "3|columns.text11|unknown field; did you mean text1?")]
    [InlineData(
        """{"calleeNumber": "Mobile", "text1": "{Owner"}""",
        "3|columns.text1|has a { that no column's header and } follow: a column stands in braces, as in {First Name}"
    )]
    [InlineData("""{"calleeNumber": "Mobile", "text1": []}""", "3|columns.text1|must not be an empty list")]
    [InlineData("""{"calleeNumber": "Mobile", "text1": 7}""", "3|columns.text1|must be a text or a list of texts, none of them empty")]
    public async Task A_mapping_that_is_wrong_is_rejected_with_what_there_is(string columns, string reason) =>
        Assert.Equal(reason, await ReasonAsync(await PlanCsvAsync($"{Lines}# columns: {columns}\n{Crm}Ann,Lee,12025550123,,1,x\n")));

    [Theory]
    [InlineData("Name,Phone Number", "Phone Number")]
    [InlineData("Name;Mobile Phone;Phone", "Mobile Phone")]
    [InlineData("姓名,手机号码,金额", "手机号码")]
    [InlineData("姓名,行動電話,金額", "行動電話")]
    [InlineData("氏名,携帯電話,金額", "携帯電話")]
    [InlineData("이름,휴대폰 번호", "휴대폰 번호")]
    [InlineData("Nama,No. HP", "No. HP")]
    [InlineData("Họ tên;Số điện thoại", "Số điện thoại")]
    [InlineData("Имя;Номер телефона", "Номер телефона")]
    [InlineData("الاسم,رقم الهاتف", "رقم الهاتف")]
    [InlineData("ชื่อ,เบอร์โทร", "เบอร์โทร")]
    [InlineData("Name;Handynummer", "Handynummer")]
    [InlineData("Nom;Téléphone", "Téléphone")]
    [InlineData("Nombre;Teléfono", "Teléfono")]
    [InlineData("first_name,phone_number", "phone_number")]
    public async Task Without_a_mapping_a_line_to_paste_is_offered_and_works(string header, string column)
    {
        var separator = header.Contains(';', StringComparison.Ordinal) ? ';' : ',';
        var cells = header.Split(separator).Select(name => name == column ? "12025550123" : "x");
        var row = string.Join(separator, cells);

        var rejected = await RejectedForAsync(await PlanCsvAsync($"{Lines}{header}\n{row}\n"));

        var line = $"# columns: {{\"calleeNumber\": \"{column}\"}}";
        Assert.Contains(line, rejected.Message, StringComparison.Ordinal);
        Assert.Equal(["12025550123"], await NumbersAsync(await PlanCsvAsync($"{Lines}{line}\n{header}\n{row}\n")));
    }

    [Fact]
    public async Task A_row_without_what_is_required_is_rejected()
    {
        var plan = await PlanCsvAsync(
            Lines
                + """# columns: {"calleeNumber": "Mobile", "text1": "Amount"}"""
                + "\n"
                + """# required: ["text1", "Owner"]"""
                + "\n"
                + Crm
                + "Ann,Lee,12025550123,,1,x\nBo,Lee,12025550124,,\u00A0,x\nCy,Lee,12025550125,,3\n"
        );

        Assert.Equal(["12025550123"], await NumbersAsync(plan));
        Assert.Equal(
            ["text1 (Amount) is empty, and it is required", "'Owner' is empty, and it is required"],
            plan.FirstRejected.Select(callee => callee.Reason)
        );
    }

    [Fact]
    public async Task What_is_required_must_be_there() =>
        Assert.Equal(
            "3|required|there is no field or column 'Amont'. The columns are: 'calleeNumber', 'Amount'. Did you mean 'Amount'?",
            await ReasonAsync(await PlanCsvAsync(Lines + "# required: Amont\ncalleeNumber,Amount\n12025550123,1\n"))
        );

    [Fact]
    public async Task A_text_that_would_be_cut_is_rejected_where_that_is_asked_for()
    {
        var rows = $"calleeNumber,text1\n12025550123,{new string('a', 30)}\n12025550124,{new string('a', 31)}\n";

        var plan = await PlanCsvAsync($"{Lines}# longText: reject\n{rows}");

        Assert.Equal(["12025550123"], await NumbersAsync(plan));
        Assert.Equal("text1 has 31 characters, and Laaffic cuts it after 30", Assert.Single(plan.FirstRejected).Reason);
        Assert.Equal(2, (await PlanCsvAsync(Lines + rows)).Counts.Valid);
    }

    [Fact]
    public async Task A_json_campaign_has_requirements_but_no_columns()
    {
        var plan = await PlanJsonAsync(
            """
            {"taskName":"spring","agentId":41,"list":{"required":["text1"],"longText":"reject"},
            "numberInfoList":[{"calleeNumber":"12025550123","text1":"a"},{"calleeNumber":"12025550124"}]}
            """
        );
        Assert.Equal(["12025550123"], await NumbersAsync(plan));
        Assert.Equal("numberInfoList[1]: text1 is empty, and it is required", Assert.Single(plan.FirstRejected).Reason);

        Assert.Equal(
            "1|list.columns|means nothing in a JSON campaign, whose callees have fields and no columns: leave it out",
            await ReasonAsync(
                await PlanJsonAsync(
                    """{"taskName":"spring","agentId":41,"list":{"columns":{}},"numberInfoList":[{"calleeNumber":"12025550123"}]}"""
                )
            )
        );
        Assert.Equal(
            "1|list|must stand before numberInfoList, as it says how that is read",
            await ReasonAsync(
                await PlanJsonAsync(
                    """{"taskName":"spring","agentId":41,"numberInfoList":[{"calleeNumber":"12025550123"}],"list":{"longText":"warn"}}"""
                )
            )
        );
    }

    [Theory]
    [InlineData("sep=;\n", ';')]
    [InlineData("\"sep=^\"\n", '^')]
    [InlineData("sep=\t\r\n", '\t')]
    public async Task Excels_line_says_the_delimiter(string line, char delimiter)
    {
        var plan = await PlanCsvAsync(
            $"{line}{Lines}calleeNumber{delimiter}text1,x\n12025550123{delimiter}a,b\n".Replace(
                "text1,x",
                "text1",
                StringComparison.Ordinal
            )
        );

        Assert.Equal(["""{"calleeNumber":"12025550123","text1":"a,b"}"""], await CalleesAsync(plan));
    }

    [Fact]
    public async Task Many_wrong_rows_mean_a_wrong_list()
    {
        static string Rows(int wrong, int right, int twice) =>
            "calleeNumber\n"
            + string.Concat(Enumerable.Range(0, right).Select(i => $"1202555{i:0000}\n"))
            + string.Concat(Enumerable.Range(0, twice).Select(_ => "12025550000\n"))
            + string.Concat(Enumerable.Range(0, wrong).Select(i => $"{i % 7}x\n"));

        Assert.False((await PlanCsvAsync(Lines + Rows(19, 5, 0))).IsRejected);
        Assert.False((await PlanCsvAsync(Lines + Rows(20, 20, 0))).IsRejected);
        Assert.False((await PlanCsvAsync(Lines + "# maxRejectedPercent: 100\n" + Rows(90, 10, 0))).IsRejected);
        var error = await RejectedForAsync(await PlanCsvAsync(Lines + Rows(21, 20, 500)));
        Assert.StartsWith(
            "This looks like a wrong list: 21 of its 41 callees were rejected, and more than 50 % may not be. Nobody of it is called. The "
                + "commonest reasons, each with its first line: 21 × the number contains",
            error.Message,
            StringComparison.Ordinal
        );
    }
}
