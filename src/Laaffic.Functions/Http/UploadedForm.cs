using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Laaffic.Functions.Http;

/// <summary>
/// A form with a file and, perhaps, the name of its profile. The file waits on disk until all of the form is read, as the
/// profile may come after it.
/// </summary>
internal sealed class UploadedForm : IAsyncDisposable
{
    private const int MaxProfileLength = 1024;
    private const int MaxBoundaryLength = 200;

    private UploadedForm() { }

    /// <summary>The file, at its beginning; null if the form has none.</summary>
    public FileStream? File { get; private set; }

    /// <summary>The file's name, without folders.</summary>
    public string FileName { get; private set; } = "";

    /// <summary>The profile; null if the form names none.</summary>
    public string? Profile { get; private set; }

    /// <summary>What is wrong with the form; null if nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads a form.</summary>
    /// <param name="contentType">The request's Content-Type, which says what separates the form's parts.</param>
    /// <param name="body">The request's body.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<UploadedForm> ReadAsync(string contentType, Stream body, CancellationToken cancellationToken)
    {
        var form = new UploadedForm();
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(contentType).Boundary).Value;
        if (string.IsNullOrEmpty(boundary) || boundary.Length > MaxBoundaryLength)
        {
            form.Problem = "Its Content-Type names no boundary between its parts.";
            return form;
        }

        try
        {
            var reader = new MultipartReader(boundary, body);
            while (form.Problem is null && await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                form.Problem = await form.TakeAsync(section, cancellationToken);
            }

            form.Problem ??= form.File is null ? "It has no part 'file'." : null;
            form.File?.Seek(0, SeekOrigin.Begin);
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            form.Problem = "It is not a form as its Content-Type says, or it broke off.";
        }
        catch
        {
            await form.DisposeAsync();
            throw;
        }

        return form;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (File is not null)
        {
            await File.DisposeAsync();
        }
    }

    private async Task<string?> TakeAsync(MultipartSection section, CancellationToken cancellationToken)
    {
        var name = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
            ? HeaderUtilities.RemoveQuotes(disposition.Name).Value
            : null;
        switch (name)
        {
            case "file" when File is not null:
                return "It has more than one part 'file': send one list at a time.";
            case "file":
                var fileName = disposition!.FileNameStar.HasValue ? disposition.FileNameStar.Value : disposition.FileName.Value;
                FileName = Path.GetFileName(HeaderUtilities.RemoveQuotes(fileName).Value?.Replace('\\', '/')) ?? "";
                if (FileName.Length == 0)
                {
                    return "Its part 'file' has no file name, whose ending says what it is.";
                }

                File = new FileStream(
                    Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
                    new FileStreamOptions
                    {
                        Mode = FileMode.CreateNew,
                        Access = FileAccess.ReadWrite,
                        Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
                    }
                );
                await section.Body.CopyToAsync(File, cancellationToken);
                return null;
            case "profile" when Profile is not null:
                return "It has more than one part 'profile'.";
            case "profile":
                using (var reader = new StreamReader(section.Body))
                {
                    var text = new char[MaxProfileLength + 1];
                    var length = await reader.ReadBlockAsync(text, cancellationToken);
                    Profile = new string(text, 0, length).Trim();
                    return length > MaxProfileLength ? "Its part 'profile' is too long." : null;
                }

            case var other:
                return $"It has a part '{other}': known are 'file' and 'profile'.";
        }
    }
}
