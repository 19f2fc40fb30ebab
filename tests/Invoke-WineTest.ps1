#Requires -Version 7.4

<#
.SYNOPSIS
    Runs tests that were published for Windows under Wine, and counts them.
.DESCRIPTION
    Each class of tests has a process of its own: one that Wine ends takes no others along.
.PARAMETER Program
    The published program.
.PARAMETER Results
    The folder for the results.
#>
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'Said to a person, not to a pipeline.')]
param(
    [Parameter(Mandatory)] [string] $Program,
    [Parameter(Mandatory)] [string] $Results
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

$Run = @{ Program = $Program; Results = $Results }

# What concerns files, names, saving, journal and resuming.
$Classes = @(
    'Images.WindowsNameTests', 'Images.WindowsPathTests', 'Images.NamingTests', 'Images.SavingTests', 'Images.RecoveryTests'
    'Images.OrphanTests', 'Images.WholeImageTests', 'Images.ImageHeaderTests'
    'Journal.JournalTests', 'Journal.JournalLockTests', 'Journal.PartlySavedTests', 'Journal.ResumeLockTests'
    'Journal.SharedJournalTests', 'Journal.UnknownEndTests'
    'Conversations.ConversationFileTests', 'Conversations.ConversationTests', 'Metadata.MetadataTests', 'Packaging.FileUrlTests'
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
}
finally {
    & $WineServer --kill=9
    & $WineServer --wait
    Remove-Item -LiteralPath $Scratch -Recurse -Force
}
Write-Host $NotShown
Write-Host "$($count.Passed) passed, $($count.Failed) failed, $($count.Skipped) skipped"
exit [int]($count.Failed -gt 0)
