using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;

namespace Tokaify.PowerShell;

/// <summary>Runs commands of SecretManagement in a separate runspace, so that their output and errors do not get into the user's variables,
/// error list or history.</summary>
/// <param name="module">The path of the module.</param>
/// <param name="languageMode">The language mode of the user's session.</param>
/// <param name="host">The host through which a vault may prompt; null if it must not prompt.</param>
internal sealed class VaultRunspace(string module, PSLanguageMode languageMode, PSHost? host)
{
    // The interval for checking whether the caller is being stopped.
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs a command.</summary>
    /// <param name="command">Its name.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="limit">The time limit; null for no limit.</param>
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
                // The command may not stop at once, so its end is not awaited.
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

/// <summary>The output and the errors of a command of SecretManagement.</summary>
/// <param name="Values">Its output.</param>
/// <param name="Errors">Its errors.</param>
internal sealed record VaultOutput(IReadOnlyList<PSObject> Values, IReadOnlyList<ErrorRecord> Errors);
