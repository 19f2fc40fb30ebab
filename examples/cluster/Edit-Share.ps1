#Requires -Version 5.1

<#
.SYNOPSIS
    Edits one share of a folder of pictures: what the engines beside this script run on many machines.
.DESCRIPTION
    Asks the relay first whether it is there and takes the key, which costs nothing. Then it edits the pictures of its share that no
    journal in the folder of journals has as saved, and says in its exit code what the engine is to do:

    0    all pictures of the share are edited
    1    some were refused for good; the log says which and why. Started again, the script sends those alone
    75   start it again later: the relay was away for some or all, or another process works on the same share
    78   do not start it again before something is put right: the key, the account, the budget, a parameter
    143  it was told to end (SIGTERM), and its journal is whole: start it again

    Without $ErrorActionPreference = 'Stop', pwsh -File would go on after an error and exit with 0.
.PARAMETER Path
    The folder of the pictures; those in folders below it belong to it. Sources are known by their paths below it, so it may be called
    something else on each machine.
.PARAMETER Prompt
    The edit instruction.
.PARAMETER Destination
    The folder to save in, outside of -Path. The pictures keep their folders.
.PARAMETER JournalPath
    The folder of the journals, the same for all machines. Default: the folder "journals" in the destination.
.PARAMETER Shard
    The share, such as 3/8, or Auto or Auto/8 for the number that the engine gives the task.
.PARAMETER KeyPath
    A file whose first line is the key, and which its owner alone can read. Default: the environment's TOKAIFY_API_KEY.
.PARAMETER ThrottleLimit
    The number of requests in flight, of this share.
.PARAMETER MaximumCost
    What may be spent by the journals' account, in the currency of the model's price. Default: no limit.
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

# The key as a SecureString, so that it is in no environment and gets into no log.
function Get-Key {
    param([string] $File)

    $item = Get-Item -LiteralPath $File -Force
    if ($item.UnixMode -and $item.UnixMode -notlike '????------') {
        throw "Others than its owner can read ${File}: chmod 600 `"$File`"."
    }
    [System.Net.NetworkCredential]::new('', (Get-Content -LiteralPath $File -TotalCount 1)).SecurePassword
}

# What the engine is to do after failures of these kinds.
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

# To the error stream, where engines look for it, and not as an error, which would end the script here.
function Write-Reason {
    param([string] $Text)

    [System.Console]::Error.WriteLine($Text)
}

try {
    # The module is what fails first on a machine that lacks it.
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
    # What ended the batch says it itself. What ended the command before it began is a mistake, but for a lock.
    $code = $_.Exception.ExitCode
    if (-not $code) {
        $code = Get-ExitCode "$($_.Exception.ErrorId)"
    }
    exit $(if ($code -le 1) { $putRightFirst } else { $code })
}
