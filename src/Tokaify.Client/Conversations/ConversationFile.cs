using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tokaify;

/// <summary>Saves a conversation in a file, so that it can be continued later: as JSON, with the paths of the images, without their
/// bytes.</summary>
/// <remarks>The paths are relative to the file's folder, so that the folder can be moved with all its files.</remarks>
public static class ConversationFile
{
    private const string Format = "Tokaify.Conversation";
    private const int Version = 1;
    private const string StripsMetadataField = "stripsMetadata";

    private static readonly JsonWriterOptions s_writerOptions = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes a conversation, completely or not at all.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="path">The file's full path. An existing conversation is replaced.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> if another kind of file exists there,
    /// <see cref="TokaifyErrorId.SaveFailed"/> if it cannot be written.</exception>
    public static void Save(Conversation conversation, string path)
    {
        if (File.Exists(path))
        {
            EnsureConversation(path);
        }

        using var file = WholeFile.Create(path);
        file.Write(() =>
        {
            using var writer = new Utf8JsonWriter(file.Stream, s_writerOptions);
            Write(writer, conversation, Path.GetDirectoryName(path)!);
        });
        file.Keep(overwrite: true);
    }

    /// <summary>Reads a conversation. Its images are read when it is continued, not now.</summary>
    /// <param name="path">The file's full path.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.FileNotFound"/> if the file is missing or cannot be read,
    /// <see cref="TokaifyErrorId.InvalidArgument"/> if it is not a conversation, or one of a later version.</exception>
    public static Conversation Restore(string path)
    {
        using var file = Open(path);
        try
        {
            RegularFile.EnsureNotEmpty(file);
            using var document = JsonDocument.Parse(file);
            return Read(document.RootElement, path);
        }
        // The exceptions of System.Text.Json for invalid JSON, and for members that are missing or have another type.
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or ArgumentException or NotSupportedException)
        {
            throw NoConversation(path, exception);
        }
        catch (IOException exception)
        {
            throw Unreadable(path, exception);
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return RegularFile.OpenRead(path);
        }
        catch (NotRegularFileException exception)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, $"'{path}' is {exception.Kind.Name()}, not a conversation file. It was not opened.", exception);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TokaifyException(TokaifyErrorId.FileNotFound, $"There is no file '{path}'. Check the name.", exception);
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception))
        {
            throw Unreadable(path, exception);
        }
    }

    private static void EnsureConversation(string path)
    {
        try
        {
            Restore(path);
        }
        catch (TokaifyException exception) when (exception.ErrorId == TokaifyErrorId.InvalidArgument)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"'{path}' already exists and is not a conversation, so it is not replaced. Choose another path, or remove it.",
                exception);
        }
    }

    private static void Write(Utf8JsonWriter writer, Conversation conversation, string folder)
    {
        writer.WriteStartObject();
        writer.WriteString("format", Format);
        writer.WriteNumber("version", Version);
        writer.WriteString("id", conversation.Id);
        writer.WriteString("model", conversation.Model);
        writer.WriteString("systemInstruction", conversation.SystemInstruction);
        writer.WriteBoolean(StripsMetadataField, conversation.StripsMetadata);
        writer.WriteStartArray("turns");
        // The messages of the user and of the model are separate entries, as in the API.
        foreach (var message in conversation.Messages)
        {
            writer.WriteStartObject();
            writer.WriteString("role", message.Role);
            writer.WriteStartArray("parts");
            foreach (var part in message.Parts)
            {
                WritePart(writer, part, folder);
            }

            writer.WriteEndArray();
            message.Grounding.WriteTo(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter writer, MessagePart part, string folder)
    {
        writer.WriteStartObject();
        if (part.Image is { } image)
        {
            writer.WriteStartObject("picture");
            writer.WriteString("path", RelativePath.From(folder, image.Path));
            writer.WriteNumber("length", image.Length);
            writer.WriteString("sha256", image.Sha256);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteString("text", part.Text);
        }

        if (part.ThoughtSignature is { } signature)
        {
            writer.WriteString("thoughtSignature"u8, signature);
        }

        writer.WriteEndObject();
    }

    private static Conversation Read(JsonElement json, string path)
    {
        if (json.GetProperty("format").GetString() != Format)
        {
            throw NoConversation(path);
        }

        var version = json.GetProperty("version").GetInt32();
        if (version != Version)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"'{path}' is a conversation of version {version}; this module reads version {Version}. Update the module.");
        }

        return new Conversation(
            Required(json, "id"),
            Required(json, "model"),
            json.GetProperty("systemInstruction").GetString(),
            ReadTurns(json.GetProperty("turns"), path))
        {
            StripsMetadata = json.TryGetProperty(StripsMetadataField, out var strips) && strips.GetBoolean(),
        };
    }

    private static List<Turn> ReadTurns(JsonElement json, string path)
    {
        var messages = json.EnumerateArray().Select(message => ReadMessage(message, path)).ToList();
        if (messages.Where((message, index) => message.Role != (index % 2 == 0 ? Roles.User : Roles.Model)).Any() || messages.Count % 2 != 0)
        {
            throw new FormatException("A message of the user has no response of the model, or the other way round.");
        }

        return [.. Enumerable.Range(0, messages.Count / 2).Select(index => new Turn(messages[2 * index], messages[(2 * index) + 1]))];
    }

    private static Message ReadMessage(JsonElement message, string path) => new(
        Required(message, "role"),
        [.. message.GetProperty("parts").EnumerateArray().Select(part => ReadPart(part, path))])
    {
        Grounding = Grounding.Read(message),
    };

    private static MessagePart ReadPart(JsonElement part, string path)
    {
        var signature = part.TryGetProperty("thoughtSignature", out var value) ? Encoding.UTF8.GetBytes(value.GetString()!) : null;
        return part.TryGetProperty("picture", out var image)
            ? new MessagePart(Text: null, ReadImage(image, path), signature)
            : new MessagePart(Required(part, "text"), Image: null, signature);
    }

    private static ImageReference ReadImage(JsonElement image, string path) => new(
        RelativePath.Resolve(Path.GetDirectoryName(path)!, EnsureMayOpen(Required(image, "path"), path)),
        image.GetProperty("length").GetInt64(),
        Required(image, "sha256"));

    // Accessing a file on a share makes Windows log in to its server. The user has named only the conversation's own share.
    private static string EnsureMayOpen(string image, string path) => WindowsPath.IsLocalOrBeside(image, path)
        ? image
        : throw new TokaifyException(
            TokaifyErrorId.InvalidArgument,
            $"'{path}' names an image on another share, '{image}'. It was not opened. Move the conversation file to that share.");

    private static string Required(JsonElement json, string name) =>
        json.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null.");

    private static TokaifyException Unreadable(string path, Exception cause) =>
        new(TokaifyErrorId.FileNotFound, $"'{path}' cannot be read: {cause.Message} Check its permissions.", cause);

    private static TokaifyException NoConversation(string path, Exception? cause = null) => new(
        TokaifyErrorId.InvalidArgument,
        $"'{path}' is not a saved conversation, or is damaged.",
        cause)
    {
        Advice = ErrorAdvice.NameConversationFile,
    };
}
