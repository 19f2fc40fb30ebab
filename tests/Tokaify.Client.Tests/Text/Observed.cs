using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace Tokaify.Tests.Text;

/// <summary>All texts of an edit that a user can see: those of exceptions, results and files.</summary>
internal sealed class Observed
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly List<(string Where, string Text)> _texts = [];

    /// <summary>The visible texts and their places.</summary>
    public IReadOnlyList<(string Where, string Text)> Texts => _texts;

    /// <summary>Adds a text.</summary>
    public void Add(string where, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            _texts.Add((where, text));
        }
    }

    /// <summary>Adds a result: its properties, as in JSON.</summary>
    public void Add(ImageEditResult result)
    {
        foreach (var property in typeof(ImageEditResult).GetProperties())
        {
            Add($"result.{property.Name}", property.GetValue(result) as string);
        }

        Add("result", JsonSerializer.Serialize(result));
    }

    /// <summary>Adds an exception and its causes: each property, and the text of the whole.</summary>
    public void Add(string where, Exception? exception)
    {
        if (exception is null)
        {
            return;
        }

        Add($"{where}.ToString()", exception.ToString());
        foreach (var property in exception.GetType().GetProperties(Any).Where(IsShown))
        {
            AddValue($"{where}.{property.Name}", property.GetValue(exception));
        }

        Add($"{where}.InnerException", exception.InnerException);
    }

    // Members of the runtime are not shown to users, and some of them cannot be read.
    private static bool IsShown(PropertyInfo property) =>
        property.GetIndexParameters().Length == 0
        && (property.DeclaringType != typeof(Exception) || property.GetMethod!.IsPublic);

    private void AddValue(string where, object? value)
    {
        switch (value)
        {
            case string text:
                Add(where, text);
                break;
            case IDictionary table:
                foreach (DictionaryEntry entry in table)
                {
                    Add(where, $"{entry.Key}={entry.Value}");
                }

                break;
            case Exception:
            case null:
                break;
            default:
                Add(where, value.ToString());
                break;
        }
    }
}
