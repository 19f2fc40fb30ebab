BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Journal.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'Two processes that resume from one journal' {
    BeforeEach {
        $folder = Initialize-Folder
        $sources = New-Item -ItemType Directory -Path (Join-Path $folder 'sources')
        Initialize-Source $sources.FullName 30
        $variables = @{ sources = $sources.FullName; output = Join-Path $folder 'output'; journal = Join-Path $folder 'edits.jsonl' }
        $script = '
            Get-ChildItem -LiteralPath $sources |
                Invoke-TokaifyImageEdit "Sunset" -Destination $output -JournalPath $journal -Resume -WarningVariable warnings |
                Group-Object Status -NoElement | ForEach-Object { "{0} {1}" -f $_.Count, $_.Name }
            $warnings'
        $children = @()
    }

    AfterEach {
        Close-Child $children
        $relay.Dispose()
    }

    It 'send each request once' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer'))

        $children = foreach ($number in 1..2) {
            Open-Child $script $relay.BaseUri $variables
        }
        $said = foreach ($process in $children) {
            $process.StandardOutput.ReadToEnd()
            $process.WaitForExit()
        }

        $relay.Received | Should -Be 30
        $relay.Bodies | Sort-Object -Unique | Should -HaveCount 30
        "$said" | Should -Match '30 Saved'
        "$said" | Should -Match '30 Skipped'
        @(Get-Journal $variables.journal | Where-Object outcome -EQ 'saved') | Should -HaveCount 30
    }

    It 'run one after the other, also if the first one is killed: its requests in flight are sent again, and are reported as unknown' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer') * 8 + @('hold') * 4 + @('answer'))
        $children = @(Open-Child $script $relay.BaseUri $variables)
        $relay.WaitForHeld(4, 60) | Should -BeTrue
        $children += Open-Child $script $relay.BaseUri $variables
        # It names the process that it waits for.
        $said = $children[1].StandardOutput.ReadLineAsync()
        $said.Wait(60000) | Should -BeTrue
        $said.Result | Should -Match "process $($children[0].Id) "
        $relay.Received | Should -Be 12

        $children[0].Kill()
        $rest = $children[1].StandardOutput.ReadToEnd()
        $children[1].WaitForExit()

        $rest | Should -Match '8 Skipped'
        $rest | Should -Match '22 Saved'
        $rest | Should -Match 'has 4 requests without an end'
        $relay.Received | Should -Be 34
        $saved = @(Get-Journal $variables.journal | Where-Object outcome -EQ 'saved')
        $saved.fingerprint | Sort-Object -Unique | Should -HaveCount 30
        $saved | Should -HaveCount 30
    }

    It 'do not delay one that does not resume' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('hold') * 4 + @('answer'))
        $children = @(Open-Child $script $relay.BaseUri $variables)
        $relay.WaitForHeld(4, 60) | Should -BeTrue

        $result = Invoke-TokaifyImageEdit 'Sunrise' "$($sources.FullName)/1.png" -Destination $variables.output `
            -JournalPath $variables.journal -BaseUri $relay.BaseUri -ApiKey (ConvertTo-Secret 'key')

        $result.Status | Should -Be 'Saved'
        $relay.Release()
        $children[0].StandardOutput.ReadToEnd() | Should -Match '30 Saved'
    }

    # Windows has no SIGTERM.
    It 'leave no request without a line if the process gets SIGTERM' -Skip:($IsWindows -or $PSVersionTable.PSVersion.Major -lt 6) {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer') * 8 + @('hold') * 4 + @('answer'))
        $children = @(Open-Child $script $relay.BaseUri $variables)
        $relay.WaitForHeld(4, 60) | Should -BeTrue

        & /bin/kill -TERM $children[0].Id
        $children[0].WaitForExit(20000) | Should -BeTrue

        $children[0].ExitCode | Should -Be 143
        @(Get-Journal $variables.journal | Where-Object outcome -EQ 'unknown') | Should -HaveCount 4
        $relay.Received | Should -Be 12
        Get-TemporaryFile $variables.output | Should -BeNullOrEmpty
    }
}

Describe 'Commands of one process that resume from one journal' {
    BeforeEach {
        $folder = Initialize-Folder
        $sources = New-Item -ItemType Directory -Path (Join-Path $folder 'sources')
        Initialize-Source $sources.FullName 12
        $journal = Join-Path $folder 'edits.jsonl'
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer'))
        $edit = @{ JournalPath = $journal; Resume = $true; BaseUri = $relay.BaseUri; ApiKey = ConvertTo-Secret 'key' }
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'follow each other in a pipeline' {
        foreach ($status in 'Saved', 'Skipped') {
            $results = Get-ChildItem -LiteralPath $sources.FullName |
                Invoke-TokaifyImageEdit 'Sunset' -Destination "$folder/1" @edit |
                Invoke-TokaifyImageEdit 'Snow' -Destination "$folder/2" @edit

            $results | Should -HaveCount 12
            $results.Status | Sort-Object -Unique | Should -Be $status
        }
        $relay.Received | Should -Be 24
    }

    It 'may be nested, and find the images of earlier ones' {
        $results = Get-ChildItem -LiteralPath $sources.FullName | Select-Object -First 3 |
            Invoke-TokaifyImageEdit 'Sunset' -Destination "$folder/1" @edit |
            ForEach-Object {
                Invoke-TokaifyImageEdit 'Snow' "$($sources.FullName)/1.png" -Destination "$folder/2" @edit
            }

        $results.Status | Should -Be 'Saved', 'Skipped', 'Skipped'
    }

    # Windows PowerShell has no -Parallel.
    It 'send each request once if they run side by side' -Skip:($PSVersionTable.PSVersion.Major -lt 7) {
        $results = 1..4 | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:BuiltModule
            $edit = $using:edit
            Get-ChildItem -LiteralPath $using:sources.FullName | Invoke-TokaifyImageEdit 'Sunset' -Destination "$using:folder/out" @edit
        }

        $results | Should -HaveCount 48
        @($results | Where-Object Status -EQ 'Saved') | Should -HaveCount 12
        $relay.Received | Should -Be 12
        Get-ChildItem -LiteralPath "$folder/out" -Filter *.png | Should -HaveCount 12
    }
}

Describe 'A command that is stopped with requests in flight' {
    BeforeEach {
        $folder = Initialize-Folder
        $sources = New-Item -ItemType Directory -Path (Join-Path $folder 'sources')
        Initialize-Source $sources.FullName 6
        $journal = Join-Path $folder 'edits.jsonl'
        $key = ConvertTo-Secret 'key'
        $edit = {
            param($Folder, $Journal, $BaseUri, $Key)
            Get-ChildItem -LiteralPath "$Folder/sources" |
                Invoke-TokaifyImageEdit 'Sunset' -Destination "$Folder/output" -JournalPath $Journal -Resume -BaseUri $BaseUri -ApiKey $Key
        }
    }

    AfterEach {
        if ($lock) {
            $lock.Dispose()
        }
        $relay.Dispose()
        Clear-RecoveredLine $journal
    }

    It 'leaves a line for each, and -Resume sends them again and says how many they are' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer') * 2 + @('hold') * 4 + @('answer'))
        $run = Invoke-InBackground -Script $edit -Arguments $folder, $journal, $relay.BaseUri, $key
        $relay.WaitForHeld(4, 20) | Should -BeTrue

        $run.PowerShell.Stop()
        $run.PowerShell.Dispose()

        (Get-Journal $journal).outcome | Sort-Object | Should -Be 'saved', 'saved', 'unknown', 'unknown', 'unknown', 'unknown'
        $results = & $edit $folder $journal $relay.BaseUri $key 3>&1
        $results[0] | Should -BeLike '*has 4 requests without an end*'
        ($results | Select-Object -Skip 1).Status | Sort-Object | Should -Be 'Saved', 'Saved', 'Saved', 'Saved', 'Skipped', 'Skipped'
        # After they have ended, there is no warning.
        & $edit $folder $journal $relay.BaseUri $key 3>&1 | Should -HaveCount 6
        $relay.Received | Should -Be 10
    }

    It 'leaves a line for each also if an error ends it' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('hold', 'hold', 'refuse', 'hold'))

        $failure = Get-TerminatingError {
            Get-ChildItem -LiteralPath $sources.FullName | Invoke-TokaifyImageEdit 'Sunset' -Destination "$folder/output" `
                -ThrottleLimit 3 -JournalPath $journal -BaseUri $relay.BaseUri -ApiKey $key -ErrorAction Stop
        }

        $failure | Get-ErrorId | Should -Be 'InvalidRequest'
        $entries = @(Get-Journal $journal)
        @($entries | Where-Object outcome -EQ 'failed') | Should -HaveCount 1
        @($entries | Where-Object outcome -EQ 'unknown') | Should -HaveCount ($relay.Received - 1)
    }

    It 'ends at once while another process has locked the journal, and loses no line' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer') * 2 + @('hold') * 4 + @('answer'))
        $run = Invoke-InBackground -Script $edit -Arguments $folder, $journal, $relay.BaseUri, $key
        $relay.WaitForHeld(4, 20) | Should -BeTrue
        $lock = [IO.File]::Open((Join-Path $folder '.edits.jsonl.lock'), 'OpenOrCreate', 'ReadWrite', 'None')
        $clock = [System.Diagnostics.Stopwatch]::StartNew()

        Exit-Background $run

        # This is how long a line waits for the lock if nothing is stopped.
        $clock.Elapsed | Should -BeLessThan ([timespan]::FromSeconds(5))
        $run.PowerShell.Dispose()
        (Get-Journal $journal).outcome | Should -Be 'saved', 'saved'
        $lock.Dispose()
        $results = & $edit $folder $journal $relay.BaseUri $key 3>&1
        $results[0] | Should -BeLike '*has 4 requests without an end*'
        @(Get-Journal $journal | Where-Object outcome -EQ 'unknown') | Should -HaveCount 4
    }
}

Describe 'A journal that can no longer be written' {
    BeforeEach {
        $folder = Initialize-Folder
        $sources = New-Item -ItemType Directory -Path (Join-Path $folder 'sources')
        Initialize-Source $sources.FullName 4
        $journal = Join-Path $folder 'edits.jsonl'
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer'))
        $edit = @{ Prompt = 'Sunset'; Destination = "$folder/output"; JournalPath = $journal }
        $edit += @{ BaseUri = $relay.BaseUri; ApiKey = ConvertTo-Secret 'key' }
    }

    AfterEach {
        $relay.Dispose()
        Clear-RecoveredLine $journal
    }

    It 'is continued in a file that the error names, and that -Resume reads' {
        $results = & {
            Get-Item "$($sources.FullName)/1.png"
            Move-Item -LiteralPath $journal -Destination "$folder/away.jsonl"
            $null = New-Item -ItemType Directory -Path $journal
            Get-Item "$($sources.FullName)/2.png", "$($sources.FullName)/3.png"
        } | Invoke-TokaifyImageEdit @edit -ThrottleLimit 1 -WarningAction SilentlyContinue -ErrorAction SilentlyContinue `
            -ErrorVariable failures

        $results | Should -HaveCount 3
        $failures | Should -HaveCount 1
        $failures | Get-ErrorId | Should -Be 'SaveFailed'
        $recovery = ($failures[0].Exception.Message -split "'")[3]
        (Get-Journal $recovery | Where-Object outcome -EQ 'saved').Count | Should -BeGreaterOrEqual 2
        Remove-Item -LiteralPath $journal
        Move-Item -LiteralPath "$folder/away.jsonl" -Destination $journal

        (Get-ChildItem -LiteralPath $sources.FullName | Invoke-TokaifyImageEdit @edit -Resume).Status |
            Should -Be 'Skipped', 'Skipped', 'Skipped', 'Saved'
        $relay.Received | Should -Be 4
        $recovery | Should -Not -Exist
    }
}

Describe 'A path that cannot be a journal' {
    BeforeEach {
        $folder = Initialize-Folder
        $source = Copy-Picture plain.png -To $folder
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer'))
        $connection = @{ BaseUri = $relay.BaseUri; ApiKey = ConvertTo-Secret 'key' }
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'is refused at the start: <Name>' -ForEach @(
        'nul', 'NUL', 'con', 'nul.txt', 'com1.jsonl', 'aux.', 'CONIN$' | ForEach-Object { @{ Name = $_ } }
        # Windows has no devices with these names.
        if (-not ($IsWindows -or $PSVersionTable.PSVersion.Major -lt 6)) {
            @{ Name = '/dev/null' }
            @{ Name = '/dev/zero' }
        }
    ) {
        Push-Location -LiteralPath $folder
        try {
            foreach ($resume in $false, $true) {
                Get-TerminatingError { $source | Invoke-TokaifyImageEdit 'Sunset' -JournalPath $Name -Resume:$resume @connection } |
                    Get-ErrorId | Should -Be 'InvalidArgument'
            }
        }
        finally {
            Pop-Location
        }
        $relay.Received | Should -Be 0
        Get-ChildItem -LiteralPath $folder -Force | Should -HaveCount 1
    }

    It 'is a file in UTF-16, as > of Windows PowerShell writes it, also with -WhatIf' {
        $journal = Join-Path $folder 'edits.jsonl'
        $null = $source | Invoke-TokaifyImageEdit 'Sunset' -JournalPath $journal @connection
        [IO.File]::WriteAllText($journal, [IO.File]::ReadAllText($journal), [Text.Encoding]::Unicode)
        $before = Get-Sha256 $journal

        foreach ($more in @{}, @{ Resume = $true }, @{ Resume = $true; WhatIf = $true }) {
            $failure = Get-TerminatingError { $source | Invoke-TokaifyImageEdit 'Sunset' -JournalPath $journal @connection @more }
            $failure | Get-ErrorId | Should -Be 'InvalidArgument'
            $failure.Exception.Message | Should -BeLike '*UTF-16*'
        }
        $relay.Received | Should -Be 1
        Get-Sha256 $journal | Should -Be $before

        # As the message says.
        $content = Get-Content -LiteralPath $journal
        $content | Out-File -LiteralPath $journal -Encoding utf8
        ($source | Invoke-TokaifyImageEdit 'Sunset' -JournalPath $journal -Resume @connection).Status | Should -Be 'Skipped'
    }

    It 'does not affect tables: a table in UTF-16 is read' {
        [IO.File]::WriteAllText("$folder/edits.csv", "Path,Prompt`r`n$($source.FullName),Make it na$([char] 0x00EF)ve`r`n",
            [Text.Encoding]::Unicode)
        $journal = Join-Path $folder 'edits.jsonl'

        foreach ($status in 'Saved', 'Skipped') {
            $result = Import-Csv -LiteralPath "$folder/edits.csv" |
                Invoke-TokaifyImageEdit -Destination "$folder/output" -JournalPath $journal -Resume @connection
            $result.Status | Should -Be $status
            $result.Prompt | Should -Be "Make it na$([char] 0x00EF)ve"
        }
    }
}
