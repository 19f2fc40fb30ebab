#Requires -Version 5.1

<#
.SYNOPSIS
    Edits one share of a folder of images. The engines beside this script run it on many machines.
.DESCRIPTION
    First tests whether the relay is reachable and accepts the key, which costs nothing. Then it edits the images of its share that no
    journal in the folder of journals has as saved. The exit code tells the engine what to do:

    0    all images of the share are edited
    1    some were refused for good; the log says which and why. If it is started again, the script sends only those
    75   start it again later: the relay was away for some or all images, or another process works on the same share
    78   correct something before it is started again: the key, the account, the budget, a parameter
    143  it got SIGTERM, and its journal is whole: start it again

    Without $ErrorActionPreference = 'Stop', pwsh -File would continue after an error and exit with 0.
.PARAMETER Path
    The folder of the images, including the folders below it. Sources are identified by their paths below it, so its own path may be
    different on each machine.
.PARAMETER Prompt
    The edit instruction.
.PARAMETER Destination
    The folder to save in, outside of -Path. The images keep their folders.
.PARAMETER JournalPath
    The folder of the journals, the same for all machines. Default: the folder "journals" in the destination.
.PARAMETER Shard
    The share, such as 3/8, or Auto or Auto/8 for the number that the engine gives the task.
.PARAMETER KeyPath
    A file whose first line is the key, and which only its owner can read. Default: the environment's TOKAIFY_API_KEY.
.PARAMETER ThrottleLimit
    The number of requests in flight, of this share.
.PARAMETER MaximumCost
    The maximum cost, including that in the journals, in the currency of the model's price. Default: no limit.
.EXAMPLE
    ./Edit-Share.ps1 -Path photos -Destination night -Prompt 'Make it night.' -Shard 3/8
#>
[CmdletBinding()]
param(
    [string] $Path = '.',

    [string] $Prompt = 'Change the background to a seaside sunset.',

    [Parameter(Mandatory)]
    [string] $Destination,

    [string] $JournalPath = "$Destination/journals/",

    [string] $Shard = 'Auto',

    [string] $KeyPath,

    [ValidateRange(1, 1024)]
    [int] $ThrottleLimit = 8,

    [System.Nullable[decimal]] $MaximumCost
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$startAgain = 75
$putRightFirst = 78

# The key is a SecureString, so neither the environment nor a log contains it.
function Get-Key {
    param([string] $File)

    $item = Get-Item -LiteralPath $File -Force
    if ($item.UnixMode -and $item.UnixMode -notlike '????------') {
        throw "Others than its owner can read ${File}: chmod 600 `"$File`"."
    }
    [System.Net.NetworkCredential]::new('', (Get-Content -LiteralPath $File -TotalCount 1)).SecurePassword
}

# The exit codes for these kinds of failures.
function Get-ExitCode {
    param([string[]] $ErrorId)

    $dead = 'Unauthorized', 'QuotaExceeded', 'ApiKeyMissing', 'InsecureConnection', 'InvalidArgument', 'ModelNotFound', 'BudgetReached'
    $passing = 'ConnectionFailed', 'ServiceUnavailable', 'Timeout', 'RateLimited', 'BadResponse', 'JournalInUse'
    if ($ErrorId | Where-Object { $_ -in $dead }) {
        $putRightFirst
    }
    elseif ($ErrorId | Where-Object { $_ -in $passing }) {
        $startAgain
    }
    else {
        [int] ($ErrorId.Count -gt 0)
    }
}

# Written to the error stream, where engines expect it, and not as an error, which would end the script here.
function Write-Reason {
    param([string] $Text)

    [System.Console]::Error.WriteLine($Text)
}

try {
    # On a machine without the module, this is the first command that fails.
    Import-Module Tokaify.PowerShell
    $paths = $ExecutionContext.SessionState.Path
    $edit = @{
        Prompt        = $Prompt
        Destination   = $paths.GetUnresolvedProviderPathFromPSPath($Destination)
        JournalPath   = $paths.GetUnresolvedProviderPathFromPSPath($JournalPath).TrimEnd('/', '\') + '/'
        Shard         = $Shard
        ThrottleLimit = $ThrottleLimit
    }
    $key = @{}
    if ($KeyPath) {
        $key.ApiKey = Get-Key $KeyPath
    }
    if ($null -ne $MaximumCost) {
        $edit.MaximumCost = $MaximumCost
    }

    $connection = Test-TokaifyConnection @key
    if (-not $connection.Succeeded) {
        Write-Reason $connection.Message
        exit (Get-ExitCode $connection.ErrorId)
    }

    Set-Location -LiteralPath $Path
    Get-ChildItem -Recurse -File |
        Where-Object Extension -In '.png', '.jpg', '.jpeg', '.webp', '.heic', '.heif' |
        Invoke-TokaifyImageEdit @key @edit -Resume -Summary -ErrorAction Continue -ErrorVariable failures |
        Out-Null
    exit (Get-ExitCode @($failures | ForEach-Object { ($_.FullyQualifiedErrorId -split ',')[0] }))
}
catch {
    Write-Reason $_
    # An error that ended the batch has its own code. An error before the batch is a mistake, except for a lock.
    $code = $_.Exception.ExitCode
    if (-not $code) {
        $code = Get-ExitCode "$($_.Exception.ErrorId)"
    }
    exit $(if ($code -le 1) { $putRightFirst } else { $code })
}
