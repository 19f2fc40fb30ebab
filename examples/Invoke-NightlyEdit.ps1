#Requires -Version 5.1

<#
.SYNOPSIS
    Edits the new images of a folder, unattended, under the scheduler of the system.
.DESCRIPTION
    The key comes from a vault of Microsoft.PowerShell.SecretManagement. A journal records what is edited, so the next
    night completes a night that was cut short or in which some edits failed. Each night appends to a log.
    Two nights never run at the same time: the second one ends.

    With -MaximumCost and a journal for each month, each month has a budget: the next month sends the rest.

    Exit codes, which every scheduler shows:

    0 all images are edited, except those that were refused for good; the log says which
    1 some edits failed; the log says which and why, and the next night sends them again
    2 it could not begin: no key, no folder, no module, no relay
    3 the night before is still running
    4 -MaximumCost is reached; the log says how many are left, and the first night of the next journal continues
    75 the service was away for longer than -MaximumWaitSec, or asks for a longer wait; the next night continues
    78 the batch ended early: correct something first, such as the key or the account; the log says what

    Requests that the service has blocked or found invalid are not sent again until the image or the prompt is changed.

    Once, as the user under whom the scheduler runs it:

        Install-PSResource Tokaify.PowerShell, Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore
        # No password can be typed at night, so the account protects the vault.
        Reset-SecretStore -Authentication None -Interaction None
        Register-SecretVault -Name Tokaify -ModuleName Microsoft.PowerShell.SecretStore
        Set-Secret -Name TokaifyApiKey -Vault Tokaify -SecureStringSecret (Read-Host -AsSecureString)

    Other vaults (Azure Key Vault, KeePass, Keychain and so on) are registered the same way.

    Windows, Task Scheduler, at two in the morning:

        $user = Get-Credential "$env:USERDOMAIN\$env:USERNAME"
        $arguments = '-NoProfile -NonInteractive -File C:\jobs\Invoke-NightlyEdit.ps1 -Path D:\photos -Destination D:\edited'
        $task = @{
            TaskName = 'Nightly edit'
            Action = New-ScheduledTaskAction -Execute pwsh -Argument $arguments
            Trigger = New-ScheduledTaskTrigger -Daily -At 2am
            User = $user.UserName
            Password = $user.GetNetworkCredential().Password
        }
        Register-ScheduledTask @task

    cron (crontab -e):

        0 2 * * *  pwsh -NoProfile -NonInteractive -File /opt/jobs/Invoke-NightlyEdit.ps1 -Path /srv/photos -Destination /srv/edited

    systemd (nightly-edit.service; beside it nightly-edit.timer with OnCalendar=02:00 and Persistent=true, which runs the job
    later if the machine was off at night):

        [Service]
        Type=oneshot
        User=photos
        ExecStart=/usr/bin/pwsh -NoProfile -NonInteractive -File /opt/jobs/Invoke-NightlyEdit.ps1 -Path /srv/photos -Destination /srv/edited

    launchd (~/Library/LaunchAgents/local.nightly-edit.plist, then: launchctl load -w <the file>):

        <plist version="1.0"><dict>
          <key>Label</key><string>local.nightly-edit</string>
          <key>ProgramArguments</key><array>
            <string>/usr/local/bin/pwsh</string><string>-NoProfile</string><string>-NonInteractive</string>
            <string>-File</string><string>/opt/jobs/Invoke-NightlyEdit.ps1</string>
            <string>-Path</string><string>/srv/photos</string><string>-Destination</string><string>/srv/edited</string>
          </array>
          <key>StartCalendarInterval</key><dict><key>Hour</key><integer>2</integer><key>Minute</key><integer>0</integer></dict>
        </dict></plist>
.PARAMETER Path
    The folder of the images. Default: the samples.
.PARAMETER Prompt
    The edit instruction.
.PARAMETER Destination
    The folder to save in. Default: the folder "edited" here.
.PARAMETER SecretName
    The key's name in the vault.
.PARAMETER Vault
    The vault. Default: all registered ones.
.PARAMETER JournalPath
    The journal. Default: journal.jsonl in the destination.
.PARAMETER LogPath
    The log. Default: nightly.log in the destination.
.PARAMETER ThrottleLimit
    The number of requests in flight.
.PARAMETER MaximumCost
    The maximum cost, including that in the journal, in the currency of the model's price. Default: no limit.
.PARAMETER MaximumWaitSec
    The longest wait for an outage of the service, in seconds.
.PARAMETER RetryFailed
    Also sends the requests that were refused in earlier nights.
.EXAMPLE
    ./Invoke-NightlyEdit.ps1 -Path photos -Destination edited -WhatIf
.EXAMPLE
    ./Invoke-NightlyEdit.ps1 -Path photos -Destination edited -JournalPath "edited/$(Get-Date -Format yyyy-MM).jsonl" -MaximumCost 25

    A journal for each month is a budget for each month.
#>
[CmdletBinding(SupportsShouldProcess)]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'Said to a person, not to a pipeline.')]
param(
    [string] $Path = "$PSScriptRoot/pictures",

    [string] $Prompt = 'Change the background to a seaside sunset.',

    [string] $Destination = 'edited',

    [string] $SecretName = 'TokaifyApiKey',

    [string] $Vault,

    [string] $JournalPath = (Join-Path $Destination 'journal.jsonl'),

    [string] $LogPath = (Join-Path $Destination 'nightly.log'),

    [ValidateRange(1, 1024)]
    [int] $ThrottleLimit = 4,

    [System.Nullable[decimal]] $MaximumCost,

    [ValidateRange(0, 604800)]
    [int] $MaximumWaitSec = 14400,

    [switch] $RetryFailed
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$log = @{ LiteralPath = $LogPath; Encoding = 'UTF8'; WhatIf = $false }

function Add-LogLine {
    param([string] $Line)

    # Names and messages may contain line breaks and escape sequences. An event must be one line of text.
    $stamped = '{0:yyyy-MM-ddTHH:mm:ssZ} {1}' -f [datetime]::UtcNow, ($Line -replace '\p{Cc}+', ' ')
    Write-Host $stamped
    Add-Content @log -Value $stamped
}

# The key is a SecureString and never plain text here, so no log can contain it.
function Get-Key {
    param([hashtable] $Secret)

    if (-not (Get-Command Get-Secret -ErrorAction Ignore)) {
        throw 'Microsoft.PowerShell.SecretManagement is not installed.'
    }
    $key = Get-Secret @Secret
    if ($key -isnot [securestring]) {
        throw "The secret $($Secret.Name) is not a SecureString: set it with Set-Secret -SecureStringSecret."
    }
    $key
}

$lock = $null
try {
    $null = New-Item -ItemType Directory -Path $Destination -Force -WhatIf:$false
    # The process holds the lock. The system releases it when the process ends, in every case.
    $lockPath = Join-Path (Resolve-Path -LiteralPath $Destination).ProviderPath '.nightly.lock'
    try {
        $lock = [System.IO.File]::Open($lockPath, 'OpenOrCreate', 'ReadWrite', 'None')
    }
    catch [System.IO.IOException] {
        Add-LogLine 'The night before is still running: nothing done.'
        exit 3
    }

    $secret = @{ Name = $SecretName }
    if ($Vault) {
        $secret.Vault = $Vault
    }
    $key = Get-Key $secret
    # Tests whether the relay is reachable and accepts the key, with one request that costs nothing.
    if (-not $WhatIfPreference) {
        $connection = Test-TokaifyConnection -ApiKey $key
        if (-not $connection.Succeeded) {
            throw $connection.Message
        }
    }
    $pictures = @(Get-ChildItem -LiteralPath $Path -File |
            Where-Object Extension -In '.png', '.jpg', '.jpeg', '.webp', '.heic', '.heif')
    Add-LogLine "$($pictures.Count) pictures in $Path"
    $limit = @{}
    if ($null -ne $MaximumCost) {
        $limit.MaximumCost = $MaximumCost
    }
    $results = @($pictures |
            Invoke-TokaifyImageEdit @limit -Prompt $Prompt -Destination $Destination -ApiKey $key -ThrottleLimit $ThrottleLimit `
                -JournalPath $JournalPath -Resume -RetryFailed:$RetryFailed -MaximumWaitSec $MaximumWaitSec `
                -ErrorAction SilentlyContinue -WarningAction SilentlyContinue -ErrorVariable failures -WhatIf:$WhatIfPreference)

    foreach ($failure in $failures) {
        Add-LogLine "FAILED $($failure.TargetObject): $(($failure.FullyQualifiedErrorId -split ',')[0]): $($failure.Exception.Message)"
    }
    foreach ($result in $results | Where-Object Status -EQ 'Refused') {
        Add-LogLine "REFUSED before, not sent again: $($result.SourcePath): $($result.Error.ErrorId): $($result.Error.Message)"
    }
    $refused = @($results | Where-Object Status -EQ 'Refused').Count
    $saved = @($results | Where-Object Status -EQ 'Saved').Count
    Add-LogLine "$saved saved, $($results.Count - $saved - $refused) edited before, $refused refused before, $($failures.Count) failed"
    exit [int] ($failures.Count -gt 0)
}
catch {
    # The folder for the log may be missing.
    try { Add-LogLine "Could not go on: $_" } catch { Write-Host "Could not go on: $_" }
    exit $(if ("$($_.Exception.ErrorId)" -eq 'BudgetReached') { 4 } elseif ($_.Exception.ExitCode) { $_.Exception.ExitCode } else { 2 })
}
finally {
    if ($lock) {
        $lock.Dispose()
    }
}
