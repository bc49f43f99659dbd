namespace Laaffic.Campaigns.Rows;

/// <summary>The errors that a cell can hold instead of a value; the values are those of .xls.</summary>
internal enum SheetError : byte
{
    /// <summary>Two ranges have no cell in common.</summary>
    Null = 0x00,

    /// <summary>Something is divided by zero.</summary>
    DivisionByZero = 0x07,

    /// <summary>A value is of the wrong kind.</summary>
    Value = 0x0F,

    /// <summary>What a formula points at is gone.</summary>
    Reference = 0x17,

    /// <summary>A name means nothing.</summary>
    Name = 0x1D,

    /// <summary>A number is out of range.</summary>
    Number = 0x24,

    /// <summary>There is no such value.</summary>
    NotAvailable = 0x2A,

    /// <summary>Data are still to come.</summary>
    GettingData = 0x2B,

    /// <summary>Another error, of a newer spreadsheet.</summary>
    Other = 0xFE,

    /// <summary>A formula whose result was never stored.</summary>
    NoResult = 0xFF,
}

/// <summary>How errors are written.</summary>
internal static class SheetErrors
{
    private static readonly (SheetError Error, string Text)[] Texts =
    [
        (SheetError.Null, "#NULL!"),
        (SheetError.DivisionByZero, "#DIV/0!"),
        (SheetError.Value, "#VALUE!"),
        (SheetError.Reference, "#REF!"),
        (SheetError.Name, "#NAME?"),
        (SheetError.Number, "#NUM!"),
        (SheetError.NotAvailable, "#N/A"),
        (SheetError.GettingData, "#GETTING_DATA"),
        (SheetError.Other, "#ERROR!"),
        (SheetError.NoResult, "a formula without a stored result"),
    ];

    /// <summary>How an error is written.</summary>
    public static string TextOf(SheetError error) => Texts.First(one => one.Error == error).Text;

    /// <summary>Whether a text is what a spreadsheet writes in place of a value.</summary>
    public static bool IsError(ReadOnlySpan<char> text)
    {
        foreach (var (_, known) in Texts)
        {
            if (known[0] == '#' && text.Trim().Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The error of a text.</summary>
    public static SheetError Parse(string text)
    {
        foreach (var (error, known) in Texts)
        {
            if (known.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase))
            {
                return error;
            }
        }
        return SheetError.Other;
    }

    /// <summary>The error of a code in an .xls.</summary>
    public static SheetError Of(byte code) =>
        code < (byte)SheetError.Other && Enum.IsDefined((SheetError)code) ? (SheetError)code : SheetError.Other;
}
