param([Parameter(Mandatory)] $Server, [Parameter(Mandatory)] $Sources, [Parameter(Mandatory)] $Target, [int] $ThrottleLimit = 4,
    $Module = "$PSScriptRoot/../../output/Tokaify.PowerShell")

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$env:TOKAIFY_API_KEY = 'key'
# Neither Join-Path nor Test-Path: they would load a module of PowerShell that the edits do not need.
Import-Module $Module
# Not Get-ChildItem, which lists and sorts a whole folder before it returns the first file: 50 MB for 20,000 files.
[IO.Directory]::EnumerateFiles($Sources) |
    Invoke-TokaifyImageEdit -Prompt 'Make it blue.' -BaseUri $Server -Destination $Target -ThrottleLimit $ThrottleLimit |
    Out-Null
