#Requires -Version 5.1
<#
.SYNOPSIS
    Runs a batch against an emulator with all of its faults, kills the batch several times, and counts the files that
    are left at the end.
.DESCRIPTION
    The emulator runs in one process, the batch in another, as Invoke-TokaifyImageEdit -SkipExisting. The batch is killed
    (SIGKILL) at certain points and started again, until no image is missing. Then every image is checked: checksums, pixels,
    and the digest of the source that it was made from.

    Output: the figures. It is an error if an image is missing or not whole, if a file is left over, or if more edits
    were sent twice than were in flight at the kills.
.EXAMPLE
    ./tests/soak/Soak.ps1
.EXAMPLE
    ./tests/soak/Soak.ps1 -Count 100 -Kills 2
#>
[CmdletBinding()]
param(
    # The number of images.
    [ValidateRange(1, 99999)]
    [int] $Count = 5000,

    # How often the batch is killed.
    [ValidateRange(0, 1000)]
    [int] $Kills = 12,

    # The share of edits that meet a fault.
    [ValidateRange(0.0, 0.9)]
    [double] $FaultRate = 0.2,

    # Decides which edit meets which fault.
    [int] $FaultSeed = 1,

    # The number of requests in flight.
    [ValidateRange(1, 64)]
    [int] $ThrottleLimit = 8,

    # The module. Default: the one that the build stages.
    [string] $Module = "$PSScriptRoot/../../output/Tokaify.PowerShell"
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

$Folder = Join-Path ([System.IO.Path]::GetTempPath()) "tokaify-soak-$([guid]::NewGuid().ToString('n'))"
$Sources = Join-Path $Folder 'sources'
$Destination = Join-Path $Folder 'edited'
$LogPath = Join-Path $Folder 'log.jsonl'
$PowerShell = (Get-Process -Id $PID).Path
$Module = (Resolve-Path -LiteralPath $Module).Path

function Open-Script {
    param([string] $Name, [hashtable] $Parameter, [hashtable] $Environment = @{})

    $start = [System.Diagnostics.ProcessStartInfo]::new($PowerShell)
    $values = $Parameter.GetEnumerator() | ForEach-Object { "-$($_.Key) ""$($_.Value)""" }
    $start.Arguments = "-NoProfile -NonInteractive -File ""$PSScriptRoot/$Name.ps1"" $values"
    $start.UseShellExecute = $false
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    foreach ($variable in $Environment.GetEnumerator()) {
        $start.EnvironmentVariables[$variable.Key] = $variable.Value
    }
    [System.Diagnostics.Process]::Start($start)
}

function Open-Worker {
    param([string] $BaseUri)

    Open-Script Worker -Environment @{ TOKAIFY_BASE_URL = $BaseUri; TOKAIFY_API_KEY = 'soak' } -Parameter @{
        Module        = $Module
        Sources       = $Sources
        Destination   = $Destination
        ThrottleLimit = $ThrottleLimit
    }
}

function Get-FileCount {
    param([string] $Pattern)

    @([System.IO.Directory]::GetFiles($Destination, $Pattern)).Count
}

# Waits until the batch has ended, or has saved the given number of images.
function Wait-Worker {
    param([System.Diagnostics.Process] $Worker, [int] $Mark)

    while (-not $Worker.WaitForExit(20)) {
        if ((Get-FileCount '*-edited.png') -ge $Mark) {
            return
        }
    }
}

function Invoke-Batch {
    param([string] $BaseUri)

    $state = [pscustomobject]@{ Runs = 0; Kills = 0; Ends = 0; TemporaryFilesAtKills = 0 }
    do {
        $state.Runs++
        $mark = if ($state.Kills -lt $Kills) { [int] ($Count * ($state.Kills + 1) / ($Kills + 1)) } else { [int]::MaxValue }
        $worker = Open-Worker $BaseUri
        Wait-Worker $worker $mark
        $isKilled = -not $worker.HasExited
        if ($isKilled) {
            $worker.Kill()
            $worker.WaitForExit()
            $state.Kills++
            $state.TemporaryFilesAtKills += Get-FileCount '.tokaify-*'
        }
        elseif ($worker.ExitCode -eq 2) {
            $state.Ends++
        }
        elseif ($worker.ExitCode -ne 0) {
            throw "The batch ended with exit code $($worker.ExitCode)."
        }
        Write-Verbose "Run $($state.Runs) $(if ($isKilled) { 'was killed' } else { 'ended' }) at $(Get-FileCount '*-edited.png') pictures."
        $worker.Dispose()
    } while ($isKilled -or (Get-FileCount '*-edited.png') -lt $Count)
    $state
}

# Classifies the files in the destination. The second image of a response with two ends in -2.
function Measure-Picture {
    $sums = @{}
    foreach ($source in [System.IO.Directory]::GetFiles($Sources)) {
        $sums[[System.IO.Path]::GetFileNameWithoutExtension($source)] = [Tokaify.Soak.Pictures]::Sha256($source)
    }
    $whole = $second = 0
    $others = [System.Collections.Generic.List[string]]::new()
    foreach ($file in Get-ChildItem -LiteralPath $Destination -Force) {
        $isPicture = $file.Name -match '^(\d+)-edited(-2)?\.png$'
        if (-not $isPicture -or [Tokaify.Soak.Pictures]::SourceOf($file.FullName) -ne $sums[$Matches[1]]) {
            $others.Add($file.Name)
        }
        elseif ($Matches.ContainsKey(2)) {
            $second++
        }
        else {
            $whole++
        }
    }
    [pscustomobject]@{ Whole = $whole; Second = $second; Others = $others }
}

function Get-Report {
    param($Batch, [timespan] $Duration)

    $log = @([System.IO.File]::ReadAllLines($LogPath) | ConvertFrom-Json)
    $good = @($log | Where-Object good)
    $met = @($log | Where-Object fault)
    $pictures = Measure-Picture
    $orphanedFiles = @($pictures.Others -like '.tokaify-*')
    [pscustomobject]@{
        PicturesExpected      = $Count
        PicturesWhole         = $pictures.Whole
        SecondPictures        = $pictures.Second
        Duplicates            = $good.Count - @($good | Group-Object -Property source -NoElement).Count
        OrphanedFiles         = $orphanedFiles.Count
        NotWholeOrNotOurs     = $pictures.Others.Count - $orphanedFiles.Count
        Runs                  = $Batch.Runs
        Kills                 = $Batch.Kills
        EndedByAResponse      = $Batch.Ends
        TemporaryFilesAtKills = $Batch.TemporaryFilesAtKills
        Requests              = $log.Count
        Faults                = $met.Count
        KindsOfFaults         = @($met | Group-Object -Property fault -NoElement).Count
        CutAfterTheWork       = @($met | Where-Object fault -In 'Cut', 'Truncated').Count
        Seconds               = [Math]::Round($Duration.TotalSeconds)
    }
}

function Assert-Promise {
    param($Report)

    $flaws = @(
        if ($Report.PicturesWhole -ne $Report.PicturesExpected) { 'pictures are missing or not whole' }
        if ($Report.NotWholeOrNotOurs) { 'there are files that are no whole picture of their source' }
        if ($Report.OrphanedFiles) { 'orphaned temporary files are left' }
        if ($Report.Duplicates -gt $Report.Kills * $ThrottleLimit) { 'more edits were sent twice than were under way at the kills' }
        if ($Report.Kills -ne $Kills) { "the batch was killed $($Report.Kills) times, not $Kills" }
    )
    if ($flaws) {
        Write-Error "The soak failed: $($flaws -join '; ')."
    }
}

Add-Type -Path "$PSScriptRoot/SoakPictures.cs"
$null = New-Item -ItemType Directory -Path $Sources, $Destination
$emulator = $null
try {
    [Tokaify.Soak.Pictures]::Make($Sources, $Count)
    $emulator = Open-Script Emulator @{ Module = $Module; LogPath = $LogPath; FaultRate = $FaultRate; FaultSeed = $FaultSeed }
    $baseUri = $emulator.StandardOutput.ReadLine()
    if (-not $baseUri) {
        throw 'The emulator did not start.'
    }
    Write-Verbose "$Count pictures, $Kills kills, $ThrottleLimit requests in flight, the emulator at $baseUri."

    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $batch = Invoke-Batch $baseUri
    $report = Get-Report $batch $clock.Elapsed
    $report
    Assert-Promise $report
}
finally {
    if ($emulator) {
        $emulator.StandardInput.Close()
        $emulator.WaitForExit()
    }
    Remove-Item -LiteralPath $Folder -Recurse -Force
}
