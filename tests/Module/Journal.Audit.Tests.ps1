# Who edited what, when and from which machine, and how prompts are left out.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Journal.ps1"
    . "$PSScriptRoot/JournalKinds.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'A journal without prompts' {
    BeforeAll {
        $folder = Initialize-Folder
        $journals = Initialize-JournalKind $folder -OmitPrompt
    }

    It 'has neither a word of them nor the key, in any file of many runs' {
        $journals.Count | Should -BeGreaterThan 5
        @($journals | ForEach-Object { Get-Content -LiteralPath $_ }).Count | Should -BeGreaterThan 100
        # The folder's files of locks and recovered lines as well, and the names of images from text.
        $files = Get-ChildItem -LiteralPath $folder -Recurse -File -Force | Where-Object Extension -NE '.png'
        foreach ($word in $SecretWords + $SecretKey + 'Zephyr') {
            $files | Select-String -SimpleMatch $word | ForEach-Object { "$word in $_" } | Should -BeNullOrEmpty
        }
    }

    It 'is shown as one whose prompts are omitted' {
        $entries = @(Get-TokaifyJournal (Join-Path $folder 'good/edits.jsonl') -Outcome Saved | Where-Object SourcePath -EQ $null)
        $entries | Should -HaveCount 2
        $entries[0].IsPromptOmitted | Should -BeTrue
        $entries[0] | Format-Table | Out-String -Width 200 | Should -Match '\(prompt omitted, [0-9a-f]{12}\)'
    }

    It 'makes a report that says so, with a card for each request' {
        $page = Join-Path $folder 'report.html'
        Get-TokaifyJournal (Join-Path $folder 'good/edits.jsonl') | Export-TokaifyReport $page
        $html = Get-Content -LiteralPath $page -Raw
        $html | Should -Match 'Prompt omitted, SHA-256 [0-9a-f]{12}'
        foreach ($word in $SecretWords) {
            $html | Should -Not -Match $word
        }
    }

    It 'cannot be sent again, and says why' {
        Get-TokaifyJournal (Join-Path $folder 'killed/edits.jsonl') | Invoke-TokaifyImageEdit -ApiKey (ConvertTo-Secret key) `
            -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure | Should -HaveCount 1
        $failure[0].Exception.Message | Should -BeLike '*Its prompt was omitted.*'
    }
}

Describe 'A journal with prompts' {
    It 'has the words that the test above searches for, but not the key' {
        $folder = Initialize-Folder
        $text = Initialize-JournalKind $folder | ForEach-Object { Get-Content -LiteralPath $_ -Raw }
        foreach ($word in $SecretWords) {
            "$text" | Should -Match $word
        }
        "$text" | Should -Not -Match 'Zephyr'
    }
}

Describe 'Each line' {
    It 'is attributed to its run, also if several processes write one journal' {
        $folder = Initialize-Folder
        Initialize-Source $folder 4
        $journal = Join-Path $folder 'edits.jsonl'
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer'))
        try {
            $children = @(foreach ($number in 1..2) {
                    $variables = @{ sources = $folder; journal = $journal; output = "$folder/$number" }
                    Open-Child -BaseUri $relay.BaseUri -Variables $variables -Script '
                        Get-ChildItem "$sources/*.png" | Invoke-TokaifyImageEdit "Sunset" -Destination $output -JournalPath $journal'
                })
            foreach ($child in $children) {
                $null = $child.StandardOutput.ReadToEnd()
                $child.WaitForExit()
            }
            $ids = $children.Id
        }
        finally {
            Close-Child $children
            $relay.Dispose()
        }

        $entries = @(Get-TokaifyJournal $journal)
        $entries | Should -HaveCount 16
        $runs = @($entries | Group-Object -Property RunId)
        $runs | Should -HaveCount 2
        @($runs | ForEach-Object { $_.Count }) | Should -Be 8, 8
        @($runs | ForEach-Object { @($_.Group.ProcessId | Sort-Object -Unique) } | Sort-Object) | Should -Be @($ids | Sort-Object)
        foreach ($entry in $entries) {
            $entry.UserName | Should -BeLike "*$([Environment]::UserName)"
            $entry.MachineName | Should -Be ([Environment]::MachineName)
            $entry.ModuleVersion | Should -Be (Get-Module Tokaify.PowerShell).Version.ToString()
            $entry.PowerShell | Should -Be "$($PSVersionTable.PSEdition) $($PSVersionTable.PSVersion)"
        }
        $row = "(?m)^\S+ \S+ +\S+ +$([Environment]::MachineName) +\d+\.\d+\.\d+ +Saved +1\.png"
        $entries | Format-Table -View Audit | Out-String -Width 160 | Should -Match $row
    }
}

Describe 'The table for auditors in docs/journal.md' {
    BeforeAll {
        Start-TokaifyEmulator -InformationAction Ignore
        $folder = Initialize-Folder
        Push-Location -LiteralPath $folder
        $null = Copy-Picture plain.png -To $folder -As 'cat.png'
        $null = Invoke-TokaifyImageEdit 'Sunset' cat.png -JournalPath journals/
        Start-TokaifyEmulator -Fault Safety -InformationAction Ignore
        $null = Invoke-TokaifyImageEdit 'Night' cat.png -JournalPath journals/ -ErrorAction SilentlyContinue
        # A process that was killed leaves only the line of its request.
        $sent = Get-ChildItem journals/*.jsonl | Select-Object -Last 1 | Get-Content | Select-Object -First 1
        Set-Content -LiteralPath journals/killed.jsonl -Value ($sent -replace '"fingerprint":"..', '"fingerprint":"00')
    }

    AfterAll {
        Pop-Location
        Stop-TokaifyEmulator
    }

    It 'has an example that runs and finds something: <Question>' -ForEach @(
        $text = Get-Content -LiteralPath "$PSScriptRoot/../../docs/journal.md" -Raw
        $rows = [regex]::Match($text, '(?ms)^\| question \|.*?(?=^\s*$)').Value -split '\r?\n' | Select-Object -Skip 2
        foreach ($row in $rows | Where-Object { $_ }) {
            $cells = [regex]::Split($row.Trim('|'), '(?<!\\)\|')
            @{ Question = $cells[0].Trim(); Fields = [regex]::Matches($cells[1], '`(\w+)`') | ForEach-Object { $_.Groups[1].Value }
                Example = $cells[2].Trim(' ', '`') -replace '\\\|', '|'
            }
        }
    ) {
        & ([scriptblock]::Create($Example)) | Should -Not -BeNullOrEmpty
        foreach ($field in $Fields) {
            [Tokaify.JournalEntry].GetProperty($field) | Should -Not -BeNullOrEmpty -Because $field
        }
    }
}

Describe 'TOKAIFY_JOURNAL_PATH' {
    BeforeAll {
        Start-TokaifyEmulator -InformationAction Ignore
    }

    AfterAll {
        Stop-TokaifyEmulator
    }

    BeforeEach {
        $folder = Initialize-Folder
        $source = Copy-Picture plain.png -To $folder
        $default = Join-Path $folder 'default.jsonl'
        $env:TOKAIFY_JOURNAL_PATH = $default
    }

    AfterEach {
        $env:TOKAIFY_JOURNAL_PATH = $null
    }

    It 'names the journal, and the verbose stream says so' {
        $said = $source | Invoke-TokaifyImageEdit 'Sunset' -Verbose 4>&1 |
            Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        $null = New-TokaifyImage 'A cat' -Destination $folder

        (Get-Journal $default).outcome | Should -Be 'saved', 'saved'
        @($said.Message) | Should -Contain "The journal is '$default', as the environment's TOKAIFY_JOURNAL_PATH says."
    }

    It 'is enough for -Resume' {
        $null = $source | Invoke-TokaifyImageEdit 'Sunset'
        ($source | Invoke-TokaifyImageEdit 'Sunset' -Resume).Status | Should -Be 'Skipped'
    }

    It 'is overridden by -JournalPath' {
        $given = Join-Path $folder 'given.jsonl'
        $said = $source | Invoke-TokaifyImageEdit 'Sunset' -JournalPath $given -Verbose 4>&1

        $given | Should -Exist
        $default | Should -Not -Exist
        "$said" | Should -Not -Match 'TOKAIFY_JOURNAL_PATH'
    }

    It 'counts as not set if it is <Name>' -ForEach @(@{ Name = 'empty'; Value = '' }, @{ Name = 'blank'; Value = '  ' }) {
        [Environment]::SetEnvironmentVariable('TOKAIFY_JOURNAL_PATH', $Value)
        ($source | Invoke-TokaifyImageEdit 'Sunset').Status | Should -Be 'Saved'
        { $source | Invoke-TokaifyImageEdit 'Sunset' -Resume } | Should -Throw '*-JournalPath*'
        Get-ChildItem -LiteralPath $folder -Filter *.jsonl -Force | Should -BeNullOrEmpty
    }

    It 'is refused if it is relative: it would be another journal in each location' {
        $env:TOKAIFY_JOURNAL_PATH = 'edits.jsonl'
        $failure = Get-TerminatingError { $source | Invoke-TokaifyImageEdit 'Sunset' }
        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        $failure.Exception.Message | Should -BeLike '*TOKAIFY_JOURNAL_PATH*'
    }

    It 'may be a folder' {
        $env:TOKAIFY_JOURNAL_PATH = Join-Path $folder 'journals/'
        $null = $source | Invoke-TokaifyImageEdit 'Sunset'
        @(Get-TokaifyJournal (Join-Path $folder 'journals')).Outcome | Should -Be 'Sent', 'Saved'
    }
}
