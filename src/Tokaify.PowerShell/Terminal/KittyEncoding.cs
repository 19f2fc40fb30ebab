using System.Globalization;

namespace Tokaify.PowerShell;

/// <summary>A PNG file in kitty's graphics protocol: <see href="https://sw.kovidgoyal.net/kitty/graphics-protocol/"/>.</summary>
/// <remarks>
/// <code>
/// ESC _ G a=T,f=100,q=2,C=1,r=rows,c=columns,m=1 ; Base64 ESC \
/// ESC _ G m=1 ; Base64 ESC \  …  ESC _ G m=0 ; Base64 ESC \
/// </code>
/// Base64 is sent in chunks of at most 4,096 bytes. The length of each chunk except the last is divisible by 4. <c>m</c> is 1 except in the
/// last chunk. Chunks after the first have no other keys. <c>a=T</c> transmits and displays, <c>f=100</c> is PNG, <c>C=1</c> does not move
/// the cursor. <c>q=2</c> suppresses the response, which would be mixed with the user's input. <c>r</c> and <c>c</c> together stretch the
/// image to the cells; <c>r</c> alone keeps the aspect ratio, but kitty 0.26 then does not scale the width. So the columns are sent if they
/// are exact. The only other format of the protocol is raw pixels, which would have to be decoded first.
/// </remarks>
internal static class KittyEncoding
{
    // 4,096 bytes of Base64.
    private const int ChunkLength = 3072;

    private const string End = "\e\\";

    /// <summary>Writes the image. If it is cancelled or the file ends early, the transmission is ended first.</summary>
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
                // Otherwise the terminal would treat the next image as the rest of this one.
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
