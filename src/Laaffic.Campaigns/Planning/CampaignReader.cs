using Laaffic.Api;
using Laaffic.Campaigns.Mapping;
using Laaffic.Campaigns.Numbers;
using Laaffic.Campaigns.Opening;
using Laaffic.Campaigns.Parsing;
using Laaffic.Campaigns.Rows;
using Laaffic.Campaigns.Screening;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// Reads one campaign, whatever its form: its callees go to a writer, and what is known of it besides them is here afterwards.
/// </summary>
internal sealed class CampaignReader(
    PlanRequest request,
    string appId,
    CampaignOptions options,
    DateTimeOffset now,
    PlanStore store,
    ProfileReader profiles,
    CalleeWriter writer,
    RejectedCalleeWriter rejected,
    CampaignErrors errors
)
{
    private const int MaxNamedSheets = 10,
        MaxNamedSheetLength = 40;

    private readonly List<string> _warnings = [];
    private SettingLines _lines = new();
    private Profile? _profile;
    private Destinations? _screenedFor;

    /// <summary>Its settings; null if they could not be read.</summary>
    public CampaignSettings? Settings { get; private set; }

    /// <summary>How its list is read; null if that could not be read.</summary>
    public ListSettings? List { get; private set; }

    /// <summary>Whether it has callees and they were read to the last one.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether it is a JSON campaign, rather than a list of rows.</summary>
    public bool IsJson { get; private set; }

    /// <summary>What it was read as; null if it could not be opened.</summary>
    public ReadAs? ReadAs { get; private set; }

    /// <summary>The campaigns whose rejected rows these are; null if they are none.</summary>
    public CampaignFamily? Family { get; private set; }

    /// <summary>Columns that mean nothing here.</summary>
    public IReadOnlyList<string> IgnoredColumns { get; private set; } = [];

    /// <summary>What may surprise whoever sent it.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Reads it. Whatever is wrong with it is an error; reading may then end before its last callee.</summary>
    public async Task ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = await ListFile.OpenAsync(content, request.FileName, cancellationToken);
            IsJson = file.Kind == ListKind.Json;
            ReadAs = new ReadAs { Format = FormatOf(file), Packed = file.ReadAs };
            if (IsJson)
            {
                await ReadJsonAsync(file.Content, cancellationToken);
            }
            else if (await profiles.ReadAsync(request.Profile, errors, cancellationToken) is { } profile)
            {
                _profile = profile;
                await (
                    file.Kind == ListKind.Text
                        ? ReadTextAsync(file.Content, profile, cancellationToken)
                        : ReadSheetAsync(file.Content, profile, cancellationToken)
                );
            }
        }
        catch (UnreadableListException unreadable)
        {
            // Without any settings it may be of rejected rows, which have their campaign's.
            if (_profile is not null && Settings is null && Family is null && (_profile.Exists || _lines.Settings.Names.Count > 0))
            {
                ReadSettings(_profile, _lines.Settings, family: null); // so that all is found in one go
            }

            errors.Add(null, unreadable.Line, unreadable.Message);
        }
    }

    private async Task ReadJsonAsync(Stream content, CancellationToken cancellationToken)
    {
        var draft = new SettingsDraft();
        var (complete, hasCallees) = await JsonCampaignReader.ReadCampaignAsync(
            content,
            errors,
            draft,
            writer,
            BeginJsonCallees,
            cancellationToken
        );
        if (!complete)
        {
            return;
        }

        if (!hasCallees)
        {
            BeginJsonCallees(draft);
        }

        Settings = CampaignSettings.Read(draft, linesHaveTimes: false, appId, options, now, errors, whereToSet: "");
        if (hasCallees && Settings.OwnDestinations is { } own && !own.Names.SequenceEqual(_screenedFor?.Names ?? []))
        {
            errors.Add(
                $"{CampaignSettings.Delivery}.{CampaignSettings.AllowedCountries}",
                null,
                "must stand before numberInfoList, as it says who of that may be called"
            );
        }

        IsComplete = hasCallees;
    }

    private CalleeChecker BeginJsonCallees(SettingsDraft draft)
    {
        _screenedFor = CampaignSettings.FindDestinations(draft, options);
        List = ListSettings.Read(draft, hasColumns: false, errors);
        return CheckerFor(List, CalleeRequirements.Resolve(List, null, new Dictionary<int, string>(), errors), _screenedFor);
    }

    private async Task ReadTextAsync(Stream content, Profile profile, CancellationToken cancellationToken)
    {
        using var text = new CampaignTextReader(content);
        var own = await text.FindNamedEncodingAsync(cancellationToken);
        if ((own ?? EarlySettingsOf(profile).Encoding) is { } name && TextEncodings.TryFind(name, out var encoding, out _))
        {
            // A profile is for all lists of its folder, and those that the app has written there are in UTF-8.
            text.Use(encoding, unlessMarked: own is null);
        }

        if (await CsvPreamble.ReadAsync(text, errors, _warnings, cancellationToken) is not { } preamble)
        {
            return;
        }

        _lines = preamble.Lines;
        await using var rows = await DelimitedRows.OpenAsync(text, preamble.Delimiter, preamble.HeaderLine, cancellationToken);
        await rows.ReadAsync(cancellationToken); // the header row, which is there
        ReadAs = ReadAs! with { Delimiter = DelimitedRows.NameOf(preamble.Delimiter) };
        await ReadRowsAsync(rows, profile, cancellationToken);
        ReadAs = ReadAs with { Encoding = text.EncodingName };
    }

    private async Task ReadSheetAsync(Stream content, Profile profile, CancellationToken cancellationToken)
    {
        var early = EarlySettingsOf(profile);
        await using var rows = await SheetRows.OpenAsync(
            content,
            // What the sheet's own lines say of hidden rows is not known yet.
            new SheetOptions(early.Sheet, HiddenRows: early.HiddenRows == HiddenRows.Skip ? HiddenRows.Skip : HiddenRows.Call),
            request.OnProgress,
            cancellationToken
        );
        ReadAs = ReadAs! with { Sheet = rows.SheetName };
        var hasHeader = await rows.ReadAsync(cancellationToken);
        for (; hasHeader && rows.CommentInCells() is { } comment; hasHeader = await rows.ReadAsync(cancellationToken))
        {
            _lines.Read(comment, rows.Line, errors, _warnings);
        }

        var own = EarlySettingsOf(profile);
        if (own.Sheet != early.Sheet)
        {
            own.Given["sheet"].Refuse(errors, "this line stands in a sheet itself: name the sheet to read in the profile");
        }

        rows.Use(own.DateFormat, own.HiddenRows);
        WarnOfWhatIsNotRead(rows, own);
        if (!hasHeader)
        {
            throw new UnreadableListException(
                null,
                $"The sheet '{rows.SheetName}' has no header row: its first row must name the columns."
            );
        }

        await ReadRowsAsync(rows, profile, cancellationToken);
    }

    /// <summary>What is said so far of how the list is read, by the profile and by those of its own lines that were read.</summary>
    private void WarnOfWhatIsNotRead(SheetRows rows, ListSettings own)
    {
        if (own.HiddenRows == HiddenRows.Skip && rows.HiddenRowCount > 0)
        {
            _warnings.Add(
                $"{rows.HiddenRowCount} hidden rows of the sheet '{rows.SheetName}' are left out, as hiddenRows says: nobody in them is called."
            );
        }

        if (rows.OtherSheets.Count > 0)
        {
            var names = string.Join(
                ", ",
                rows.OtherSheets.Take(MaxNamedSheets).Select(name => $"'{ShortText.Cut(name, MaxNamedSheetLength)}'")
            );
            _warnings.Add(
                $"Only the sheet '{rows.SheetName}' is read, not {names}{(rows.OtherSheets.Count > MaxNamedSheets ? ", …" : "")}."
            );
        }
    }

    private ListSettings EarlySettingsOf(Profile profile)
    {
        var draft = profile.Draft.Copy();
        draft.Override(_lines.Settings);
        return ListSettings.Read(draft, hasColumns: true, new CampaignErrors());
    }

    private static string FormatOf(OpenedFile file)
    {
        switch (file.Kind)
        {
            case ListKind.Json:
                return "JSON";
            case ListKind.Text:
                return "text";
            default:
                file.Content.Position = 0;
                return file.Content.ReadByte() == 'P' ? "XLSX" : "XLS"; // an XLSX is a zip archive
        }
    }

    /// <summary>Reads the rows of a list, which stands on its header row.</summary>
    private async Task ReadRowsAsync(RowReader rows, Profile profile, CancellationToken cancellationToken)
    {
        var headerLine = rows.Line;
        var headers = new HeaderRow(CellsOf(rows));
        var hasRow = await rows.ReadAsync(cancellationToken);
        var own = hasRow ? RejectedRows.Find(headers.Names, [.. CellsOf(rows).Select(cell => FormulaGuard.Remove(cell))]) : null;
        FamilyReader? family = null;
        if (own is not null)
        {
            headers = new HeaderRow(headers.Names.Select((name, i) => own.IsOwn(i) ? "" : FormulaGuard.Remove(name)));
            family = await ReadFamilyAsync(own.Campaign, rows.Line, cancellationToken);
        }
        else if (hasRow && RejectedRows.HaveOwnColumns(headers.Names))
        {
            throw new UnreadableListException(
                rows.Line,
                "These are rejected rows of another list, as the columns line and reason say, but the first reason does not name its "
                    + "campaign any more, or not as it was written, so whom that has called is not known. Leave the reasons as they were, "
                    + "and save the file as CSV UTF-8; or, if nobody of this list was submitted before, remove the two columns."
            );
        }

        ReadSettings(profile, _lines.Settings, family);
        var map = ColumnMap.Resolve(headers, headerLine, List!, errors);
        IgnoredColumns = map.IgnoredColumns;
        ReadAs = ReadAs! with
        {
            HeaderLine = headerLine,
            Columns = map.Uses.ToDictionary(use => CalleeField.Names[use.Key], use => use.Value),
        };
        if (!map.IsUsable)
        {
            return;
        }

        rejected.BeginRows(headers.Names, own, Family?.Root ?? Settings!.Api.TaskName);
        var checker = CheckerFor(List!, map.Requirements, Settings!.OwnDestinations);
        await new ListReader(rows, map, own, checker, writer, request.OnProgress).ReadAsync(hasRow, cancellationToken);
        IsComplete = true;
    }

    private static List<string> CellsOf(RowReader rows) => [.. Enumerable.Range(0, rows.CellCount).Select(i => rows.GetCell(i).ToString())];

    /// <summary>What the campaigns have submitted whose rejected rows these are.</summary>
    private async Task<FamilyReader> ReadFamilyAsync(string campaign, long line, CancellationToken cancellationToken)
    {
        Family = await request.FindFamily(campaign);
        writer.RowsOf = Family.Root;
        var reader = new FamilyReader(store, Family, writer, now, request.OnProgress);
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw new UnreadableListException(
                line,
                $"These are rejected rows of the campaign '{Family.Root}', but whom it has called is not known any more, as its stored "
                    + $"request bodies were deleted. If nobody of this list was submitted before, remove the reasons."
            );
        }

        if (Family.Members.Count == 0)
        {
            _warnings.Add($"These are rejected rows of '{Family.Root}', and nothing was submitted under that name.");
        }
        else if (Family.Members.Count >= CampaignFamily.MaxMembers)
        {
            errors.Add(
                null,
                line,
                $"Rejected rows of the campaign '{Family.Root}' were submitted {Family.Members.Count - 1} times, and no more can be kept "
                    + $"track of. If nobody of this list was submitted before, remove the reasons."
            );
        }

        return reader;
    }

    /// <summary>The settings of a profile, overridden by those of a list's own lines.</summary>
    private void ReadSettings(Profile profile, SettingsDraft lines, FamilyReader? family)
    {
        var placeholders =
            request.Placeholders
            ?? new NamePlaceholders(request.NameWithoutEndings, TimeZoneInfo.ConvertTime(request.ReceivedAt, options.TimeZone));
        var draft = Family is { Members.Count: > 0 } ? SettingsOfFixedRows(family!.Settings, lines) : profile.Draft.Copy();
        if (Family is not null)
        {
            NameFixedRows(draft, profile, placeholders);
        }

        draft.Override(lines);
        TaskNames.ExpandIn(draft, placeholders, errors);
        List = ListSettings.Read(draft, hasColumns: true, errors);
        if (List.Encoding is { } encoding && !TextEncodings.TryFind(encoding, out _, out var problem))
        {
            List.Given["encoding"].Refuse(errors, problem);
        }

        Settings = CampaignSettings.Read(draft, linesHaveTimes: true, appId, options, now, errors, profile.WhereToSet);
    }

    /// <summary>
    /// Fixed rows go on as their campaign did, whatever the profile says by now or the one of another folder: else the same number
    /// could be read as another.
    /// </summary>
    private static SettingsDraft SettingsOfFixedRows(SettingsDraft settings, SettingsDraft lines)
    {
        var draft = settings.Copy();
        foreach (var (one, other) in (ReadOnlySpan<(string, string)>)[("agentId", "scriptId"), ("scriptId", "agentId")])
        {
            if (lines.HasAny(one))
            {
                draft.Take(other);
            }
        }

        return draft;
    }

    /// <summary>The name is the profile's, unless the campaign had that, or only a schedule can have it.</summary>
    private void NameFixedRows(SettingsDraft draft, Profile profile, NamePlaceholders placeholders)
    {
        var written = profile.Draft.Copy().Take("taskName");
        var text = profile.Draft.TextOf("taskName");
        var name = text is null ? null : TaskNames.Expand(text, placeholders, out _);
        var isTaken = Family!.Members.Any(member => member.TaskName == name) || (text is not null && placeholders.IsForSchedule(text));
        if (written is { } own && !isTaken)
        {
            draft.Set("taskName", own.Value, own.Origin);
        }
        else if (isTaken || Family.Members.Count > 0)
        {
            var fixedName = TaskNames.ForFixedRows(Family.Root, Math.Max(1, Family.Members.Count));
            draft.SetText("taskName", fixedName, new SettingOrigin($"the campaign '{Family.Root}'", 1));
        }
    }

    private CalleeChecker CheckerFor(ListSettings list, CalleeRequirements requirements, Destinations? own)
    {
        RegionalNumbers? region = null;
        if (list.DefaultRegion is { } code && !RegionalNumbers.TryCreate(code, out region, out var problem))
        {
            list.Given["defaultRegion"].Refuse(errors, problem);
        }

        var screen = CallScreen.For(options.OnlyNumbers, own ?? options.AllowedCountries);
        return new CalleeChecker(list, requirements, region, screen);
    }
}
