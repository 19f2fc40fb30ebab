#Requires -Version 7.4

<#
.SYNOPSIS
    Shares the edits of many pictures between several machines, over SSH.
.DESCRIPTION
    Each machine takes a share of the files, edits them and comes back for the next, until none is left. No file is given
    to a second machine before the first is lost. Every result comes out here, as it arrives, with the machine that made
    it as HostName: one result or one error for each file.

    A machine is lost when it cannot be reached, dies, is silent for SilenceTimeoutSec, gives no result for
    ResultTimeoutSec, or cannot edit at all (no module, no key). That is a warning; what it had not finished goes to the
    others. When no machine is left, one error says which files are, and its TargetObject holds them.

    Why plain ssh: PowerShell's own SSH remoting runs inside this process, and a connection that breaks can end it, with
    an exception on a thread that no script can guard. Here each connection is an ssh process, and whatever befalls it is
    the end of its output, no more. Orders and answers are lines: a word and an object as CLIXML in Base64, so that
    neither code pages nor what else a machine prints can spoil them. Each machine says every fifth of a second that it
    is alive, and stops its edits as soon as the connection ends: when this script is stopped, for example.

    The machines need an SSH server that lets you in without asking, PowerShell 7.4, Tokaify.PowerShell, and the pictures
    and the destination under the same paths as here: a share, as a rule.

    The key: each machine has its own. It never travels, and stands on no command line. The machine's environment holds
    it (TOKAIFY_API_KEY, with SetEnv in sshd_config for example), or a vault there does, from which Setup fetches it.

    What is paid twice: SkipExisting is always on, so a picture that a lost machine had saved is not sent again; it comes
    out with Status Skipped. Only edits under way on the lost machine are sent again, and may be billed again: as many as
    ThrottleLimit. A machine that lives on behind a broken network finishes its share meanwhile; smaller shares cost less.
.PARAMETER Path
    The pictures, by full path. As names of pictures are made from theirs, no two may have the same name.
.PARAMETER Prompt
    The edit instruction.
.PARAMETER Destination
    The folder to save in.
.PARAMETER HostName
    The machines: names as ssh takes them, or hashtables with HostName, and Port, UserName, KeyFilePath, Options (a
    hashtable of ssh's options) where needed.
.PARAMETER BatchSize
    The greatest number of files that a machine takes at once.
.PARAMETER ThrottleLimit
    The number of requests in flight on each machine.
.PARAMETER Option
    Further parameters of Invoke-TokaifyImageEdit, such as @{ AspectRatio = '16:9' }.
.PARAMETER Setup
    Runs on each machine before its first edit.
.PARAMETER SilenceTimeoutSec
    A machine that says nothing for so long is lost. It includes connecting and starting PowerShell there.
.PARAMETER ResultTimeoutSec
    A machine that works and has no result for so long is lost: its share of the disk hangs, for example. No edit with all
    its retries should take longer.
.PARAMETER Module
    The module, as the machines find it.
.PARAMETER PowerShell
    PowerShell, as the machines find it.
.EXAMPLE
    Get-ChildItem /mnt/*.jpg | ./Invoke-EditOnHosts.ps1 -Prompt 'Remove the background.' -Destination /mnt/cutouts -HostName node1, node2
.EXAMPLE
    $order = @{ Prompt = 'Remove the background.'; Destination = '/mnt/cutouts'; Setup = { Connect-Tokaify -ApiKey (Get-Secret Tokaify) } }
    Get-ChildItem /mnt/*.jpg | ./Invoke-EditOnHosts.ps1 @order -HostName node1, node2

    The key comes from each machine's own vault, one that opens without asking.
.EXAMPLE
    $left = $Error.Where({ $_.FullyQualifiedErrorId -like 'NoMachineLeft*' }, 'First').TargetObject
    $left | ./Invoke-EditOnHosts.ps1 -Prompt 'Remove the background.' -Destination /mnt/cutouts -HostName node4

    Goes on after all machines were lost.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory, ValueFromPipeline, ValueFromPipelineByPropertyName)]
    [Alias('PSPath', 'FullName')]
    [string[]] $Path,

    [Parameter(Mandatory)]
    [string] $Prompt,

    [Parameter(Mandatory)]
    [string] $Destination,

    [Parameter(Mandatory)]
    [object[]] $HostName,

    [ValidateRange(1, 10000)]
    [int] $BatchSize = 50,

    [ValidateRange(1, 1024)]
    [int] $ThrottleLimit = 8,

    [hashtable] $Option = @{},

    [scriptblock] $Setup = {},

    [ValidateRange(1, 86400)]
    [int] $SilenceTimeoutSec = 60,

    [ValidateRange(1, 86400)]
    [int] $ResultTimeoutSec = 3600,

    [string] $Module = 'Tokaify.PowerShell',

    [string] $PowerShell = 'pwsh'
)

begin {
    # --- What runs on each machine ------------------------------------------------------------------------------------

    # $reader is standard input. Its first line is the order, each further one a share; its end is the end of the work.
    $worker = {
        function Send-Line {
            param($Word, $Value)

            $text = [System.Management.Automation.PSSerializer]::Serialize($Value, 3)
            [Console]::Out.WriteLine("tokaify $Word " + [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($text)))
        }

        function Read-Value {
            param($Line)

            [System.Management.Automation.PSSerializer]::Deserialize([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($Line)))
        }

        # What has come of the edits since the last call.
        function Send-News {
            foreach ($result in $results.ReadAll()) {
                # CLIXML would make a number of it.
                Send-Line result ($result | Add-Member -PassThru -Force -NotePropertyName Status -NotePropertyValue "$($result.Status)")
            }
            foreach ($failure in $edits.Streams.Error.ReadAll()) {
                Send-Line error @{
                    Message  = $failure.Exception.Message
                    Id       = ($failure.FullyQualifiedErrorId -split ',')[0]
                    Category = "$($failure.CategoryInfo.Category)"
                    Target   = $failure.TargetObject
                }
            }
            foreach ($warning in $edits.Streams.Warning.ReadAll()) {
                Send-Line warning $warning.Message
            }
        }

        $prepare = {
            param($order)
            $ProgressPreference = 'SilentlyContinue'
            Import-Module $order.Module -ErrorAction Stop
            & {
                $ErrorActionPreference = 'Stop'
                $null = . ([scriptblock]::Create($order.Setup))
            }
            # Whether the relay is there and takes this machine's key: one request, which costs nothing.
            $connection = Test-TokaifyConnection
            if (-not $connection.Succeeded) { throw $connection.Message }
        }
        $edit = {
            param([string[]] $files, [hashtable] $settings)
            # What ends the command, a missing key for example, is to end the script.
            try { Invoke-TokaifyImageEdit -LiteralPath $files @settings } catch { throw }
        }

        # Whatever was printed before gets its line ended.
        [Console]::Out.WriteLine()
        $order = Read-Value $reader.ReadLine()
        $next = $reader.ReadLineAsync()
        $edits = [powershell]::Create()
        $results = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $nothing = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $nothing.Complete()
        $run = $edits.AddScript($prepare).AddArgument($order).BeginInvoke($nothing, $results)
        while ($true) {
            $over = $run -and $run.IsCompleted
            Send-News
            if ($over) {
                if ($edits.InvocationStateInfo.State -eq 'Failed') {
                    $reason = $edits.InvocationStateInfo.Reason
                    Send-Line failed "$(if ($reason.ErrorRecord) { $reason.ErrorRecord } else { $reason.Message })"
                    return
                }
                $run = $null
                $edits.Commands.Clear()
                Send-Line free
            }
            if ($next.IsCompleted) {
                if (-not $next.Result) {
                    $edits.Stop()
                    return
                }
                $null = $edits.AddScript($edit).AddArgument((Read-Value $next.Result)).AddArgument($order.Settings)
                $run = $edits.BeginInvoke($nothing, $results)
                $next = $reader.ReadLineAsync()
            }
            Send-Line alive
            [System.Threading.Thread]::Sleep(200)
        }
    }

    # --- What runs here -----------------------------------------------------------------------------------------------

    function ConvertTo-Line {
        param($Value)

        [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes([System.Management.Automation.PSSerializer]::Serialize($Value, 10)))
    }

    # The remote command is short, because Windows cuts long ones, and the same in every shell: it reads the worker.
    function Connect-Machine {
        param($Machine, $PowerShell, $Order)

        $connection = if ($Machine -is [hashtable]) { $Machine } else { @{ HostName = "$Machine" } }
        $ssh = [System.Diagnostics.ProcessStartInfo]::new('ssh')
        $options = @('-T')
        foreach ($name in $connection.Options.Keys) { $options += '-o', "$name=$($connection.Options[$name])" }
        if ($connection.Port) { $options += '-p', "$($connection.Port)" }
        if ($connection.UserName) { $options += '-l', $connection.UserName }
        if ($connection.KeyFilePath) { $options += '-i', $connection.KeyFilePath }
        # Of two values, ssh takes the first. It must not ask: nobody would see the question.
        $options += '-o', 'BatchMode=yes', '-o', "ConnectTimeout=$SilenceTimeoutSec", '--', $connection.HostName
        $command = {
            $reader = [System.IO.StreamReader]::new([Console]::OpenStandardInput())
            . ([scriptblock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($reader.ReadLine()))))
        }
        $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($command))
        foreach ($argument in $options + "$PowerShell -NoLogo -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $encoded") {
            $ssh.ArgumentList.Add($argument)
        }
        $ssh.RedirectStandardInput = $ssh.RedirectStandardOutput = $ssh.RedirectStandardError = $true

        $process = [System.Diagnostics.Process]::Start($ssh)
        $process.StandardInput.AutoFlush = $true
        $script = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($worker))
        [pscustomobject]@{
            Name      = if ($connection.Port) { "$($connection.HostName):$($connection.Port)" } else { $connection.HostName }
            Process   = $process
            # Never waited for: a machine that does not read is not to hold up the others, and its death is seen in Line.
            Sent      = $process.StandardInput.WriteLineAsync($script + "`n" + (ConvertTo-Line $Order))
            Line      = $process.StandardOutput.ReadLineAsync()
            Complaint = $process.StandardError.ReadToEndAsync()
            Heard     = [Environment]::TickCount64
            Answered  = [Environment]::TickCount64
            IsFree    = $false
            # How many answers may still come for each file that is with it.
            Share     = [System.Collections.Generic.Dictionary[string, int]]::new()
        }
    }

    # Fairly shared where few are left, but no machine needs to take less than it can have in flight.
    function Send-Share {
        param($Machine, $Limit)

        $size = [Math]::Min($Limit, [Math]::Max($ThrottleLimit, [Math]::Ceiling($waiting.Count / $machines.Count)))
        while ($waiting.Count -gt 0 -and $Machine.Share.Count -lt $size) {
            $Machine.Share.Add($waiting.Dequeue(), $answers)
        }
        $Machine.IsFree = $false
        $Machine.Answered = [Environment]::TickCount64
        $Machine.Sent = $Machine.Process.StandardInput.WriteLineAsync((ConvertTo-Line ([string[]] $Machine.Share.Keys)))
    }

    # Its files wait again; whatever it still has to say is not heard.
    function Disconnect-Machine {
        param($Machine, $Reason)

        $null = $machines.Remove($Machine)
        foreach ($file in $Machine.Share.Keys) {
            $waiting.Enqueue($file)
        }
        if (-not $Reason) {
            $null = $Machine.Complaint.Wait(1000)
            $Reason = if ($Machine.Complaint.IsCompletedSuccessfully) {
                $Machine.Complaint.Result.Trim() -split '\r?\n' | Select-Object -Last 1
            }
            $Reason = if ($Reason) { $Reason } else { 'its connection ended' }
        }
        $Machine.Process.Kill()
        $Reason = "$Reason".TrimEnd('.')
        Write-Warning "$($Machine.Name) is lost: $Reason. $($Machine.Share.Count) unfinished files of it go to the others."
    }

    function Complete-Answer {
        param($Machine, $File)

        $Machine.Answered = [Environment]::TickCount64
        if ($File -is [string] -and $Machine.Share.ContainsKey($File) -and --$Machine.Share[$File] -eq 0) {
            $null = $Machine.Share.Remove($File)
            $null = $left.Remove($File)
        }
    }

    function Write-Failure {
        param($Machine, $Message, $Id, $Category, $Target)

        $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new(
                [System.Exception]::new("$($Machine.Name): $Message"), $Id, $Category, $Target))
    }

    function Read-Line {
        param($Machine)

        $Machine.Heard = [Environment]::TickCount64
        $mark, $word, $text = $Machine.Line.Result -split ' '
        $Machine.Line = $Machine.Process.StandardOutput.ReadLineAsync()
        if ($mark -cne 'tokaify') {
            return
        }
        $xml = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($text))
        $value = [System.Management.Automation.PSSerializer]::Deserialize($xml)
        switch ($word) {
            'result' {
                Complete-Answer $Machine $value.SourcePath
                # Of several variations of one source, a lost machine may have told of some.
                if (-not $value.Path -or $told.Add($value.Path)) {
                    $PSCmdlet.WriteObject(($value | Add-Member -PassThru -NotePropertyName HostName -NotePropertyValue $Machine.Name))
                }
            }
            'error' {
                Complete-Answer $Machine $value.Target
                Write-Failure $Machine @value
            }
            'warning' {
                Write-Warning "$($Machine.Name): $value"
            }
            'free' {
                foreach ($file in @($Machine.Share.Keys)) {
                    $null = $left.Remove($file)
                    # One error may stand for all variations of a file.
                    if ($Machine.Share[$file] -lt $answers) {
                        continue
                    }
                    # Sent again it would come back the same way, for ever.
                    Write-Failure -Machine $Machine -Message "There is neither a result nor an error for $file." `
                        -Id NoAnswer -Category InvalidResult -Target $file
                }
                $Machine.Share.Clear()
                $Machine.IsFree = $true
            }
            'failed' {
                Disconnect-Machine $Machine $value
            }
        }
    }

    function Find-Silence {
        param($Machine, $SilenceLimit, $ResultLimit)

        $now = [Environment]::TickCount64
        if ($now - $Machine.Heard -gt 1000 * $SilenceLimit) {
            "it said nothing for $SilenceLimit seconds"
        }
        elseif ($Machine.Share.Count -gt 0 -and $now - $Machine.Answered -gt 1000 * $ResultLimit) {
            "it had no result for $ResultLimit seconds"
        }
    }

    $files = [System.Collections.Generic.List[string]]::new()
}

process {
    foreach ($item in $Path) {
        $files.Add($PSCmdlet.GetUnresolvedProviderPathFromPSPath($item))
    }
}

end {
    # All that have no answer yet; and of these, those that are with no machine.
    $left = [System.Collections.Generic.HashSet[string]]::new($files)
    $waiting = [System.Collections.Generic.Queue[string]]::new($left)
    $total = $left.Count

    # With SkipExisting, a name that another machine has taken would look like work that is done.
    $names = [System.Collections.Generic.HashSet[string]]::new([StringComparer]::OrdinalIgnoreCase)
    $twins = $left | Where-Object { -not $names.Add([System.IO.Path]::GetFileNameWithoutExtension($_)) }
    if ($twins) {
        $advice = 'edit these in a run of their own, into another folder'
        throw "Other files of the list would be saved under the same names; ${advice}: $($twins -join ', ')"
    }
    if ($Option.OutputName -and $Option.OutputName -notlike '*{name}*') {
        throw 'OutputName needs {name}: no two machines may take the same name.'
    }

    $settings = @{
        Prompt        = $Prompt
        Destination   = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Destination)
        ThrottleLimit = $ThrottleLimit
        SkipExisting  = $true
    } + $Option
    $order = @{ Module = $Module; Setup = "$Setup"; Settings = $settings }
    # Not $Option.Count, which is the number of options where none has this name.
    $answers = if ($Option['Count']) { $Option['Count'] } else { 1 }
    $told = [System.Collections.Generic.HashSet[string]]::new()
    $machines = [System.Collections.Generic.List[object]]::new()

    # Windows waits for a child's output with a thread each, and the pool is slow to make many.
    $threads = $completions = 0
    [System.Threading.ThreadPool]::GetMinThreads([ref] $threads, [ref] $completions)
    $null = [System.Threading.ThreadPool]::SetMinThreads([Math]::Max($threads, 4 + 2 * $HostName.Count), $completions)

    try {
        foreach ($machine in $HostName) {
            $machines.Add((Connect-Machine -Machine $machine -PowerShell $PowerShell -Order $order))
        }
        while ($left.Count -gt 0 -and $machines.Count -gt 0) {
            foreach ($machine in $machines) {
                if ($machine.IsFree -and $waiting.Count -gt 0) {
                    Send-Share $machine $BatchSize
                }
            }
            $null = [System.Threading.Tasks.Task]::WaitAny([System.Threading.Tasks.Task[]] $machines.Line, 200)
            foreach ($machine in $machines.ToArray()) {
                # What has arrived is read before its silence is judged: a slow pipeline here is not its fault.
                if (-not $machine.Line.IsCompleted) {
                    $silence = Find-Silence -Machine $machine -SilenceLimit $SilenceTimeoutSec -ResultLimit $ResultTimeoutSec
                    if ($silence) {
                        Disconnect-Machine $machine $silence
                    }
                }
                elseif ($machine.Line.IsFaulted -or $null -eq $machine.Line.Result) {
                    Disconnect-Machine $machine
                }
                else {
                    Read-Line $machine
                }
            }
        }
    }
    finally {
        # Also after Ctrl+C. Their workers see the end of the connection.
        foreach ($machine in $machines) {
            $machine.Process.Kill()
        }
    }

    if ($left.Count -gt 0) {
        $unfinished = @($files | Where-Object { $left.Remove($_) })
        $names = ($unfinished | Select-Object -First 5 | Split-Path -Leaf) -join ', '
        if ($unfinished.Count -gt 5) {
            $names += ', ...'
        }
        $message = "No machine is left; $($unfinished.Count) of $total files are not edited: $names. "
        $message += 'Run the same again with machines that work: what is saved is not sent again. '
        $message += 'The TargetObject of this error is the list of these files.'
        $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new(
                [System.Exception]::new($message), 'NoMachineLeft', 'ConnectionError', $unfinished))
    }
}
