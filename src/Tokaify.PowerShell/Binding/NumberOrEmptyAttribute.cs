using System.Globalization;
using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Converts an empty text to null, so that an empty cell of a table counts as not given.</summary>
/// <remarks>A value that is not a number is an error. By default, PowerShell ignores a row's property that does not convert,
/// and the request would go out without it.</remarks>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NumberOrEmptyAttribute(Type type) : ArgumentTransformationAttribute
{
    /// <summary>The type of the number.</summary>
    public Type Type { get; } = type;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is null or "" || (value is string text && string.IsNullOrWhiteSpace(text)))
        {
            return null!;
        }

        return LanguagePrimitives.TryConvertTo(value, Type, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ArgumentTransformationMetadataException($"'{value}' is not a number of type {Type.Name}.");
    }
}
