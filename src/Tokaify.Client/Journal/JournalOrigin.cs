using System.Text.Json;

namespace Tokaify;

/// <summary>The data that is needed to repeat an edit, besides the request itself.</summary>
/// <param name="Index">The number among the variations; null for all of them.</param>
/// <param name="Variations">The number of variations.</param>
/// <param name="ReferencePaths">The full paths of the reference images; null if they are not known.</param>
/// <param name="Folder">The full path of the folder in which the images are saved; null if it is not known.</param>
/// <param name="NameTemplate">The template of their names; null if it is not known.</param>
/// <param name="IsTurn">Whether it is a turn of a conversation.</param>
public sealed record JournalOrigin(
    int? Index, int Variations, IReadOnlyList<string>? ReferencePaths, string? Folder, string? NameTemplate, bool IsTurn)
{
    /// <summary>Returns the origin of an edit.</summary>
    internal static JournalOrigin Of(ImageEdit edit) => new(
        edit.Index,
        edit.Count,
        [.. edit.Request.Images.Skip(edit.SourcePath is null ? 0 : 1).Select(image => image.Path)],
        edit.Folder.Path,
        edit.Names.Template,
        edit.Conversation is not null);

    /// <summary>Writes it as fields of a line.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        WriteNumber(json, JournalRecord.IndexField, Index);
        WriteNumber(json, JournalRecord.VariationsField, Variations);
        WriteReferences(json);
        json.WriteString(JournalRecord.FolderField, Folder);
        json.WriteString(JournalRecord.NameTemplateField, NameTemplate);
        json.WriteBoolean(JournalRecord.TurnField, IsTurn);
    }

    private static void WriteNumber(Utf8JsonWriter json, string field, int? number)
    {
        if (number is { } known)
        {
            json.WriteNumber(field, known);
        }
        else
        {
            json.WriteNull(field);
        }
    }

    private void WriteReferences(Utf8JsonWriter json)
    {
        if (ReferencePaths is null)
        {
            json.WriteNull(JournalRecord.ReferencesField);
            return;
        }

        json.WriteStartArray(JournalRecord.ReferencesField);
        foreach (var path in ReferencePaths)
        {
            json.WriteStringValue(path);
        }

        json.WriteEndArray();
    }
}
