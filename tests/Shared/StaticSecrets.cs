using System.Collections;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security;
using System.Text;

namespace Tokaify.Tests;

/// <summary>Searches for a secret in all objects that are reachable from the static fields of this project's assemblies.</summary>
internal sealed class StaticSecrets
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly string _secret;
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<(string Path, object Value)> _open = new();
    private readonly List<string> _found = [];

    private StaticSecrets(string secret) => _secret = secret;

    /// <summary>The paths from a static field to the secret; empty if it is not reachable.</summary>
    public static IReadOnlyList<string> Find(string secret)
    {
        var search = new StaticSecrets(secret);
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies().Where(IsOurs))
        {
            search.AddStatics(assembly);
        }

        search.Walk();
        return search._found;
    }

    private static bool IsOurs(Assembly assembly) =>
        assembly.GetName().Name is { } name
        && name.StartsWith("Tokaify.", StringComparison.Ordinal)
        && !name.EndsWith(".Tests", StringComparison.Ordinal);

    private void AddStatics(Assembly assembly)
    {
        foreach (var type in assembly.GetTypes().Where(type => !type.ContainsGenericParameters))
        {
            foreach (var field in type.GetFields(Declared | BindingFlags.Static).Where(field => !field.IsLiteral && IsReadable(field)))
            {
                Add($"{type.FullName}.{field.Name}", field.GetValue(null));
            }
        }
    }

    private void Walk()
    {
        while (_open.TryDequeue(out var next))
        {
            if (IsSecret(next.Value))
            {
                _found.Add(next.Path);
            }
            else
            {
                AddParts(next.Path, next.Value);
            }
        }
    }

    private void Add(string path, object? value)
    {
        // Objects of the runtime lead to everything, so they are not followed.
        if (value is not (null or MemberInfo or Assembly or Module or Pointer) && _seen.Add(value))
        {
            _open.Enqueue((path, value));
        }
    }

    private void AddParts(string path, object value)
    {
        if (value is Array array)
        {
            if (!value.GetType().GetElementType()!.IsPrimitive)
            {
                AddItems(path, array);
            }

            return;
        }

        if (value is WeakReference weak)
        {
            Add($"{path}.Target", weak.Target);
        }

        if (IsWeakTable(value.GetType()))
        {
            AddItems(path, ((IEnumerable)value).Cast<object>().Select(pair => pair.GetType().GetProperty("Value")!.GetValue(pair)));
        }

        for (var type = value.GetType(); type is { IsPrimitive: false }; type = type.BaseType)
        {
            foreach (var field in type.GetFields(Declared | BindingFlags.Instance).Where(IsReadable))
            {
                Add($"{path}.{field.Name}", field.GetValue(value));
            }
        }
    }

    private void AddItems(string path, IEnumerable items)
    {
        foreach (var item in items)
        {
            Add($"{path}[]", item);
        }
    }

    // It shows its entries by its enumerator, not by its fields. The keys are objects of other code.
    private static bool IsWeakTable(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ConditionalWeakTable<,>);

    private static bool IsReadable(FieldInfo field) => field.FieldType is { IsPointer: false, IsByRef: false, IsByRefLike: false };

    private bool IsSecret(object value) => value switch
    {
        string text => Mentions(text),
        char[] characters => Mentions(new string(characters)),
        byte[] bytes => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(_secret)) >= 0,
        SecureString secure => Mentions(Reveal(secure)),
        NetworkCredential credential => Mentions(credential.Password),
        _ => false,
    };

    private bool Mentions(string text) => text.Contains(_secret, StringComparison.Ordinal);

    private static string Reveal(SecureString secure)
    {
        try
        {
            return new NetworkCredential("", secure).Password;
        }
        catch (ObjectDisposedException)
        {
            return "";
        }
    }
}
