<#
.SYNOPSIS
    One run of a soak's batch, such as a person would start again after each end. Ends with 2 if a response ended the batch, such as one
    that refuses the key.
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
}
try {
    $null = Get-ChildItem -LiteralPath $Sources -File | Invoke-TokaifyImageEdit @edit
}
catch [Tokaify.TokaifyException] {
    exit 2
}
