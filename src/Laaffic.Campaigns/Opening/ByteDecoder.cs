using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Laaffic.Campaigns.Opening;

/// <summary>Turns bytes into text, strictly: it stops before what is no character and says what is wrong there.</summary>
internal abstract class ByteDecoder(TextEncoding encoding)
{
    /// <summary>The encoding that is read.</summary>
    public TextEncoding Encoding { get; } = encoding;

    /// <summary>Whether the last bytes may have left something to be written.</summary>
    public virtual bool IsPending => false;

    /// <summary>A decoder of an encoding.</summary>
    /// <param name="encoding">The encoding.</param>
    /// <param name="origin">How it is known, to say so of a byte that does not fit: a beginning of a sentence.</param>
    public static ByteDecoder For(TextEncoding encoding, string origin) =>
        encoding.IsUtf8 ? new Utf8Decoder(encoding) : new CodePageDecoder(encoding, origin);

    /// <summary>Decodes as much as there is room for.</summary>
    /// <param name="bytes">What comes next.</param>
    /// <param name="chars">Where to write, two characters at least.</param>
    /// <param name="final">Whether no bytes follow these.</param>
    /// <param name="read">How many bytes were taken.</param>
    /// <param name="written">How many characters are right.</param>
    /// <returns>Null if nothing is wrong; else what is wrong after what was written, of the line with the number it is given.</returns>
    public abstract Func<long, string>? Decode(ReadOnlySpan<byte> bytes, Span<char> chars, bool final, out int read, out int written);

    private sealed class Utf8Decoder(TextEncoding encoding) : ByteDecoder(encoding)
    {
        public override Func<long, string>? Decode(ReadOnlySpan<byte> bytes, Span<char> chars, bool final, out int read, out int written)
        {
            var status = Utf8.ToUtf16(bytes, chars, out read, out written, replaceInvalidSequences: false, isFinalBlock: final);
            if (status != OperationStatus.InvalidData)
            {
                return null;
            }

            var wrong = bytes[read];
            return line =>
                $"The file is not UTF-8: byte 0x{wrong:X2} on line {line} does not belong there. Save it as CSV UTF-8, or name its "
                + "encoding before the header row, as in '# encoding: windows-1252'.";
        }
    }

    private sealed class CodePageDecoder : ByteDecoder
    {
        private readonly string _origin;
        private readonly WrongBytes _wrong = new();
        private readonly Decoder _decoder;
        private bool _flushed;

        public CodePageDecoder(TextEncoding encoding, string origin)
            : base(encoding)
        {
            _origin = origin;
            _decoder = encoding.Open(_wrong).GetDecoder();
        }

        public override bool IsPending => !_flushed;

        public override Func<long, string>? Decode(ReadOnlySpan<byte> bytes, Span<char> chars, bool final, out int read, out int written)
        {
            _decoder.Convert(bytes, chars, final, out read, out written, out var completed);
            _flushed = final && completed;
            var text = chars[..written];
            var wrong = _wrong.First is null ? -1 : text.IndexOf(LegibleText.None);
            // UTF-16 is Unicode as it stands: whatever is in it was meant.
            var illegible = Encoding.IsUtf16 ? -1 : LegibleText.IndexOfIllegible(wrong < 0 ? text : text[..wrong]);
            if (illegible >= 0)
            {
                written = illegible;
                var c = text[illegible];
                return line =>
                    $"{_origin} {Encoding}, but on line {line} there is a character without a meaning (U+{(int)c:X4}): the encoding is "
                    + "another one, or the file is damaged. Save it as CSV UTF-8, or name its encoding.";
            }
            if (wrong < 0)
            {
                return null;
            }

            written = wrong;
            var bad = Convert.ToHexString(_wrong.First!);
            return line =>
                $"{_origin} {Encoding} but is not valid {(Encoding.IsUtf16 ? "UTF-16" : Encoding)}: 0x{bad} on line {line} is no "
                + "character. Save it as CSV UTF-8, or name its encoding.";
        }
    }

    /// <summary>
    /// Writes <see cref="LegibleText.None"/> for bytes that are no character, so that their place is found, and keeps the first.
    /// </summary>
    private sealed class WrongBytes : DecoderFallback
    {
        public byte[]? First { get; private set; }

        public override int MaxCharCount => 1;

        public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer(this);

        private sealed class Buffer(WrongBytes owner) : DecoderFallbackBuffer
        {
            private int _left;

            public override int Remaining => _left;

            public override bool Fallback(byte[] bytesUnknown, int index)
            {
                owner.First ??= [.. bytesUnknown];
                _left = 1;
                return true;
            }

            public override char GetNextChar() => _left-- > 0 ? LegibleText.None : '\0';

            public override bool MovePrevious() => false;

            public override void Reset() => _left = 0;
        }
    }
}
