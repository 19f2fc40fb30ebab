namespace Tokaify.Emulation;

/// <summary>The pictures of answers that have a link in their place: the last ones, for whoever asks, key or not.</summary>
internal sealed class LinkedPictures
{
    private const string Folder = "/images/";

    // More than are under way at once.
    private const int Kept = 64;

    private readonly Queue<(string Path, byte[] Picture)> _pictures = new();

    /// <summary>Puts a link in the place of an answer's picture.</summary>
    /// <param name="answer">The answer; one of words alone stays as it is.</param>
    /// <param name="origin">Where the emulator is, as its client says it.</param>
    /// <param name="isDead">Whether nothing is behind the link.</param>
    public RelayAnswer Link(RelayAnswer answer, string origin, bool isDead)
    {
        var tree = AnswerTree.Of(answer);
        if (tree.Picture is not { } picture)
        {
            return answer;
        }

        var path = $"{Folder}{Guid.NewGuid():N}.png";
        if (!isDead)
        {
            Keep(path, Convert.FromBase64String((string)picture["data"]!));
        }

        var part = tree.PicturePart!;
        part.Remove("inlineData");
        part["text"] = $"Here you are:\n\n![image]({origin}{path})\n";
        return tree.ToAnswer();
    }

    /// <summary>The answer to a request for a picture; null for another request, and where there is no such picture.</summary>
    public RelayAnswer? Find(RelayRequest request)
    {
        lock (_pictures)
        {
            return request.Method == "GET" && _pictures.FirstOrDefault(each => each.Path == request.Path).Picture is { } picture
                ? new RelayAnswer { Status = 200, ContentType = ImageFormat.Png.MimeType(), Body = new ArraySegment<byte>(picture) }
                : null;
        }
    }

    private void Keep(string path, byte[] picture)
    {
        lock (_pictures)
        {
            _pictures.Enqueue((path, picture));
            if (_pictures.Count > Kept)
            {
                _pictures.Dequeue();
            }
        }
    }
}
