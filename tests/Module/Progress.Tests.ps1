# The progress records of a batch, in new runspaces, which keep all of them.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    $Key = ConvertTo-Secret 'key'

    $Edit = {
        param($Path, $BaseUri, $Key, $More = @{})
        Invoke-TokaifyImageEdit 'Sunset' -Path $Path -BaseUri $BaseUri -ApiKey $Key -ThrottleLimit 1 @More
    }
    $EditPiped = {
        param($Folder, $BaseUri, $Key, $More = @{})
        Get-ChildItem -LiteralPath $Folder -File | Invoke-TokaifyImageEdit 'Sunset' -BaseUri $BaseUri -ApiKey $Key -ThrottleLimit 1 @More
    }

    # Returns the records of the batch's bar, or of the second bar.
    function Get-Bar {
        param($Run, [switch] $Retry)

        $records = $Run.PowerShell.Streams.Progress
        # By index, because the collection is still written to.
        for ($number = 0; $number -lt $records.Count; $number++) {
            $records[$number] | Where-Object { ($_.ParentActivityId -ge 0) -eq $Retry }
        }
    }

    function Wait-Bar {
        param($Run, [scriptblock] $Like)

        $null = $Run, $Like
        Wait-Condition { Get-Bar $Run | Where-Object $Like } | Should -BeTrue
    }
}

AfterAll {
    Restore-Session
}

Describe 'The progress bar of a batch' {
    BeforeEach {
        $folder = Initialize-Folder
        1..4 | ForEach-Object { $null = Copy-Picture -Name plain.png -To $folder -As "$_.png" }
    }

    AfterEach {
        if ($relay) {
            $relay.Dispose()
        }
        $run.PowerShell.Stop()
        $run.PowerShell.Dispose()
    }

    It 'shows the saved images of the total, requests in flight, failures, the percentage and the remaining time' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', 'refuse', 'hold'))
        $run = Invoke-InBackground $Edit -Arguments "$folder/*.png", $relay.BaseUri, $Key

        $half = '^1/4 saved, 1 in flight, 1 failed, [\d.]+/min, 0:\d\d, 0\.039 USD \(list\)$'
        Wait-Bar $run { $_.StatusDescription -match $half -and $_.PercentComplete -eq 50 -and $_.SecondsRemaining -ge 0 }
    }

    It 'shows the spent part of the budget, including the journal''s earlier cost' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', 'answer', 'hold'))
        $journal = @{ JournalPath = "$folder/edits.jsonl" }
        $null = Invoke-TokaifyImageEdit 'Moon' "$folder/1.png" -BaseUri $relay.BaseUri -ApiKey $Key @journal
        $run = Invoke-InBackground $Edit -Arguments "$folder/?.png", $relay.BaseUri, $Key, ($journal + @{ MaximumCost = 25 })

        Wait-Bar $run { $_.StatusDescription -match '^1/4 saved, 1 in flight, .*, 0\.078 of 25\.00 USD \(list\)$' }
    }

    It 'shows skipped images' {
        Copy-Item "$folder/1.png" "$folder/1-edited.png"
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('hold'))
        $run = Invoke-InBackground $Edit -Arguments "$folder/?.png", $relay.BaseUri, $Key, @{ SkipExisting = $true }

        Wait-Bar $run { $_.StatusDescription -like '0/4 saved, 1 in flight, 1 skipped, *' -and $_.PercentComplete -eq 25 }
    }

    It 'shows the tokens if the service reports them' {
        Start-TokaifyEmulator
        $context = Get-TokaifyContext
        $run = Invoke-InBackground -Arguments "$folder/*.png", $context.BaseUri, $Key -Script {
            param($Path, $BaseUri, $Key)
            Invoke-TokaifyImageEdit 'Sunset' -Path $Path -BaseUri $BaseUri -ApiKey $Key -Count 100 -RequestsPerMinute 600
        }

        Wait-Bar $run { $_.StatusDescription -match ', \d+k? tokens$' }
    }

    It 'is updated while no event occurs' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('hold'))
        $run = Invoke-InBackground $Edit -Arguments "$folder/*.png", $relay.BaseUri, $Key

        Wait-Condition { @(Get-Bar $run | ForEach-Object StatusDescription | Sort-Object -Unique).Count -ge 3 } | Should -BeTrue
        (Get-Bar $run).StatusDescription | Should -BeLike '0/4 saved, 1 in flight, 0:*'
    }

    It 'has no total while input still arrives, and has it afterwards' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', 'answer', 'hold'))
        $run = Invoke-InBackground $EditPiped -Arguments $folder, $relay.BaseUri, $Key
        Wait-Bar $run { $_.StatusDescription -like '2 saved, 1 in flight, *' }
        Get-Bar $run | ForEach-Object PercentComplete | Select-Object -Unique | Should -Be -1
        Get-Bar $run | ForEach-Object SecondsRemaining | Select-Object -Unique | Should -Be -1

        $held = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', 'hold'))
        $last = Invoke-InBackground -Arguments $folder, $held.BaseUri, $Key -Script {
            param($Folder, $BaseUri, $Key)
            Get-ChildItem -LiteralPath $Folder -File | Select-Object -First 2 |
                Invoke-TokaifyImageEdit 'Sunset' -BaseUri $BaseUri -ApiKey $Key -ThrottleLimit 1
        }
        try {
            Wait-Bar $last { $_.StatusDescription -like '1/2 saved, 1 in flight, *' -and $_.PercentComplete -eq 50 }
        }
        finally {
            $last.PowerShell.Stop()
            $last.PowerShell.Dispose()
            $held.Dispose()
        }
    }

    It 'is shown for images from text as well' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', 'hold'))
        $run = Invoke-InBackground -Arguments $folder, $relay.BaseUri, $Key -Script {
            param($Folder, $BaseUri, $Key)
            New-TokaifyImage 'A fox' -Count 2 -Destination $Folder -BaseUri $BaseUri -ApiKey $Key -ThrottleLimit 1
        }

        Wait-Bar $run { $_.Activity -eq 'Making' -and $_.StatusDescription -like '1/2 saved, 1 in flight, *' }
    }

    Context 'while edits wait for another attempt' {
        It 'has a second bar with their number, the time and the reason, which is removed after the wait' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('hold', 'answer'))
            $run = Invoke-InBackground -Arguments "$folder/1.png", $relay.BaseUri, $Key -Script {
                param($Path, $BaseUri, $Key)
                Invoke-TokaifyImageEdit 'Sunset' -Path $Path -BaseUri $BaseUri -ApiKey $Key -TimeoutSec 1 -RetryIntervalSec 2
            }
            $null = $run.PowerShell.EndInvoke($run.Handle)

            $retries = Get-Bar $run -Retry
            $retries[0].StatusDescription | Should -Match '^1 to retry, the next at .+: Timeout$'
            $retries[0].SecondsRemaining | Should -BeGreaterThan 0
            $retries[0].ParentActivityId | Should -Be (Get-Bar $run)[0].ActivityId
            @($retries | Where-Object RecordType -EQ Completed) | Should -HaveCount 1
            $retries[-1].RecordType | Should -Be 'Completed'
        }
    }

    Context 'is removed' {
        AfterEach {
            $bars = @(Get-Bar $run)
            $bars[0].RecordType | Should -Be 'Processing'
            @($bars | Where-Object RecordType -EQ Completed) | Should -HaveCount 1
            $bars[-1].RecordType | Should -Be 'Completed'
        }

        It 'when all is done' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('hold', 'answer'))
            $run = Invoke-InBackground $Edit -Arguments "$folder/*.png", $relay.BaseUri, $Key
            Wait-Bar $run { $true }
            $relay.Release()
            $run.PowerShell.EndInvoke($run.Handle) | Should -HaveCount 4
        }

        It 'when the pipeline is stopped' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('hold'))
            $run = Invoke-InBackground $Edit -Arguments "$folder/*.png", $relay.BaseUri, $Key
            Wait-Bar $run { $true }
            $run.PowerShell.Stop()
        }

        It 'when an error ends it' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('hold', 'refuse'))
            $run = Invoke-InBackground $Edit -Arguments "$folder/*.png", $relay.BaseUri, $Key, @{ ErrorAction = 'Stop' }
            Wait-Bar $run { $true }
            $relay.Release()
            { $run.PowerShell.EndInvoke($run.Handle) } | Should -Throw '*This one is refused*'
        }

        It 'when a later command ends the pipeline' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('hold', 'answer'))
            $run = Invoke-InBackground -Arguments "$folder/*.png", $relay.BaseUri, $Key -Script {
                param($Path, $BaseUri, $Key)
                Invoke-TokaifyImageEdit 'Sunset' -Path $Path -BaseUri $BaseUri -ApiKey $Key -ThrottleLimit 1 | Select-Object -First 1
            }
            Wait-Bar $run { $true }
            $relay.Release()
            $run.PowerShell.EndInvoke($run.Handle) | Should -HaveCount 1
        }
    }

    Context 'is not shown' {
        AfterEach {
            $run.PowerShell.Streams.Progress | Should -BeNullOrEmpty
        }

        It 'if $ProgressPreference is <_>' -ForEach 'SilentlyContinue', 'Ignore' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
            $run = Invoke-InBackground -Arguments "$folder/*.png", $relay.BaseUri, $Key, $_ -Script {
                param($Path, $BaseUri, $Key, $Preference)
                $ProgressPreference = $Preference
                # Slow enough for a bar to be shown.
                Invoke-TokaifyImageEdit 'Sunset' -Path $Path -BaseUri $BaseUri -ApiKey $Key -RequestsPerMinute 200
            }
            $run.PowerShell.EndInvoke($run.Handle) | Should -HaveCount 4
        }

        # PowerShell has the parameter since 7.4.
        It 'with -ProgressAction SilentlyContinue' -Skip:($PSVersionTable.PSVersion -lt [version] '7.4') {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
            $run = Invoke-InBackground $Edit `
                -Arguments "$folder/*.png", $relay.BaseUri, $Key, @{ RequestsPerMinute = 200; ProgressAction = 'SilentlyContinue' }
            $run.PowerShell.EndInvoke($run.Handle) | Should -HaveCount 4
        }

        It 'with -WhatIf' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('hold'))
            $run = Invoke-InBackground $Edit -Arguments "$folder/*.png", $relay.BaseUri, $Key, @{ WhatIf = $true }
            $run.PowerShell.EndInvoke($run.Handle) | Should -BeNullOrEmpty
        }
    }
}
