using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using System.Text.Json;

namespace Tokaify.PowerShell;

/// <summary>Writes PowerShell values as JSON: hashtables, lists, numbers, texts, dates.</summary>
/// <remarks>A serializer is not used, because it would write every property of any object.</remarks>
internal sealed class JsonValues
{
    // Deeper than any request. The limit also stops a value that contains itself in a way that the check by reference does not detect.
    private const int MaximumDepth = 64;

    private readonly Utf8JsonWriter _writer;
    private readonly string _parameter;
    private readonly HashSet<object> _open = new(new ByReference());

    private JsonValues(Utf8JsonWriter writer, string parameter)
    {
        _writer = writer;
        _parameter = parameter;
    }

    /// <summary>Converts a value to JSON.</summary>
    /// <param name="value">The value.</param>
    /// <param name="parameter">The name of the parameter that has the value, for the error.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the value cannot be written as JSON.</exception>
    public static JsonElement From(object? value, string parameter)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            new JsonValues(writer, parameter).Write(value);
        }

        using var document = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        return document.RootElement.Clone();
    }

    private void Write(object? value)
    {
        var item = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (!TryWriteText(item) && !TryWriteNumber(item) && !TryWriteContainer(value, item))
        {
            throw Invalid($"holds a {item!.GetType().Name}, for which JSON has no form. Give its texts and numbers");
        }
    }

    private bool TryWriteText(object? item)
    {
        switch (item)
        {
            case null or DBNull:
                _writer.WriteNullValue();
                return true;
            case bool flag:
                _writer.WriteBooleanValue(flag);
                return true;
            case SwitchParameter flag:
                _writer.WriteBooleanValue(flag);
                return true;
            case byte[] bytes:
                _writer.WriteBase64StringValue(bytes);
                return true;
            default:
                var text = TextOf(item);
                if (text is not null)
                {
                    _writer.WriteStringValue(text);
                }

                return text is not null;
        }
    }

    // Dates and time spans have the format of the API's Timestamp and Duration.
    private static string? TextOf(object item) => item switch
    {
        string text => text,
        char or Guid or Uri or Version or Enum => item.ToString(),
        DateTime { Kind: DateTimeKind.Unspecified } date => TextOf(DateTime.SpecifyKind(date, DateTimeKind.Local)),
        DateTime date => date.ToString("o", CultureInfo.InvariantCulture),
        DateTimeOffset date => date.ToString("o", CultureInfo.InvariantCulture),
        TimeSpan span => ((decimal)span.Ticks / TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture) + "s",
        _ => null,
    };

    private bool TryWriteNumber(object? item)
    {
        switch (item)
        {
            case double number when double.IsNaN(number) || double.IsInfinity(number):
            case float part when float.IsNaN(part) || float.IsInfinity(part):
                throw Invalid($"holds {item}, for which JSON has no form");
            case double number:
                _writer.WriteNumberValue(number);
                return true;
            case float number:
                _writer.WriteNumberValue(number);
                return true;
            case byte or sbyte or short or ushort or int or uint or long or ulong or decimal or BigInteger:
                _writer.WriteRawValue(((IFormattable)item).ToString(null, CultureInfo.InvariantCulture));
                return true;
            default:
                return false;
        }
    }

    private bool TryWriteContainer(object? value, object? item)
    {
        Action? write = item switch
        {
            IDictionary table => () => WriteObject(table.Keys.Cast<object>().Select(key => (key.ToString()!, (object?)table[key]))),
            PSCustomObject => () => WriteObject(((PSObject)value!).Properties.Select(property => (property.Name, (object?)property.Value))),
            IEnumerable list => () => WriteArray(list),
            _ => null,
        };
        if (write is null)
        {
            return false;
        }

        // All PSCustomObjects wrap the same base object, so the identity of one is that of its wrapper.
        var self = item is PSCustomObject ? value! : item!;
        if (_open.Count == MaximumDepth || !_open.Add(self))
        {
            throw Invalid($"holds itself, or is nested deeper than {MaximumDepth} levels");
        }

        write();
        _open.Remove(self);
        return true;
    }

    private void WriteObject(IEnumerable<(string Name, object? Value)> properties)
    {
        _writer.WriteStartObject();
        foreach (var (name, value) in properties)
        {
            _writer.WritePropertyName(name);
            Write(value);
        }

        _writer.WriteEndObject();
    }

    private void WriteArray(IEnumerable items)
    {
        _writer.WriteStartArray();
        foreach (var item in items)
        {
            Write(item);
        }

        _writer.WriteEndArray();
    }

    private TokaifyException Invalid(string flaw) => new(TokaifyErrorId.InvalidArgument, $"-{_parameter} {flaw}.");
}
