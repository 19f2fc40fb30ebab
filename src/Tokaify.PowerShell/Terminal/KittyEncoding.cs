using System.Globalization;

namespace Tokaify.PowerShell;

/// <summary>A PNG file in kitty's graphics protocol: <see href="https://sw.kovidgoyal.net/kitty/graphics-protocol/"/>.</summary>
/// <remarks>
/// <code>
/// ESC _ G a=T,f=100,q=2,C=1,r=rows,c=columns,m=1 ; Base64 ESC \
/// ESC _ G m=1 ; Base64 ESC \  …  ESC _ G m=0 ; Base64 ESC \
/// </code>
/// Base64 in chunks of at most 4,096 bytes, all but the last divisible by 4; <c>m</c> is 1 for all but the last; those after the
/// first have no other keys. <c>a=T</c> transmits and displays, <c>f=100</c> is PNG, <c>C=1</c> leaves the cursor. <c>q=2</c> asks
/// for no response, which would come in among what the user types. Both <c>r</c> and <c>c</c> stretch the image to the cells,
/// <c>r</c> alone keeps its shape; but kitty 0.26 then leaves the width as it is. So the columns are named where they are known
/// to be right. Other than PNG there are only bare pixels, which would have to be decoded first.
/// </remarks>
internal static class KittyEncoding
{
    // 4,096 bytes of Base64.
    private const int ChunkLength = 3072;

    private const string End = "\e\\";

    /// <summary>Writes the image. Where it is cancelled or the file breaks off, the transmission is ended first.</summary>
    public static void Write(Stream file, ImageCells cells, SequenceWriter terminal, CancellationToken cancellation)
    {
        var columns = cells.IsExact ? string.Format(CultureInfo.InvariantCulture, "c={0},", cells.Columns) : "";
        var control = string.Format(CultureInfo.InvariantCulture, "a=T,f=100,q=2,C=1,r={0},{1}", cells.Rows, columns);
        var buffer = new byte[ChunkLength];
        var isComplete = false;
        try
        {
            while (!isComplete)
            {
                cancellation.ThrowIfCancellationRequested();
                var length = SequenceWriter.Fill(file, buffer, buffer.Length);
                isComplete = length < buffer.Length || file.Position >= file.Length;
                Chunk(terminal, control + (isComplete ? "m=0" : "m=1"), buffer.AsSpan(0, length));
                control = "";
            }
        }
        finally
        {
            if (!isComplete && control.Length == 0)
            {
                // The terminal would take what is drawn next for the rest of this one.
                Chunk(terminal, "m=0", []);
            }
        }
    }

    private static void Chunk(SequenceWriter terminal, string control, ReadOnlySpan<byte> bytes)
    {
        terminal.Open("\e_G" + control + ";");
        terminal.Payload(bytes);
        terminal.Close(End);
    }
}
