# A folder of journals, shared by commands on as many machines.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Journal.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'Shares with a folder of journals' {
    BeforeEach {
        $folder = Initialize-Folder
        $sources = New-Item -ItemType Directory -Path (Join-Path $folder 'sources')
        Initialize-Source $sources.FullName 30
        $variables = @{ sources = $sources.FullName; output = Join-Path $folder 'output'; journals = (Join-Path $folder 'journals') + '/' }
        $script = '
            Set-Location -LiteralPath $sources
            Get-ChildItem |
                Invoke-TokaifyImageEdit "Sunset" -Destination $output -JournalPath $journals -Resume -Shard $shard `
                    -WarningVariable warnings |
                Group-Object Status -NoElement | ForEach-Object { "{0} {1}" -f $_.Count, $_.Name }
            $warnings'
        $children = @()

        function Open-Share {
            param([string] $Shard)

            Open-Child $script $relay.BaseUri ($variables + @{ shard = $Shard })
        }
    }

    AfterEach {
        Close-Child $children
        $relay.Dispose()
    }

    It 'are finished by others if one of them is killed: only its requests in flight are paid twice' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer') * 5 + @('hold') * 4 + @('answer'))
        $children = @(Open-Share '1/2')
        $relay.WaitForHeld(4, 60) | Should -BeTrue
        $children[0].Kill()
        $children[0].WaitForExit()

        $children += Open-Share '1/2'
        $children += Open-Share '2/2'
        $said = foreach ($process in $children[1, 2]) {
            $process.StandardOutput.ReadToEnd()
            $process.WaitForExit()
        }

        "$said" | Should -Match '5 Skipped'
        "$said" | Should -Match 'has 4 requests without an end'
        $relay.Received | Should -Be 34
        $entries = @(Get-TokaifyJournal $variables.journals)
        ($entries | Where-Object Outcome -EQ Saved).SourcePath | Sort-Object -Unique | Should -HaveCount 30
        Get-ChildItem $variables.output -Filter *.png | Should -HaveCount 30
        Get-TokaifyJournal $variables.journals -Latest -Outcome Failed, Sent | Should -BeNullOrEmpty
        # Another number of shares finds what these have saved.
        $children += Open-Share '1/1'
        $children[3].StandardOutput.ReadToEnd() | Should -Match '30 Skipped'
        $relay.Received | Should -Be 34
    }

    # Windows has no SIGTERM.
    It 'leave no request without a line and no incomplete file if the process gets SIGTERM' -Skip:(
        $IsWindows -or $PSVersionTable.PSVersion.Major -lt 6) {
        $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('answer') * 5 + @('half') * 4 + @('answer'))
        $children = @(Open-Share '1/2')
        Wait-Condition { @(Get-TemporaryFile $folder).Count -ge 4 } -Seconds 60 | Should -BeTrue

        & /bin/kill -TERM $children[0].Id
        $children[0].WaitForExit(25000) | Should -BeTrue

        $children[0].ExitCode | Should -Be 143
        @(Get-TokaifyJournal $variables.journals -Outcome Unknown).Count | Should -BeGreaterOrEqual 4
        Get-TokaifyJournal $variables.journals -Latest -Outcome Sent | Should -BeNullOrEmpty
        Get-TemporaryFile $folder | Should -BeNullOrEmpty
    }
}

# Windows has no SIGTERM.
Describe 'A process that gets SIGTERM' -Skip:($IsWindows -or $PSVersionTable.PSVersion.Major -lt 6) {
    It 'leaves no incomplete file without a journal either, and ends with 143' {
        $folder = Initialize-Folder
        $sources = New-Item -ItemType Directory -Path (Join-Path $folder 'sources')
        Initialize-Source $sources.FullName 4
        $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('half'))
        $child = Open-Child 'Get-ChildItem -LiteralPath $sources | Invoke-TokaifyImageEdit Sunset -Destination $output' $relay.BaseUri @{
            sources = $sources.FullName; output = Join-Path $folder 'output'
        }
        try {
            Wait-Condition { @(Get-TemporaryFile $folder).Count -ge 4 } -Seconds 60 | Should -BeTrue

            & /bin/kill -TERM $child.Id
            $child.WaitForExit(25000) | Should -BeTrue

            $child.ExitCode | Should -Be 143
            Get-TemporaryFile "$folder/output" | Should -BeNullOrEmpty
        }
        finally {
            Close-Child $child
            $relay.Dispose()
        }
    }
}

Describe 'A folder of journals' {
    It 'is one that exists, or a path that ends in a separator; -WhatIf creates nothing' {
        Start-TokaifyEmulator 6>$null
        $folder = Initialize-Folder
        Initialize-Source $folder 1
        Push-Location -LiteralPath $folder
        try {
            Invoke-TokaifyImageEdit 'Night' 1.png -Destination out -JournalPath journals/ -Resume -WhatIf 6>$null
            'journals' | Should -Not -Exist
            $null = Invoke-TokaifyImageEdit 'Night' 1.png -Destination out -JournalPath journals/
            $again = Invoke-TokaifyImageEdit 'Night' 1.png -Destination out -JournalPath journals -Resume -Summary `
                -InformationVariable info 6>$null
            $again.Status | Should -Be 'Skipped'
            $info.MessageData.JournalPath | Should -BeLike '*journals*-all-*.jsonl'
            Get-ChildItem journals -Filter *.jsonl | Should -HaveCount 2
            # The cost of all commands counts.
            Copy-Item 1.png 2.png
            [IO.File]::AppendAllText("$folder/2.png", 'x')
            $failure = Get-TerminatingError {
                Invoke-TokaifyImageEdit 'Night' 2.png -Destination out -JournalPath journals -MaximumCost 0.05
            }
            $failure | Get-ErrorId | Should -Be 'BudgetReached'
        }
        finally {
            Pop-Location
            Stop-TokaifyEmulator
        }
    }
}
