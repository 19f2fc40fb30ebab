# Every line of the journals of many runs is valid by docs/journal.schema.json. Test-Json supports its draft since PowerShell 7.4.

BeforeDiscovery {
    $lacksSchema = $PSVersionTable.PSVersion -lt [version] '7.4'
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Journal.ps1"
    . "$PSScriptRoot/JournalKinds.ps1"
    Clear-Session
    $schema = Join-Path $Root 'docs/journal.schema.json'
}

AfterAll {
    Restore-Session
}

Describe 'The lines of journals' -Skip:$lacksSchema {
    BeforeAll {
        $lines = foreach ($omit in $false, $true) {
            $folder = Initialize-Folder
            Initialize-JournalKind $folder -OmitPrompt:$omit | ForEach-Object { Get-Content -LiteralPath $_ -Encoding UTF8 }
        }

        function Test-Line {
            param([string] $Line)

            & (Get-Command Test-Json) -Json $Line -SchemaFile $schema -ErrorAction SilentlyContinue -ErrorVariable script:flaw
        }

        # Whether a line of an outcome is still valid by the schema after a change.
        function Test-Changed {
            param([string] $Outcome, [scriptblock] $Change)

            $text = $lines | Where-Object { $_ -match "`"outcome`":`"$Outcome`".*`"isPromptOmitted`":false" } | Select-Object -First 1
            $line = $text | ConvertFrom-Json -AsHashtable
            # ConvertFrom-Json reads it as a time.
            $line.time = [regex]::Match($text, '"time":"([^"]+)"').Groups[1].Value
            $null = & $Change $line
            Test-Line ($line | ConvertTo-Json -Depth 20 -Compress)
        }
    }

    It 'are of every outcome, of many errors, with and without prompts' {
        $entries = $lines | ConvertFrom-Json
        $entries.outcome | Sort-Object -Unique | Should -Be 'failed', 'saved', 'sent', 'skipped', 'unknown'
        @($entries.errorId | Where-Object { $_ } | Sort-Object -Unique).Count | Should -BeGreaterThan 14
        $entries.isPromptOmitted | Sort-Object -Unique | Should -Be $false, $true
        @($entries | Where-Object isTurn).Count | Should -BeGreaterThan 7
        @($entries.requests.statusCode | Sort-Object -Unique).Count | Should -BeGreaterThan 10
        $lines.Count | Should -BeGreaterThan 200
    }

    It 'are all valid by the schema' {
        $flaws = foreach ($line in $lines) {
            if (-not (Test-Line $line)) {
                "$line`n    $flaw"
            }
        }
        $flaws | Select-Object -First 3 | Should -BeNullOrEmpty
    }

    It 'are not valid with <Name>' -ForEach @(
        @{ Name = 'no user'; Outcome = 'saved'; Change = { param($line) $line.Remove('userName') } }
        @{ Name = 'an empty machine'; Outcome = 'saved'; Change = { param($line) $line.machineName = '' } }
        @{ Name = 'a version of one number'; Outcome = 'sent'; Change = { param($line) $line.moduleVersion = '1' } }
        @{ Name = 'a short digest'; Outcome = 'saved'; Change = { param($line) $line.images[0].sha256 = 'ab12' } }
        @{ Name = 'a saved line without images'; Outcome = 'saved'; Change = { param($line) $line.images = @() } }
        @{ Name = 'a cost in a sent line'; Outcome = 'sent'; Change = { param($line) $line.cost = 1 } }
        @{ Name = 'an omitted prompt that is there'; Outcome = 'saved'; Change = { param($line) $line.isPromptOmitted = $true } }
        @{ Name = 'a failure without a message'; Outcome = 'failed'; Change = { param($line) $line.errorMessage = $null } }
        @{ Name = 'a field that is not known'; Outcome = 'saved'; Change = { param($line) $line.surprise = 1 } }
        @{ Name = 'a local time'; Outcome = 'saved'; Change = { param($line) $line.time = '2026-11-27T10:00:00+01:00' } }
    ) {
        Test-Changed $Outcome { } | Should -BeTrue
        Test-Changed $Outcome $Change | Should -BeFalse
    }

    It 'are also valid without the fields that version 2 lacks' {
        Test-Changed saved {
            param($line)
            $line.schemaVersion = 2
            'userName', 'machineName', 'processId', 'powerShell', 'isPromptOmitted', 'promptSha256', 'referenceSha256',
            'referenceSentSha256', 'historySha256' | ForEach-Object { $line.Remove($_) }
        } | Should -BeTrue
    }
}

Describe 'docs/journal.md' {
    It 'has a row for each field of the schema, and for no other' {
        $text = Get-Content -LiteralPath (Join-Path $Root 'docs/journal.md') -Raw
        $table = [regex]::Match($text, '(?ms)^\| field \| meaning \|$.*?(?=^$)').Value
        $named = $table -split '\r?\n' | ForEach-Object { [regex]::Matches(($_ -split '\|')[1], '`(\w+)`') } |
            ForEach-Object { $_.Groups[1].Value }
        $fields = (Get-Content -LiteralPath $schema -Raw | ConvertFrom-Json).properties.PSObject.Properties.Name
        $named | Sort-Object | Should -Be ($fields | Sort-Object)
    }
}
