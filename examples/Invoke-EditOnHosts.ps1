#Requires -Version 7.4
<#
.SYNOPSIS
    Shares the edits of many pictures between several machines, over SSH.
.DESCRIPTION
    Each machine takes a batch of files, edits them and comes back for the next, until none is left. No file is given to
    two machines. When a machine dies, what it had not finished goes to the others; a picture that it had saved is not
    sent again. Every result comes out here, as it arrives, with the machine that made it.

    The machines need SSH with the PowerShell subsystem, PowerShell 7.4, Tokaify.PowerShell, a key of their own in
    TOKAIFY_API_KEY, and the pictures and the destination under the same paths as here: a share, as a rule.

    An edit that was under way on a machine that dies may be billed and not saved.
.PARAMETER Path
    The pictures, by full path.
.PARAMETER Prompt
    The edit instruction.
.PARAMETER Destination
    The folder to save in.
.PARAMETER HostName
    The machines: names, or hashtables with New-PSSession's parameters for SSH (HostName, Port, UserName, KeyFilePath, Options).
.PARAMETER BatchSize
    The number of files a machine takes at once.
.PARAMETER ThrottleLimit
    The number of requests in flight on each machine.
.PARAMETER Option
    Further parameters of Invoke-TokaifyImageEdit, such as @{ AspectRatio = '16:9' }.
.PARAMETER Module
    The module, as the machines find it.
.EXAMPLE
    Get-ChildItem /mnt/photos/*.jpg | ./Invoke-EditOnHosts.ps1 -Prompt 'Remove the background.' -Destination /mnt/cutouts -HostName node1, node2, node3
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

    [string] $Module = 'Tokaify.PowerShell'
)

begin {
    $files = [System.Collections.Generic.List[string]]::new()
}

process {
    foreach ($item in $Path) {
        $files.Add($PSCmdlet.GetUnresolvedProviderPathFromPSPath($item))
    }
}

end {
    $batches = [System.Collections.Concurrent.ConcurrentQueue[string[]]]::new()
    for ($start = 0; $start -lt $files.Count; $start += $BatchSize) {
        $batches.Enqueue($files.GetRange($start, [Math]::Min($BatchSize, $files.Count - $start)).ToArray())
    }

    # A machine that is gone without a word is noticed after half a minute.
    $alive = @{ ServerAliveInterval = '10'; ServerAliveCountMax = '3' }
    $machines = foreach ($machine in $HostName) {
        $connection = if ($machine -is [hashtable]) { $machine.Clone() } else { @{ HostName = "$machine" } }
        if (-not $connection.ContainsKey('Options')) {
            $connection.Options = $alive
        }
        $connection
    }

    $settings = @{
        Prompt = $Prompt
        Destination = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Destination)
        ThrottleLimit = $ThrottleLimit
        # What a machine saved before it died is there already.
        SkipExisting = $true
    } + $Option

    while ($batches.Count -gt 0 -and $machines) {
        # Machines that are still there when their round ends come out of it, beside the results.
        $round = $machines | ForEach-Object -ThrottleLimit @($machines).Count -Parallel {
            $connection = $_
            $batches = $using:batches
            $name = if ($connection.Port) { "$($connection.HostName):$($connection.Port)" } else { $connection.HostName }
            $session = New-PSSession @connection -ErrorAction SilentlyContinue -ErrorVariable refusal
            if (-not $session) {
                Write-Warning "${name}: $refusal"
                return
            }

            $batch = $null
            while ($session.State -eq 'Opened' -and $batches.TryDequeue([ref] $batch)) {
                $left = [System.Collections.Generic.HashSet[string]]::new($batch)
                Invoke-Command -Session $session -ArgumentList $using:Module, $using:settings, $batch -ErrorVariable failures -ErrorAction SilentlyContinue -ScriptBlock {
                    param($module, $settings, $batch)
                    Import-Module $module
                    $ProgressPreference = 'SilentlyContinue'
                    Invoke-TokaifyImageEdit -LiteralPath $batch @settings
                } | ForEach-Object {
                    $null = $left.Remove($_.SourcePath)
                    $_
                }
                foreach ($failure in $failures) {
                    if ($failure.TargetObject -is [string] -and $left.Remove($failure.TargetObject)) {
                        Write-Error -ErrorRecord $failure
                    }
                }

                if ($session.State -ne 'Opened' -and $left.Count -gt 0) {
                    Write-Warning "$name is gone; its last $($left.Count) files go to the others."
                    $batches.Enqueue([string[]] $left)
                }
            }

            if ($session.State -eq 'Opened') {
                [pscustomobject]@{ PSTypeName = 'MachineAlive'; Connection = $connection }
            }
            Remove-PSSession $session
        } | ForEach-Object {
            if ($_.PSTypeNames -contains 'MachineAlive') { $_ } else { $PSCmdlet.WriteObject($_) }
        }
        $machines = @($round | ForEach-Object Connection)
    }

    $unfinished = @($batches.ToArray() | ForEach-Object { $_ }).Count
    if ($unfinished -gt 0) {
        Write-Error "No machine is left; $unfinished files are not edited. Run the same again: what is saved is not sent again."
    }
}
