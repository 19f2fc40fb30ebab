param([Parameter(Mandatory)] $Server, [Parameter(Mandatory)] $Sources, [Parameter(Mandatory)] $Target, [int] $ThrottleLimit = 4)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$env:TOKAIFY_API_KEY = 'key'
$root = $PSScriptRoot
while (-not (Test-Path "$root/Tokaify.PowerShell.sln")) { $root = Split-Path $root }
Import-Module "$root/output/Tokaify.PowerShell"
Get-ChildItem $Sources |
    Invoke-TokaifyImageEdit -Prompt 'Make it blue.' -BaseUri $Server -Destination $Target -ThrottleLimit $ThrottleLimit |
    Out-Null
