using Spectre.Console.Rendering;

namespace Laaffic.LocalHost;

/// <summary>Lines as they are: a terminal wraps them as it likes, and what is copied from it is whole.</summary>
internal sealed class UnwrappedLines(IEnumerable<string> lines) : IRenderable
{
    private readonly IReadOnlyList<string> _lines = [.. lines];

    /// <inheritdoc />
    public Measurement Measure(RenderOptions options, int maxWidth) => new(0, maxWidth);

    /// <inheritdoc />
    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
        _lines.SelectMany(line => (Segment[])[new Segment(line), Segment.LineBreak]);
}
