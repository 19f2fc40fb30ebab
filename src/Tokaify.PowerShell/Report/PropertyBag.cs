using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Reads an object's properties, or a hashtable's values, by name, and converts the forms that a file, a job or a table gives
/// them.</summary>
internal sealed class PropertyBag(PSObject? value)
{
    /// <summary>An object's properties.</summary>
    public static PropertyBag Of(object? value) => new(value is null ? null : PSObject.AsPSObject(value));

    /// <summary>Whether there is such a property.</summary>
    public bool Has(string name) => value?.BaseObject is IDictionary table ? table.Contains(name) : value?.Properties[name] is not null;

    /// <summary>A property's value; null if there is none, or if it cannot be read.</summary>
    public object? this[string name]
    {
        get
        {
            try
            {
                return value?.BaseObject is IDictionary table ? table[name] : value?.Properties[name]?.Value;
            }
            catch (GetValueException)
            {
                return null;
            }
        }
    }

    /// <summary>A text; null if it is empty or a list.</summary>
    public string? Text(string name) =>
        Unwrap(this[name]) is not IList && this[name]?.ToString() is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;

    /// <summary>An integer; null if the value is not one.</summary>
    public long? Number(string name) =>
        long.TryParse(Text(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>An amount; null if the value is not one.</summary>
    public decimal? Amount(string name) => decimal.TryParse(
        Convert.ToString(Unwrap(this[name]), CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount)
            ? amount
            : null;

    /// <summary>True or false; null if the value is neither.</summary>
    public bool? Boolean(string name) => bool.TryParse(Text(name), out var value) ? value : null;

    /// <summary>A time span, from a TimeSpan, its properties, or a number of seconds.</summary>
    public TimeSpan? Span(string name)
    {
        var item = this[name];
        if (Unwrap(item) is TimeSpan span)
        {
            return span;
        }

        if (Of(item).Number("Ticks") is { } ticks)
        {
            return TimeSpan.FromTicks(ticks);
        }

        return double.TryParse(Convert.ToString(item, CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            && Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds
                ? TimeSpan.FromSeconds(seconds)
                : TimeSpan.TryParse(Text(name), CultureInfo.InvariantCulture, out span) ? span : null;
    }

    /// <summary>The items of a list. Any other value is returned as a list of one item.</summary>
    public IEnumerable<object> Items(string name)
    {
        var item = this[name];
        return Unwrap(item) switch
        {
            null or "" => [],
            IList list => list.Cast<object?>().Where(each => each is not null).Cast<object>(),
            _ => [item!],
        };
    }

    /// <summary>Returns the object inside a PSObject.</summary>
    public static object? Unwrap(object? item) => item is PSObject wrapped ? wrapped.BaseObject : item;
}
