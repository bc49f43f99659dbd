using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Mapping;

/// <summary>What no callee may be without: fields, and columns of a list.</summary>
internal sealed class CalleeRequirements
{
    private readonly List<(int Text, string Name)> _texts = [];
    private readonly List<(int Ordinal, string Name)> _columns = [];

    /// <summary>The columns that are required by their headers.</summary>
    public IEnumerable<int> Columns => _columns.Select(column => column.Ordinal);

    /// <summary>Finds what is required among the fields and the headers; a name that is neither is an error.</summary>
    /// <param name="settings">The list's settings.</param>
    /// <param name="headers">The list's headers; null if it has none, as JSON.</param>
    /// <param name="map">What feeds each field by its number, for messages; empty if there are no columns.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static CalleeRequirements Resolve(
        ListSettings settings,
        HeaderRow? headers,
        IReadOnlyDictionary<int, string> map,
        CampaignErrors errors
    )
    {
        var requirements = new CalleeRequirements();
        foreach (var name in settings.Required)
        {
            var field = CalleeField.Find(name);
            if (field > 0)
            {
                var source = map.TryGetValue(field, out var fed) && fed != name ? $" ({fed})" : "";
                requirements._texts.Add((field - 1, CalleeField.Names[field] + source));
                if (headers is not null && !map.ContainsKey(field))
                {
                    settings.Given["required"].Refuse(errors, $"no column feeds {CalleeField.Names[field]}. {headers.Describe(name)}");
                }
            }
            else if (field < 0 && headers?.Find(name) is [var ordinal])
            {
                requirements._columns.Add((ordinal, headers.Names[ordinal]));
            }
            else if (field < 0)
            {
                settings
                    .Given["required"]
                    .Refuse(
                        errors,
                        headers is null ? $"'{CampaignErrors.Shown(name)}' is no field: in a JSON campaign these are text1 to text10"
                            : headers.Find(name).Count > 1 ? $"there is more than one column '{CampaignErrors.Shown(name)}': rename one"
                            : $"there is no field or column '{CampaignErrors.Shown(name)}'. {headers.Describe(name)}"
                    );
            }
        }

        return requirements;
    }

    /// <summary>Why a callee cannot be called: what it is without; null if it has all.</summary>
    public string? FindMissing(Callee callee)
    {
        foreach (var (text, name) in _texts)
        {
            if (!HasText(callee, text))
            {
                return $"{name} is empty, and it is required";
            }
        }

        foreach (var (ordinal, name) in _columns)
        {
            if (ordinal >= callee.CellCount || IsBlank(callee.GetCell(ordinal)))
            {
                return $"'{CampaignErrors.Shown(name)}' is empty, and it is required";
            }
        }

        return null;
    }

    private static bool HasText(Callee callee, int text)
    {
        for (var i = 0; i < callee.TextCount; i++)
        {
            if (!IsBlank(callee.GetText(i, out var index)) && index == text)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsBlank(ReadOnlySpan<byte> utf8) => Utf8Text.Trim(utf8).IsEmpty;
}
