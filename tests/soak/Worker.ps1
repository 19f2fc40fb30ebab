<#
.SYNOPSIS
    One run of a soak's batch, such as a person would start again after each end. Prints how many edits failed.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Module,
    [Parameter(Mandatory)] [string] $Sources,
    [Parameter(Mandatory)] [string] $Destination,
    [Parameter(Mandatory)] [int] $ThrottleLimit
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module $Module
$edit = @{
    Prompt            = 'Make it evening.'
    Destination       = $Destination
    SkipExisting      = $true
    ThrottleLimit     = $ThrottleLimit
    MaximumRetryCount = 2
    TimeoutSec        = 3
    ErrorAction       = 'SilentlyContinue'
    ErrorVariable     = 'failures'
}
$null = Get-ChildItem -LiteralPath $Sources -File | Invoke-TokaifyImageEdit @edit
[Console]::Out.WriteLine($failures.Count)
