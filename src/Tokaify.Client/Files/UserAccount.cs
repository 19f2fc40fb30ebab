#if NET
using System.Globalization;
using System.Runtime.InteropServices;
#endif

namespace Tokaify;

/// <summary>The account that this process runs as.</summary>
internal static class UserAccount
{
    /// <summary>The name of the account, on Windows with its domain: <c>CONTOSO\joe</c>. For an account without a name, as in many
    /// containers, the user id: <c>uid 1000680000</c>. Null if the system provides neither.</summary>
    public static string? Name { get; } = FindName();

    private static string? FindName()
    {
        try
        {
            return Environment.UserName is not { Length: > 0 } name ? Number()
                : Path.DirectorySeparatorChar == '\\' && Environment.UserDomainName is { Length: > 0 } domain ? $@"{domain}\{name}"
                : name;
        }
        catch (Exception exception) when (exception is InvalidOperationException or PlatformNotSupportedException)
        {
            return null;
        }
    }

#if NET
    private static string? Number()
    {
        try
        {
            return string.Format(CultureInfo.InvariantCulture, "uid {0}", GetEffectiveUserId());
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_GetEUid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEffectiveUserId();
#else
    private static string? Number() => null;
#endif
}
