#Requires -Version 5.1

<#
.SYNOPSIS
    Edits each picture that is put into a folder, until it is told to stop.
.DESCRIPTION
    An event of the folder only wakes this script. What there is to do is read from the folder itself, so that an event
    that the system drops, because thousands come at once, costs nothing but time; and a share that raises no events is
    looked at every -PollSec seconds all the same.

    A picture is taken once it is complete: nobody holds it open, and its length and time have not changed for -SettleSec
    seconds. Once edited it is moved into the folder "done", and into "failed" where that did not work, both in the watched
    one. What is still there is still to be done, also for a new start; to try a failed one again, move it back.

    It ends with Ctrl+C, which ends what is in flight, or with a file named ".stop" in the folder, which lets it finish
    what is complete and is then removed. For a service: ExecStop=/usr/bin/touch /srv/inbox/.stop

    Exit codes: 0 it was told to stop, and all is edited; 1 so, but some edits failed; 2 it could not begin;
    75 the service was away for longer than -MaximumWaitSec: start it again later; 78 something has to be put right first, such as
    the key. What was not tried is still in the folder.
.PARAMETER Path
    The folder to watch. Default: the folder "inbox" here, made if missing.
.PARAMETER Prompt
    The edit instruction.
.PARAMETER Destination
    The folder to save in, not the watched one itself. Default: the folder "edited" in the watched one.
.PARAMETER SettleSec
    The seconds for which a picture must not have changed.
.PARAMETER PollSec
    The seconds after which the folder is looked at where no event came.
.PARAMETER MaximumWaitSec
    How long an outage of the service is waited for.
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
    # A batch that has ended early says whether to start again later (75) or to put something right first (78).
    exit $(if ($_.Exception.ExitCode) { $_.Exception.ExitCode } else { 2 })
}

# Whether the relay is there and takes the key: one request, which costs nothing.
$connection = Test-TokaifyConnection
if (-not $connection.Succeeded) {
    throw $connection.Message
}

# Whether nobody holds it open. Off Windows this sees .NET programs only; there the length and the time must do.
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

# The pictures to be done, and of each whether it is complete.
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

# Moves a picture out of the way, unless somebody has, under a name that is free there. Where it cannot, that is the end: it
# would be edited, and billed, again and again.
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
            # What is not complete yet may become so without an event.
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
# Not exit 0: that would take away the table, which PowerShell shows when all is through.
if ($failed) {
    exit 1
}
