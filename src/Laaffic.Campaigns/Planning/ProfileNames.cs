namespace Laaffic.Campaigns.Planning;

/// <summary>Which names a profile can have. The name becomes part of an address, and must not lead to anything but profiles.</summary>
internal static class ProfileNames
{
    /// <summary>What is wrong with a name; null if nothing is.</summary>
    /// <param name="name">The profile's path in the container <c>profiles</c>, without <c>.json</c>.</param>
    public static string? FindFault(string name)
    {
        // Whatever stands between here and storage may undo an escape, or one within another.
        var read = name;
        while (true)
        {
            if (FindFaultAsWritten(read) is { } fault)
            {
                return $"\"{name}\" cannot be a profile's name: {fault}. It is the path in the container profiles without .json, such "
                    + $"as reminders/spring; for a dropped file it is the file's folder";
            }

            var unescaped = Uri.UnescapeDataString(read);
            if (unescaped == read)
            {
                return null;
            }

            read = unescaped;
        }
    }

    private static string? FindFaultAsWritten(string name)
    {
        if (name.Any(char.IsControl))
        {
            return "it holds a control character";
        }

        if (name.Contains('\\', StringComparison.Ordinal))
        {
            return "it holds a backslash";
        }

        var parts = name.Split('/');
        if (parts.Contains(""))
        {
            return "it has a slash at its beginning or end, or two in a row";
        }

        return parts.Any(part => part is "." or "..") ? "it has . or .. between slashes" : null;
    }
}
