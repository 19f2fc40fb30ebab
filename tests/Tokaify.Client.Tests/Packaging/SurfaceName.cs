using System.Globalization;
using System.Reflection;

namespace Tokaify.Tests.Packaging;

/// <summary>Formats types and values as in C#.</summary>
internal static class SurfaceName
{
    private static readonly Dictionary<string, string> s_keywords = new()
    {
        ["Void"] = "void",
        ["Object"] = "object",
        ["String"] = "string",
        ["Boolean"] = "bool",
        ["Char"] = "char",
        ["Byte"] = "byte",
        ["SByte"] = "sbyte",
        ["Int16"] = "short",
        ["UInt16"] = "ushort",
        ["Int32"] = "int",
        ["UInt32"] = "uint",
        ["Int64"] = "long",
        ["UInt64"] = "ulong",
        ["Single"] = "float",
        ["Double"] = "double",
        ["Decimal"] = "decimal",
    };

    /// <summary>A declared type with its namespace.</summary>
    public static string OfType(Type type) =>
        (type.DeclaringType is { } outer ? OfType(outer) : type.Namespace) + "." + Of(type);

    /// <summary>A used type, with a question mark if it is nullable.</summary>
    public static string Of(NullabilityInfo info)
    {
        var type = info.Type;
        if (type.IsByRef)
        {
            type = type.GetElementType()!;
        }
        var mark = !type.IsValueType && (info.ReadState == NullabilityState.Nullable || info.WriteState == NullabilityState.Nullable) ? "?" : "";
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying) + "?";
        }
        if (type.IsArray && info.ElementType is { } element)
        {
            return $"{Of(element)}[]{mark}";
        }
        return type.IsGenericType ? Generic(type, info.GenericTypeArguments.Select(Of)) + mark : Of(type) + mark;
    }

    public static string Of(Type type)
    {
        if (type.IsArray)
        {
            return Of(type.GetElementType()!) + "[]";
        }
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying) + "?";
        }
        if (type.IsGenericType)
        {
            return Generic(type, type.GetGenericArguments().Select(Of));
        }
        return type.Namespace == "System" && s_keywords.TryGetValue(type.Name, out var keyword) ? keyword : type.Name;
    }

    public static string Value(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Generic(Type type, IEnumerable<string> arguments)
    {
        var name = type.Name.Split('`')[0];
        return $"{name}<{string.Join(", ", arguments)}>";
    }
}
