using System.Globalization;
using Laaffic.Api;
using Laaffic.Campaigns.Opening;
using Laaffic.Campaigns.Parsing;
using Sylvan.Data.Csv;

namespace Laaffic.Campaigns.Planning;

/// <summary>Reads a CSV campaign from its header row on: callees go one by one to a writer.</summary>
internal sealed class CsvCampaignReader(CampaignTextReader text, CsvPreamble preamble, CampaignErrors errors)
{
    // Never the first character of a record, as a surrogate pair begins with its other half: no row is taken for a comment.
    private const char NoComment = '\uDC00';

    private readonly Callee _callee = new();
    private readonly List<(int Ordinal, int Text)> _textColumns = [];
    private readonly List<string> _ignored = [];
    private int _numberColumn = -1;
    private int _columns;
    private long _line = preamble.HeaderLine;

    /// <summary>The columns that mean nothing here, as they are named in the file.</summary>
    public IReadOnlyList<string> IgnoredColumns => _ignored;

    /// <summary>Reads the header row and all rows.</summary>
    /// <returns>Whether the file was read to its end; if not, an error says why.</returns>
    public async Task<bool> ReadAsync(CalleeWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            var options = new CsvDataReaderOptions
            {
                HasHeaders = false,
                Delimiter = preamble.Delimiter,
                BufferSize = CampaignLimits.MaxRow,
                MaxBufferSize = CampaignLimits.MaxRow,
                Comment = NoComment,
                OwnsReader = false,
            };
            await using var csv = await CsvDataReader.CreateAsync(text, options, cancellationToken);
            if (!await csv.ReadAsync(cancellationToken) || !ReadHeader(csv))
            {
                return false;
            }

            Advance(csv);
            while (await csv.ReadAsync(cancellationToken))
            {
                ReadRow(csv, writer);
                if (writer.NeedsStaging)
                {
                    await writer.StageAsync(cancellationToken);
                }

                Advance(csv);
            }
            return true;
        }
        catch (UnreadableListException broken)
        {
            errors.Add(null, broken.Line, broken.Message);
        }
        catch (CsvRecordTooLargeException)
        {
            errors.Add(
                null,
                _line,
                $"The row that begins on line {_line} is longer than {CampaignLimits.MaxRow} characters: is a quote (\") opened there "
                    + $"and never closed?"
            );
        }
        catch (CsvFormatException)
        {
            errors.Add(
                null,
                _line,
                $"The row that begins on line {_line} has a misplaced quote (\"): a cell that begins with a quote must end with one, "
                    + $"and a quote within it is written twice (\"\")."
            );
        }
        return false;
    }

    /// <summary>Physical lines count, those within quotes too.</summary>
    private void Advance(CsvDataReader csv) => _line += csv.GetRawRecordSpan().Count('\n');

    private bool ReadHeader(CsvDataReader csv)
    {
        _columns = csv.RowFieldCount;
        var names = new List<string>(_columns);
        var valid = true;
        for (var i = 0; i < _columns; i++)
        {
            // A byte order mark stands there when files were put together: nobody sees it.
            var name = new string(csv.GetFieldSpan(i).TrimStart('\uFEFF').Trim());
            names.Add(name);
            var text = TextOf(name);
            if (text < 0 && !name.Equals(CsvPreamble.NumberColumn, StringComparison.OrdinalIgnoreCase))
            {
                if (name.Length > 0)
                {
                    _ignored.Add(ShortText.Cut(name, 100));
                }

                continue;
            }
            if (names.FindIndex(other => other.Equals(name, StringComparison.OrdinalIgnoreCase)) is var first && first < i)
            {
                valid = false;
                errors.Add(name, _line, $"Columns {first + 1} and {i + 1} are both named {name}: rename or remove one.");
            }
            if (text < 0)
            {
                _numberColumn = i;
            }
            else
            {
                _textColumns.Add((i, text));
            }
        }
        if (_numberColumn < 0)
        {
            valid = false;
            var seen = string.Join(", ", names.Take(20).Select(name => $"'{ShortText.Cut(name, 40)}'"));
            errors.Add(
                CsvPreamble.NumberColumn,
                _line,
                $"The header row has no column {CsvPreamble.NumberColumn}. Its columns are: {seen}{(_columns > 20 ? ", …" : "")}."
            );
        }
        return valid;
    }

    /// <summary>0 for text1 … 9 for text10, -1 for any other name.</summary>
    private static int TextOf(string name) =>
        name.StartsWith("text", StringComparison.OrdinalIgnoreCase)
        && int.TryParse(name.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number is >= 1 and <= CalleeRules.TextCount
        && name[4] != '0'
            ? number - 1
            : -1;

    private void ReadRow(CsvDataReader csv, CalleeWriter writer)
    {
        var cells = csv.RowFieldCount;
        var raw = csv.GetRawRecordSpan();
        if (cells == 1 && raw.IsWhiteSpace())
        {
            return;
        }

        _callee.Clear();
        if (raw[0] == '#')
        {
            _callee.SetNumber(_callee.Take(raw.TrimEnd()));
            Reject(
                writer,
                "a row that begins with # is no comment: comments and settings stand before the header row; a first cell that really "
                    + "begins with # needs quotes"
            );
            return;
        }
        if (_numberColumn < cells)
        {
            _callee.SetNumber(_callee.Take(csv.GetFieldSpan(_numberColumn)));
        }

        if (cells > _columns)
        {
            Reject(
                writer,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the row has {cells} cells but the header row has {_columns}: a text with a {DelimiterName()} in it needs quotes "
                        + $"(\") around it"
                )
            );
            return;
        }
        if (_numberColumn >= cells)
        {
            Reject(
                writer,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the row ends after {cells} {(cells == 1 ? "cell" : "cells")}: {CsvPreamble.NumberColumn} is column "
                        + $"{_numberColumn + 1}"
                )
            );
            return;
        }
        foreach (var (ordinal, text) in _textColumns)
        {
            if (ordinal < cells)
            {
                _callee.AddText(text, _callee.Take(csv.GetFieldSpan(ordinal)));
            }
        }
        if (!writer.TryAdd(_callee, out var reason))
        {
            writer.Reject(_line, _callee.Number, reason);
        }
    }

    private void Reject(CalleeWriter writer, string reason)
    {
        writer.CountRead();
        writer.Reject(_line, _callee.Number, reason);
    }

    private string DelimiterName() =>
        preamble.Delimiter switch
        {
            ',' => "comma",
            ';' => "semicolon",
            '\t' => "tab",
            _ => "bar (|)",
        };
}
