using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]

namespace Tokaify.Hosted.Tests;

/// <summary>A PowerShell session inside this process, with the module that the build staged.</summary>
public sealed class Session : IDisposable
{
    private static readonly string s_module = typeof(Session).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "ModuleFolder").Value!;

    private readonly Runspace _runspace;

    public Session()
    {
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        }

        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
        Run("Import-Module $args[0] -ErrorAction Stop", s_module);
    }

    /// <summary>A folder of the session's own, with one image in it.</summary>
    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("tokaify-hosted-");

    public string Image
    {
        get
        {
            var path = Path.Combine(Folder.FullName, "cat.png");
            if (!File.Exists(path))
            {
                File.Copy(Path.Combine(AppContext.BaseDirectory, "pictures", "plain.png"), path);
            }

            return path;
        }
    }

    /// <summary>A pipeline that has not started.</summary>
    public System.Management.Automation.PowerShell Pipeline(string script, params object[] arguments)
    {
        var pipeline = System.Management.Automation.PowerShell.Create(_runspace).AddScript(script);
        foreach (var argument in arguments)
        {
            pipeline.AddArgument(argument);
        }

        return pipeline;
    }

    /// <summary>Runs a script to its end.</summary>
    public Collection<PSObject> Run(string script, params object[] arguments)
    {
        using var pipeline = Pipeline(script, arguments);
        return pipeline.Invoke();
    }

    /// <summary>Closes the runspace, and does nothing before.</summary>
    public void Close() => _runspace.Dispose();

    public void Dispose()
    {
        if (_runspace.RunspaceStateInfo.State == RunspaceState.Opened)
        {
            Run("Remove-Module Tokaify.PowerShell");
            Close();
        }

        Folder.Delete(recursive: true);
    }
}
