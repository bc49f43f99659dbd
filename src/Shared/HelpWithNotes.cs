using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Laaffic;

/// <summary>The usual help, and a text below it.</summary>
internal sealed class HelpWithNotes(HelpAction help, string notes) : SynchronousCommandLineAction
{
    /// <inheritdoc />
    public override bool ClearsParseErrors => true;

    /// <inheritdoc />
    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = help.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(notes);
        return exitCode;
    }
}
