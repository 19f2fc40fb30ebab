using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;

namespace Tokaify.PowerShell;

/// <summary>Runs commands of SecretManagement in a runspace of their own: what they return and report gets into no variable, error list
/// or history of the user's.</summary>
/// <param name="module">The path of the module.</param>
/// <param name="languageMode">The language mode of the user's session.</param>
/// <param name="host">The host that a vault may prompt through; null if it must not.</param>
internal sealed class VaultRunspace(string module, PSLanguageMode languageMode, PSHost? host)
{
    // How often the caller is asked whether it is being stopped.
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs a command.</summary>
    /// <param name="command">Its name.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="limit">The time it may take; null for no limit.</param>
    /// <param name="isStopping">Whether the caller is being stopped.</param>
    /// <exception cref="TimeoutException">It took longer.</exception>
    /// <exception cref="PipelineStoppedException">The caller is being stopped.</exception>
    public VaultOutput Run(string command, IDictionary parameters, TimeSpan? limit, Func<bool> isStopping)
    {
        var runspace = Open();
        var shell = System.Management.Automation.PowerShell.Create();
        shell.Runspace = runspace;
        shell.AddCommand($@"{SecretVaults.ModuleName}\{command}").AddParameters(parameters);
        var running = shell.BeginInvoke();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!running.AsyncWaitHandle.WaitOne(s_interval))
        {
            if (isStopping() || clock.Elapsed > limit)
            {
                // It may not let itself be stopped at once, so it is not waited for.
                shell.BeginStop(_ => End(shell, runspace), state: null);
                throw isStopping() ? new PipelineStoppedException() : new TimeoutException();
            }
        }

        try
        {
            return Read(shell, running);
        }
        finally
        {
            End(shell, runspace);
        }
    }

    private Runspace Open()
    {
        var state = InitialSessionState.CreateDefault();
        state.LanguageMode = languageMode;
        state.ImportPSModule([module]);
        var runspace = host is null ? RunspaceFactory.CreateRunspace(state) : RunspaceFactory.CreateRunspace(host, state);
        runspace.Open();
        return runspace;
    }

    private static VaultOutput Read(System.Management.Automation.PowerShell shell, IAsyncResult running)
    {
        try
        {
            var values = shell.EndInvoke(running);
            return new VaultOutput([.. values], [.. shell.Streams.Error]);
        }
        catch (RuntimeException exception)
        {
            return new VaultOutput([], [.. shell.Streams.Error, exception.ErrorRecord]);
        }
    }

    private static void End(System.Management.Automation.PowerShell shell, Runspace runspace)
    {
        shell.Dispose();
        runspace.Dispose();
    }
}

/// <summary>What a command of SecretManagement returned and reported.</summary>
/// <param name="Values">Its output.</param>
/// <param name="Errors">Its errors.</param>
internal sealed record VaultOutput(IReadOnlyList<PSObject> Values, IReadOnlyList<ErrorRecord> Errors);
