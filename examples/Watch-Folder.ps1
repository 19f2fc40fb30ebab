#Requires -Version 5.1

<#
.SYNOPSIS
    Edits each image that is put into a folder, until it is stopped.
.DESCRIPTION
    An event of the folder only wakes this script. The script then lists the folder itself. So an event
    that the system drops, because thousands come at the same time, only costs time. A share that raises no events is
    listed every -PollSec seconds.

    An image is edited when it is complete: no program has it open, and its length and time have not changed for -SettleSec
    seconds. After the edit it is moved into the folder "done", or into "failed" if the edit failed, both in the watched
    folder. Images in the watched folder itself are still to be edited, also after a restart; to retry a failed one, move it back.

    It ends with Ctrl+C, which cancels what is in flight, or with a file named ".stop" in the folder: then it edits the images
    that are complete, and removes the file. For a service: ExecStop=/usr/bin/touch /srv/inbox/.stop

    Exit codes: 0 it was stopped, and all images are edited; 1 it was stopped, and some edits failed; 2 it could not begin;
    75 the service was away for longer than -MaximumWaitSec: start it again later; 78 correct something first, such as
    the key. Images that were not tried are still in the folder.
.PARAMETER Path
    The folder to watch. Default: the folder "inbox" here, which is created if it is missing.
.PARAMETER Prompt
    The edit instruction.
.PARAMETER Destination
    The folder to save in, not the watched one itself. Default: the folder "edited" in the watched one.
.PARAMETER SettleSec
    The seconds for which an image must not have changed.
.PARAMETER PollSec
    The seconds after which the folder is listed if there was no event.
.PARAMETER MaximumWaitSec
    The longest wait for an outage of the service, in seconds.
.EXAMPLE
    ./Watch-Folder.ps1 -Path /srv/inbox -Destination /srv/outbox -Prompt 'Make the background plain white.'
#>
[CmdletBinding()]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'Said to a person, not to a pipeline.')]
param(
    [string] $Path = 'inbox',

    [string] $Prompt = 'Change the background to a seaside sunset.',

    [string] $Destination = (Join-Path $Path 'edited'),

    [ValidateRange(0, 3600)]
    [double] $SettleSec = 2,

    [ValidateRange(1, 3600)]
    [int] $PollSec = 60,

    [ValidateRange(0, 604800)]
    [int] $MaximumWaitSec = 86400
)

trap {
    Write-Error -ErrorRecord $_ -ErrorAction Continue
    # The error of a batch that ended early has a code: 75 start again later, 78 correct something first.
    exit $(if ($_.Exception.ExitCode) { $_.Exception.ExitCode } else { 2 })
}

# Tests whether the relay is reachable and accepts the key, with one request that costs nothing.
$connection = Test-TokaifyConnection
if (-not $connection.Succeeded) {
    throw $connection.Message
}

# Whether no program has the file open. Outside Windows this recognizes only .NET programs; there length and time must be enough.
function Test-Free {
    param([System.IO.FileInfo] $File)

    try {
        $File.Open('Open', 'Read', 'None').Dispose()
        $true
    }
    catch [System.IO.IOException], [System.UnauthorizedAccessException] {
        $false
    }
}

# The images to edit, and for each whether it is complete.
function Get-NewPicture {
    $pictures = Get-ChildItem -LiteralPath $folder -File |
        Where-Object Extension -In '.png', '.jpg', '.jpeg', '.webp', '.heic', '.heif'
    foreach ($file in $pictures) {
        $stamp = "$($file.Length) $($file.LastWriteTimeUtc.Ticks)"
        if (-not $seen[$file.FullName] -or $seen[$file.FullName].Stamp -ne $stamp) {
            $seen[$file.FullName] = @{ Stamp = $stamp; Clock = [System.Diagnostics.Stopwatch]::StartNew() }
        }
        $isComplete = $seen[$file.FullName].Clock.Elapsed.TotalSeconds -ge $SettleSec -and (Test-Free $file)
        [pscustomobject] @{ FullName = $file.FullName; IsComplete = $isComplete }
    }
}

# Moves an image to a free name in the folder, unless it is gone. If that fails, the script ends: otherwise the image
# would be edited and billed again and again.
function Move-Picture {
    param([string] $File, [string] $Name)

    $to = (New-Item -ItemType Directory -Path (Join-Path $folder $Name) -Force -ErrorAction Stop).FullName
    $free = Join-Path $to (Split-Path -Path $File -Leaf)
    for ($number = 2; Test-Path -LiteralPath $free; $number++) {
        $leaf = '{0}-{1}{2}' -f [System.IO.Path]::GetFileNameWithoutExtension($File), $number, [System.IO.Path]::GetExtension($File)
        $free = Join-Path $to $leaf
    }
    if (Test-Path -LiteralPath $File) {
        Move-Item -LiteralPath $File -Destination $free -ErrorAction Stop
    }
    $seen.Remove($File)
}

$folder, $out = $Path, $Destination | ForEach-Object {
    (New-Item -ItemType Directory -Path $_ -Force -ErrorAction Stop).FullName.TrimEnd('/', '\')
}
if ($out -eq $folder) {
    throw "The pictures saved in $folder would be edited in turn, without end: choose another -Destination."
}
$stop = Join-Path $folder '.stop'
$seen = @{}
$failed = 0

$name = "Watch-Folder $([guid]::NewGuid())"
$watcher = [System.IO.FileSystemWatcher]::new($folder)
$wake = { $null = New-Event -SourceIdentifier $Event.MessageData }
$subscriptions = foreach ($kind in 'Created', 'Changed', 'Renamed', 'Error') {
    Register-ObjectEvent -InputObject $watcher -EventName $kind -MessageData $name -Action $wake
}
try {
    $watcher.EnableRaisingEvents = $true
    Write-Host "Watching $folder. To end: Ctrl+C, or a file named .stop in it."
    do {
        $stopping = Test-Path -LiteralPath $stop
        $new = @(Get-NewPicture)
        $complete = @($new | Where-Object IsComplete)
        if ($complete) {
            $complete |
                Invoke-TokaifyImageEdit -Prompt $Prompt -Destination $Destination -MaximumWaitSec $MaximumWaitSec `
                    -ErrorVariable failures |
                ForEach-Object {
                    Move-Picture $_.SourcePath 'done'
                    $_
                }
            $failures | ForEach-Object { Move-Picture $_.TargetObject 'failed' }
            $failed += $failures.Count
        }
        elseif (-not $stopping) {
            # An incomplete image may become complete without an event.
            $timeout = if ($new) { [int] [Math]::Ceiling([Math]::Max($SettleSec / 2, 1)) } else { $PollSec }
            $null = Wait-Event -SourceIdentifier $name -Timeout $timeout
            Remove-Event -SourceIdentifier $name -ErrorAction Ignore
        }
    } until ($stopping -and -not $complete)
    Remove-Item -LiteralPath $stop -Force
}
finally {
    $subscriptions | ForEach-Object { Unregister-Event -SourceIdentifier $_.Name }
    $subscriptions | Remove-Job -Force
    $watcher.Dispose()
    Remove-Event -SourceIdentifier $name -ErrorAction Ignore
}
# No exit 0: PowerShell would end before it shows the table.
if ($failed) {
    exit 1
}
