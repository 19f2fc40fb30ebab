using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tokaify.Tests.Packaging;

/// <summary>The public surface of an assembly, as lines of text: one for each type and each member, in a stable order.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static List<string> Read(Assembly assembly) =>
        [.. assembly.GetExportedTypes().OrderBy(t => SurfaceName.OfType(t), StringComparer.Ordinal).SelectMany(Read)];

    public static IEnumerable<string> Read(Type type) =>
        type.IsSubclassOf(typeof(MulticastDelegate))
            ? [Delegate(type)]
            : [TypeLine(type), .. Members(type).Order(StringComparer.Ordinal)];

    private static string TypeLine(Type type)
    {
        var line = new StringBuilder(SurfaceName.OfType(type)).Append(" : ").Append(Kind(type));
        var inherited = type.BaseType?.GetInterfaces() ?? [];
        var bases = type.GetInterfaces()
            .Where(i => i.IsVisible && !inherited.Contains(i) && !(IsRecord(type) && i.Name == "IEquatable`1"))
            .Select(i => SurfaceName.Of(i))
            .Order(StringComparer.Ordinal);
        if (!type.IsEnum)
        {
            foreach (var name in type.IsClass && type.BaseType != typeof(object) ? bases.Prepend(SurfaceName.Of(type.BaseType!)) : bases)
            {
                line.Append(", ").Append(name);
            }
        }
        return Obsolete(type, line.ToString());
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => $"enum of {SurfaceName.Of(Enum.GetUnderlyingType(type))}",
        { IsInterface: true } => "interface",
        { IsValueType: true } => IsRecord(type) ? "record struct" : "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        _ => (type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + (IsRecord(type) ? "record" : "class"),
    };

    private static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$", Declared) is not null
        || (type.IsValueType && type.GetMethod("PrintMembers", Declared)?.IsDefined(typeof(CompilerGeneratedAttribute)) == true);

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(f => Line(f, $" = {Convert.ToString(f.GetRawConstantValue(), CultureInfo.InvariantCulture)}"));
        }
        return [
            .. type.GetFields(Declared).Where(f => IsSeen(f.Attributes)).Select(Field),
            .. type.GetConstructors(Declared).Where(c => !c.IsStatic && IsSeen(c) && !IsGiven(c)).Select(c => Line(c, Parameters(c))),
            .. type.GetProperties(Declared).Where(p => p.GetAccessors(nonPublic: true).Any(IsSeen) && !IsGiven(p)).Select(Property),
            .. type.GetEvents(Declared).Where(e => IsSeen(e.AddMethod!))
                .Select(e => Line(e, $" -> event {SurfaceName.Of(new NullabilityInfoContext().Create(e))}")),
            .. type.GetMethods(Declared).Where(IsMethod).Select(Method),
        ];
    }

    /// <summary>Accessors are part of their property, overrides of the overridden member, and generated members of a record of the
    /// record.</summary>
    private static bool IsMethod(MethodInfo method) =>
        IsSeen(method)
        && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
        && !IsGiven(method);

    private static bool IsGiven(MemberInfo member) => member.IsDefined(typeof(CompilerGeneratedAttribute)) || member.Name == "EqualityContract";

    private static bool IsSeen(FieldAttributes attributes) =>
        (attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    private static bool IsSeen(MethodBase method) =>
        (method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed))
        && !(method is MethodInfo { IsVirtual: true } m && m.GetBaseDefinition() != m);

    private static string Field(FieldInfo field)
    {
        var value = field.IsLiteral ? $" = {SurfaceName.Value(field.GetRawConstantValue())}" : "";
        var kind = field.IsLiteral ? "const " : field.IsInitOnly ? "readonly " : "";
        return Line(field, $"{value} -> {kind}{SurfaceName.Of(new NullabilityInfoContext().Create(field))}");
    }

    private static string Property(PropertyInfo property)
    {
        var accessors = new StringBuilder();
        if (property.GetMethod is { } getter && IsSeen(getter))
        {
            accessors.Append(" get;");
        }
        if (property.SetMethod is { } setter && IsSeen(setter))
        {
            var isInit = setter.ReturnParameter.GetRequiredCustomModifiers().Any(m => m.Name == "IsExternalInit");
            accessors.Append(setter.IsPublic ? "" : " protected").Append(isInit ? " init;" : " set;");
        }
        var index = property.GetIndexParameters() is { Length: > 0 } parameters ? $"[{List(parameters)}]" : "";
        var required = property.CustomAttributes.Any(a => a.AttributeType.Name == "RequiredMemberAttribute") ? "required " : "";
        return Line(property, $"{index} {{{accessors} }} -> {required}{SurfaceName.Of(new NullabilityInfoContext().Create(property))}");
    }

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";
        return Line(method, $"{generic}{Parameters(method)} -> {SurfaceName.Of(new NullabilityInfoContext().Create(method.ReturnParameter))}");
    }

    private static string Delegate(Type type)
    {
        var invoke = type.GetMethod("Invoke")!;
        return $"{SurfaceName.OfType(type)} : delegate{Parameters(invoke)} -> {SurfaceName.Of(new NullabilityInfoContext().Create(invoke.ReturnParameter))}";
    }

    private static string Parameters(MethodBase method) => $"({List(method.GetParameters())})";

    private static string List(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var way = !parameter.ParameterType.IsByRef ? "" : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        var value = parameter.HasDefaultValue ? $" = {SurfaceName.Value(parameter.RawDefaultValue)}" : "";
        return $"{way}{SurfaceName.Of(new NullabilityInfoContext().Create(parameter))} {parameter.Name}{value}";
    }

    private static string Line(MemberInfo member, string rest) =>
        Obsolete(member, $"{SurfaceName.OfType(member.DeclaringType!)}.{(member is ConstructorInfo ? "new" : member.Name)}{rest}{Modifiers(member)}");

    private static string Modifiers(MemberInfo member)
    {
        var method = member switch
        {
            MethodBase m => m,
            PropertyInfo p => p.GetAccessors(nonPublic: true).First(IsSeen),
            EventInfo e => e.AddMethod,
            _ => null,
        };
        var isStatic = (method?.IsStatic ?? ((FieldInfo)member).IsStatic) && member is not FieldInfo { IsLiteral: true };
        var isOpen = method is { IsVirtual: true, IsFinal: false } && !member.DeclaringType!.IsInterface;
        return string.Concat(
            isStatic ? ", static" : "",
            method is { IsFamily: true } or { IsFamilyOrAssembly: true } ? ", protected" : "",
            isOpen ? method!.IsAbstract ? ", abstract" : ", virtual" : "");
    }

    private static string Obsolete(MemberInfo member, string line) =>
        // The constructor of a type with required members is marked as obsolete for compilers without required members.
        member.IsDefined(typeof(ObsoleteAttribute)) && !member.CustomAttributes.Any(a => a.AttributeType.Name == "CompilerFeatureRequiredAttribute")
            ? $"{line}, obsolete"
            : line;
}
