using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Laaffic;

/// <summary>What the programs have in common: how arguments are read, and what happens when they are wrong.</summary>
internal static class CommandLineProgram
{
    /// <summary>The exit code of wrong arguments.</summary>
    public const int WrongArguments = 2;

    /// <summary>Runs a program, shows its help or version, or says what is wrong with its arguments.</summary>
    /// <param name="command">The program's options, arguments and action.</param>
    /// <param name="arguments">As the program got them.</param>
    /// <param name="unknown">What is said of a text that is neither an option nor an argument.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        RootCommand command,
        IReadOnlyList<string> arguments,
        Func<ParseResult, string, string>? unknown = null
    )
    {
        unknown ??= (_, text) => $"Unknown option '{text}'.";
        // A folder may be called @x, and -abc is a mistake rather than -a -b -c.
        var parsed = command.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        var error =
            FlagWithValue(command, arguments) is { } flag ? unknown(parsed, flag)
            : parsed.Errors.FirstOrDefault(error => error.SymbolResult is OptionResult or ArgumentResult) is { } wrong ? wrong.Message
            : parsed.Errors.Count == 0 ? null
            : parsed.UnmatchedTokens is [var text, ..] ? unknown(parsed, text)
            : parsed.Errors[0].Message;
        if (error is not null)
        {
            await Console.Error.WriteLineAsync($"{error}{(error.EndsWith('.') ? "" : ".")} --help shows what can be given.");
            return WrongArguments;
        }

        // Signals and exceptions are the program's own business.
        return await parsed.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }
        );
    }

    /// <summary>Adds a text to the help, below the options.</summary>
    public static void AddHelp(RootCommand command, string text)
    {
        var help = command.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithNotes((HelpAction)help.Action!, text);
    }

    /// <summary>An option that is on or off.</summary>
    public static Option<bool> Flag(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>An option with a value.</summary>
    /// <param name="name">Its name, with the dashes.</param>
    /// <param name="valueName">What the help calls the value.</param>
    /// <param name="description">What the help says.</param>
    /// <param name="parse">Makes the value of its text; null if it is not one.</param>
    /// <param name="missing">What is said when there is no text, or an empty one.</param>
    /// <param name="wrong">What is said of a text that is no value.</param>
    public static Option<T?> Value<T>(
        string name,
        string valueName,
        string description,
        Func<string, T?> parse,
        string missing,
        Func<string, string> wrong
    )
    {
        var option = new Option<T?>(name)
        {
            HelpName = valueName,
            Description = description,
            // A missing value gets the message below rather than the library's.
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result =>
            {
                if (result.Tokens is [{ Value: { Length: > 0 } text }] && parse(text) is { } value)
                {
                    return value;
                }

                if (result.Tokens is [{ Value.Length: > 0 } token])
                {
                    result.AddError(wrong(token.Value));
                }

                return default;
            },
        };
        option.Validators.Add(result =>
        {
            if (result is { IdentifierTokenCount: > 0 } && result.Tokens.All(token => token.Value.Length == 0))
            {
                result.AddError(missing);
            }
        });
        return option;
    }

    /// <summary>An option with a whole number.</summary>
    public static Option<int?> Number(string name, string valueName, string description, int min = 0, int max = int.MaxValue)
    {
        var needed = max == int.MaxValue ? $"a whole number of at least {min}" : $"a number from {min} to {max}";
        return Value<int?>(
            name,
            valueName,
            description,
            text =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
                    ? number
                    : null,
            $"{name} needs {needed}.",
            text => $"{name} is '{text}': use {needed}."
        );
    }

    // The library would read --flag=x as --flag and an argument x.
    private static string? FlagWithValue(RootCommand command, IReadOnlyList<string> arguments) =>
        arguments.FirstOrDefault(argument =>
            command.Options.Any(option =>
                option.Arity.MaximumNumberOfValues == 0 && argument.StartsWith($"{option.Name}=", StringComparison.Ordinal)
            )
        );
}
