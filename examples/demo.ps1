<#
.SYNOPSIS
    Edits the sample images against the emulator: offline, not billed, without a key.
.PARAMETER Destination
    The folder for the edited images.
#>
[CmdletBinding()]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'Said to a person, not to a pipeline.')]
param(
    [string] $Destination = "$PSScriptRoot/../output/demo"
)

$ErrorActionPreference = 'Stop'

$built = "$PSScriptRoot/../output/Tokaify.PowerShell"
if (Test-Path -LiteralPath $built) {
    Import-Module $built
}
else {
    Import-Module Tokaify.PowerShell
}

Start-TokaifyEmulator
try {
    Get-ChildItem "$PSScriptRoot/pictures/*" -Include *.png, *.jpg, *.webp |
        Invoke-TokaifyImageEdit -Prompt 'Change the background to a seaside sunset.' -Destination $Destination -Force |
        Out-Host

    Write-Host "The pictures, painted over by the emulator, are in $(Resolve-Path -LiteralPath $Destination)"
}
finally {
    Stop-TokaifyEmulator
}
