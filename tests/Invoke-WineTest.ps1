#Requires -Version 7.4

<#
.SYNOPSIS
    Runs tests that were published for Windows under Wine, and counts them.
.DESCRIPTION
    Each class of tests has its own process, so a process that Wine ends does not affect the others. The last test ends a process in the
    middle of a batch, and another process finishes the batch; the relay's emulator runs outside of Wine.
.PARAMETER Program
    The published program.
.PARAMETER Module
    The built module, for the emulator.
.PARAMETER Results
    The folder for the results.
#>
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'Said to a person, not to a pipeline.')]
param(
    [Parameter(Mandatory)] [string] $Program,
    [Parameter(Mandatory)] [string] $Module,
    [Parameter(Mandatory)] [string] $Results
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

$Run = @{ Program = $Program; Module = $Module; Results = $Results }

# The classes for files, names, saving, journal and resuming: all classes of two folders, and some of others.
$Classes = @(
    foreach ($folder in 'Images', 'Journal') {
        (Get-ChildItem -Path "$PSScriptRoot/Tokaify.Client.Tests/$folder/*Tests.cs").BaseName | ForEach-Object { "$folder.$_" }
    }
    'Conversations.ConversationFileTests', 'Conversations.ConversationTests', 'Metadata.MetadataTests', 'Report.FileUrlTests'
)

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

# Twelve images, three in flight; the process ends after four.
function Add-KilledBatchResult {
    $folder = (New-Item -ItemType Directory -Path (Join-Path $Scratch 'batch')).FullName
    $log = Join-Path $Scratch 'requests.jsonl'
    $journal = Join-Path $folder 'edits.jsonl'
    Import-Module $Run.Module
    $emulator = Start-TokaifyEmulator -Latency 0.3 -LogPath $log -PassThru 6>$null
    try {
        $batch = 'batch', "$($emulator.BaseUri)", (Get-WindowsPath $folder)
        Invoke-Program ($batch + '4')
        $done = @(Get-SavedLine $journal).Count
        $sent = @(Get-Content -LiteralPath $log).Count
        Invoke-Program ($batch + '0')
        $status = $LASTEXITCODE
    }
    finally {
        Stop-TokaifyEmulator
    }
    $again = @(Get-Content -LiteralPath $log).Count - $sent
    $names = @(Get-ChildItem -LiteralPath $folder -Force -Filter *.png)
    $flaws = @(
        if ($done -lt 4 -or $done -ge 12) { "the first process left $done pictures in the journal" }
        if ($status -ne 0) { "the second process ended with $status" }
        if ($again -ne 12 - $done) { "the second process sent $again requests, where $(12 - $done) were left" }
        if (@(Get-SavedLine $journal).Count -ne 12) { 'the journal does not have all pictures' }
        # The process may end after an image has its name and before its line is in the journal: such an image is made again.
        if ($names.Count -lt 12 -or $names.Count -gt 12 + $sent - $done) { "there are $($names.Count) pictures" }
        if ($names.Length -contains 0) { 'a picture is empty' }
        if (Get-ChildItem -LiteralPath $folder -Force -Filter .tokaify-*) { 'a temporary file is left' }
    )
    Write-Host "A batch that is killed and finished: $done saved, $sent sent; then $again sent."
    foreach ($flaw in $flaws) {
        Write-Host "FAILED $flaw"
    }
    $count[$(if ($flaws) { 'Failed' } else { 'Passed' })]++
}

function Get-SavedLine {
    param([string] $Journal)

    Get-Content -LiteralPath $Journal | Where-Object { $_ -match '"outcome":"saved"' }
}

$Wine, $WineServer = foreach ($name in 'wine', 'wineserver') {
    $command = Get-Command -Name "$name-stable", $name -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    $command.Source
}
$Scratch = (New-Item -ItemType Directory -Path (Join-Path ([IO.Path]::GetTempPath()) "tokaify-wine-$PID")).FullName
$env:WINEPREFIX = Join-Path $Scratch 'prefix'
$env:WINEDEBUG = '-all'
# While Wine creates the prefix, it must not ask to install a .NET Framework or a browser.
$env:WINEDLLOVERRIDES = 'mscoree,mshtml='
# Wine 8 cannot map memory twice.
$env:DOTNET_EnableWriteXorExecute = '0'
try {
    & $Wine wineboot --init 2>$null
    # Wine's own mscoree loads assemblies. No debugger is started for a process that ends in an exception.
    $env:WINEDLLOVERRIDES = 'mshtml=;winedbg.exe=d'
    foreach ($class in $Classes) {
        Add-ClassResult $class
    }
    Add-KilledBatchResult
}
finally {
    & $WineServer --kill=9
    & $WineServer --wait
    Remove-Item -LiteralPath $Scratch -Recurse -Force
}
Write-Host $NotShown
Write-Host "$($count.Passed) passed, $($count.Failed) failed, $($count.Skipped) skipped"
exit [int]($count.Failed -gt 0)
