#Requires -Version 5.1

<#
.SYNOPSIS
    Runs the edits of a folder against the emulator, for continuous integration: an edit that would be refused fails the build.
.DESCRIPTION
    The run is like one with the real service, but on this machine, without a key and without cost: it reads the images, checks
    and sends the requests, and saves the responses in a folder that is removed at the end. The emulator gives some edits temporary
    faults, as services have them. -Seed chooses them, so each build meets the same ones.

    The emulator cannot tell whether the service would block a prompt.

    Exit codes: 0 all edits succeeded; 1 some were refused, or failed in spite of retries; 2 it could not begin.

    A workflow for GitHub Actions:

        on: push
        permissions:
          contents: read
        jobs:
          dry-run:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
              - shell: pwsh
                run: |
                  Install-PSResource Tokaify.PowerShell -TrustRepository
                  ./Test-Edit.ps1 -Path photos -AspectRatio 16:9
.PARAMETER Path
    The folder of the images. Default: the samples.
.PARAMETER Prompt
    The edit instruction.
.PARAMETER Model
    The model. Default: the module's.
.PARAMETER AspectRatio
    The aspect ratio. Default: the image's own.
.PARAMETER FaultRate
    The share of edits that meet a fault, from 0 to 1.
.PARAMETER Fault
    The faults: see Start-TokaifyEmulator. Default: those after which a retry succeeds.
.PARAMETER Seed
    Determines which edit meets which fault.
.EXAMPLE
    ./Test-Edit.ps1 -Path photos -Prompt 'Extend into a banner.' -AspectRatio 21:9
#>
[CmdletBinding()]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'Said to a person, not to a pipeline.')]
param(
    [string] $Path = "$PSScriptRoot/pictures",

    [string] $Prompt = 'Change the background to a seaside sunset.',

    [string] $Model,

    [string] $AspectRatio,

    [ValidateRange(0.0, 1.0)]
    [double] $FaultRate = 0.2,

    [ValidateNotNullOrEmpty()]
    [string[]] $Fault = 'Transient',

    [int] $Seed = 0
)

trap {
    Write-Error -ErrorRecord $_ -ErrorAction Continue
    exit 2
}

# All files: a file that is not an image would be refused as well.
$files = @(Get-ChildItem -LiteralPath $Path -File -ErrorAction Stop | Where-Object Extension -NE '.md' | Sort-Object -Property Name)
if (-not $files) {
    throw "There is nothing in $Path."
}
$settings = @{ Prompt = $Prompt; Destination = Join-Path ([System.IO.Path]::GetTempPath()) ([guid]::NewGuid()) }
foreach ($name in 'Model', 'AspectRatio') {
    if ($PSBoundParameters.ContainsKey($name)) {
        $settings[$name] = $PSBoundParameters[$name]
    }
}

Start-TokaifyEmulator -Fault $Fault -FaultRate $FaultRate -FaultSeed $Seed -ErrorAction Stop
try {
    # One at a time, so that the same seed gives the same faults to the same images.
    $results = @($files | Invoke-TokaifyImageEdit @settings -ThrottleLimit 1 -ErrorAction SilentlyContinue -ErrorVariable failures)
}
finally {
    Stop-TokaifyEmulator
    Remove-Item -LiteralPath $settings.Destination -Recurse -Force -ErrorAction Ignore
}

$results | Format-Table -Property SourcePath, Status, Attempts | Out-Host
foreach ($failure in $failures) {
    Write-Host "REFUSED $($failure.TargetObject): $(($failure.FullyQualifiedErrorId -split ',')[0]): $($failure.Exception.Message)"
}
Write-Host "$($results.Count) of $($files.Count) edits go through."
exit [int] ($failures.Count -gt 0)
