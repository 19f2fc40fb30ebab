using System.Management.Automation;
using System.Reflection;
#if NET
using System.Runtime.Loader;
#endif

namespace Tokaify.PowerShell;

/// <summary>Runs when the module is imported and removed. Resolves the assemblies that are shipped with it, isolated from other modules'
/// copies.</summary>
public sealed class ModuleLifetime : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly string s_folder = Path.GetDirectoryName(typeof(ModuleLifetime).Assembly.Location)!;
    private static int s_isHooked;
    private static readonly string s_dependencies = Path.Combine(s_folder, "dependencies");

    /// <summary>Called when the module is imported.</summary>
    /// <exception cref="InvalidOperationException">Another version of its own assemblies is loaded.</exception>
    public void OnImport()
    {
        RequireOneVersion();
        if (Interlocked.Exchange(ref s_isHooked, 1) != 0)
        {
            return;
        }

        // The handler stays: our assemblies stay loaded, and other runspaces may have imported the module.
#if NET
        AssemblyLoadContext.Default.Resolving += Resolve;
#else
        AppDomain.CurrentDomain.AssemblyResolve += Resolve;
#endif
    }

    // The client is loaded once for the whole session, so that scripts can name its types. Another version of it would be noticed only when
    // a command calls a missing method, with a message that does not help.
    private static void RequireOneVersion()
    {
#if NET
        var loaded = AssemblyLoadContext.Default.Assemblies;
#else
        var loaded = AppDomain.CurrentDomain.GetAssemblies();
#endif
        var own = typeof(ModuleLifetime).Assembly.GetName().Version;
        var other = loaded
            .Select(assembly => assembly.GetName())
            .FirstOrDefault(name => name.Name is "Tokaify.Client" or "Tokaify.Emulator" && name.Version != own);
        if (other is not null)
        {
            throw new InvalidOperationException(
                $"This session has loaded {other.Name} {other.Version}, and this module has version {own}. Import it in a new session.");
        }
    }

    /// <summary>Called when the module is removed from a runspace.</summary>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        RunspaceSession.Current().Dispose();
    }

#if NET
    // Only Tokaify.Resilience, a name that no other module has, is resolved here. Its own context then resolves Polly, so another module's
    // Polly is never used, and ours is never given to another module.
    private static readonly DependencyContext s_context = new();

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        name.Name == "Tokaify.Resilience" ? s_context.LoadFromAssemblyName(name) : null;

    private sealed class DependencyContext() : AssemblyLoadContext("Tokaify.PowerShell")
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            var path = Path.Combine(s_dependencies, assemblyName.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
#else
    // Windows PowerShell has no load contexts, but it provides the requesting assembly. Only requests from this module's assemblies are
    // resolved.
    private static Assembly? Resolve(object sender, ResolveEventArgs request)
    {
        if (request.RequestingAssembly is not { IsDynamic: false } requester || !IsOurs(requester.Location))
        {
            return null;
        }

        var path = Path.Combine(s_dependencies, new AssemblyName(request.Name).Name + ".dll");
        // LoadFile, not LoadFrom: LoadFrom may return an assembly of the same name from another folder.
        return File.Exists(path) ? Assembly.LoadFile(path) : null;
    }

    private static bool IsOurs(string location) =>
        location.StartsWith(s_folder + Path.DirectorySeparatorChar, StringComparison.OrdinalIgnoreCase);
#endif
}
