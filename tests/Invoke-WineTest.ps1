#Requires -Version 7.4

<#
.SYNOPSIS
    Runs tests that were published for Windows under Wine, against a server on this side, and counts them.
.DESCRIPTION
    Each class of tests has a process of its own: one that Wine ends takes no others along.
.PARAMETER Program
    The published program.
.PARAMETER Results
    The folder for the results.
.PARAMETER Manifest
    The module's manifest, for the emulator on this side.
#>
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'Said to a person, not to a pipeline.')]
param(
    [Parameter(Mandatory)] [string] $Program,
    [Parameter(Mandatory)] [string] $Results,
    [Parameter(Mandatory)] [string] $Manifest
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

$Run = @{ Program = $Program; Results = $Results; Manifest = $Manifest }

# What concerns files, names, saving, journal and resuming.
$Classes = @(
    'Images.WindowsNameTests', 'Images.WindowsPathTests', 'Images.NamingTests', 'Images.SavingTests', 'Images.RecoveryTests'
    'Images.OrphanTests', 'Images.WholeImageTests', 'Images.ImageHeaderTests'
    'Journal.JournalTests', 'Journal.JournalLockTests', 'Journal.PartlySavedTests', 'Journal.ResumeLockTests'
    'Journal.SharedJournalTests', 'Journal.UnknownEndTests'
    'Conversations.ConversationFileTests', 'Conversations.ConversationTests', 'Metadata.MetadataTests', 'Packaging.FileUrlTests'
)
$Pictures = 12
$KilledAfter = 4

$NotShown = @'
What Wine cannot show: the rules of NTFS (case sensitivity by folder, short names, permissions, alternate streams, locks of other
programs such as virus scanners), http.sys below the emulator, TLS by Schannel, proxies by the settings of Windows, PowerShell itself.
'@

$count = @{ Passed = 0; Failed = 0; Skipped = 0 }

function Invoke-Program {
    param([string[]] $ArgumentList)

    & $Wine $Run.Program @ArgumentList 2>$null | Out-Host
}

function Get-WindowsPath {
    param([string] $Path)

    'Z:' + $Path.Replace('/', '\')
}

function Add-ClassResult {
    param([string] $Class)

    $file = Join-Path $Run.Results "$Class.trx"
    Write-Host "${Class}:"
    Invoke-Program (Get-WindowsPath $file), $Class
    $status = $LASTEXITCODE
    $total = $passed = $failed = 0
    if (Test-Path -LiteralPath $file) {
        $counters = ([xml](Get-Content -LiteralPath $file -Raw)).TestRun.ResultSummary.Counters
        $total, $passed, $failed = [int[]]($counters.total, $counters.passed, $counters.failed)
    }
    if (($status -ne 0 -or $total -eq 0) -and $failed -eq 0) {
        Write-Host "FAILED $Class ended with $status after $total tests."
        $failed = 1
        $total++
    }
    $count.Passed += $passed
    $count.Failed += $failed
    $count.Skipped += $total - $passed - $failed
}

function Wait-Picture {
    param([string] $Folder, [Diagnostics.Process] $Process)

    while (@(Get-ChildItem -LiteralPath $Folder -Filter *.png -ErrorAction Ignore).Count -lt $KilledAfter) {
        if ($Process.HasExited) {
            throw "The batch ended by itself, with $($Process.ExitCode), before it could be killed."
        }
        Start-Sleep -Milliseconds 20
    }
}

function Assert-Batch {
    param([string] $Folder)

    $saved = @(Get-ChildItem -LiteralPath $Folder -Filter *.png)
    if ($saved.Count -ne $Pictures) {
        throw "$($saved.Count) pictures are there, and not $Pictures."
    }
    $left = @(Get-ChildItem -LiteralPath $Folder -Force -Filter .tokaify-*)
    if ($left.Count -gt 0) {
        throw "The killed batch left $left."
    }
    $lines = @(Get-Content -LiteralPath (Join-Path $Folder 'edits.jsonl') | ConvertFrom-Json | Where-Object outcome -EQ 'saved')
    $sources = @($lines.fingerprint | Sort-Object -Unique)
    if ($lines.Count -ne $Pictures -or $sources.Count -ne $Pictures) {
        throw "The journal has $($lines.Count) lines of saved pictures, $($sources.Count) of them different."
    }
}

# Killed in the midst of it, then begun again, against an emulator on this side.
function Test-KilledBatch {
    $folder = Join-Path $Scratch 'batch'
    Import-Module $Run.Manifest
    $emulator = Start-TokaifyEmulator -Latency ([timespan]::FromMilliseconds(300))
    try {
        $arguments = 'batch', $emulator.BaseUri, (Get-WindowsPath $folder), "$Pictures"
        $process = Start-Process -FilePath $Wine -ArgumentList (@($Run.Program) + $arguments) -PassThru `
            -RedirectStandardError "$Scratch/batch.log"
        Wait-Picture -Folder $folder -Process $process
        # All processes of this prefix, and no others.
        & $WineServer --kill=9
        $process.WaitForExit()
        Invoke-Program $arguments
        if ($LASTEXITCODE -ne 0) {
            throw "The second run ended with $LASTEXITCODE."
        }
        Assert-Batch -Folder $folder
        $count.Passed++
        Write-Host 'A batch that was killed is finished by running it again.'
    }
    catch {
        $count.Failed++
        Write-Host "FAILED A batch that was killed is finished by running it again: $_"
    }
    finally {
        Stop-TokaifyEmulator
    }
}

$Wine, $WineServer = foreach ($name in 'wine', 'wineserver') {
    $command = Get-Command -Name "$name-stable", $name -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    if (-not $command) {
        Write-Host "$name is not installed. On Debian and Ubuntu: apt-get install --no-install-recommends wine wine64"
        exit 1
    }
    $command.Source
}
$Scratch = (New-Item -ItemType Directory -Path (Join-Path ([IO.Path]::GetTempPath()) "tokaify-wine-$PID")).FullName
$env:WINEPREFIX = Join-Path $Scratch 'prefix'
$env:WINEDEBUG = '-all'
# While the prefix is made, nobody is asked to install a .NET Framework or a browser.
$env:WINEDLLOVERRIDES = 'mscoree,mshtml='
# Wine 8 does not map memory twice.
$env:DOTNET_EnableWriteXorExecute = '0'
try {
    & $Wine wineboot --init 2>$null
    # Wine's own part of mscoree loads assemblies; a process that ends in an exception is not looked at by a debugger.
    $env:WINEDLLOVERRIDES = 'mshtml=;winedbg.exe=d'
    foreach ($class in $Classes) {
        Add-ClassResult $class
    }
    Test-KilledBatch
}
finally {
    & $WineServer --kill=9
    & $WineServer --wait
    Remove-Item -LiteralPath $Scratch -Recurse -Force
}
Write-Host $NotShown
Write-Host "$($count.Passed) passed, $($count.Failed) failed, $($count.Skipped) skipped"
exit [int]($count.Failed -gt 0)
