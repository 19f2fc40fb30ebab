<#
.SYNOPSIS
    The relay of a soak, in a separate process. Prints its address, and ends with its standard input.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Module,
    [Parameter(Mandatory)] [string] $LogPath,
    [Parameter(Mandatory)] [double] $FaultRate,
    [Parameter(Mandatory)] [int] $FaultSeed
)

$ErrorActionPreference = 'Stop'
Import-Module $Module
$context = Start-TokaifyEmulator -Fault All, Silence -FaultRate $FaultRate -FaultSeed $FaultSeed -LogPath $LogPath -PassThru 6> $null
[Console]::Out.WriteLine($context.BaseUri)
$null = [Console]::In.ReadToEnd()
