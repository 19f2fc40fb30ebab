namespace Tokaify;

/// <summary>Writes a <c>data</c> string into an image's file.</summary>
/// <param name="begin">Creates the file, when its first byte has been decoded.</param>
internal sealed class Base64Sink(Func<PendingImage> begin) : IStringSink
{
    private readonly Base64Decoder _decoder = new(begin);

    public int AppendRun(ReadOnlySpan<byte> json) => _decoder.AppendRun(json);

    public void Append(ReadOnlySpan<byte> utf8)
    {
        if (_decoder.Append(utf8) < utf8.Length)
        {
            throw Invalid();
        }
    }

    public void End()
    {
        if (!_decoder.TryEnd())
        {
            throw Invalid();
        }

        _decoder.Release();
    }

    private static BadResponseException Invalid() => new("its picture is not valid Base64") { IsLostImage = true };
}
