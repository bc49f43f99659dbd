using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Laaffic.LocalHost;

/// <summary>How many of how many are done, and what the task is tagged with.</summary>
internal sealed class CountColumn : ProgressColumn
{
    /// <inheritdoc />
    protected override bool NoWrap => true;

    /// <inheritdoc />
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
    {
        var count = string.Create(CultureInfo.InvariantCulture, $"{task.Value:N0} of {task.MaxValue:N0}");
        return new Text(task.Tag is string tag ? $"{count}: {Terminal.Safe(tag)}" : count) { Overflow = Overflow.Ellipsis };
    }
}
