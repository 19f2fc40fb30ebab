# Journals of several commands, read together: outcomes, cost, and the requests that have to be sent again.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Journal.ps1"
    Clear-Session

    function Use-NewEmulator {
        param([string[]] $Fault)

        Stop-TokaifyEmulator
        Start-TokaifyEmulator @PSBoundParameters 6>$null
    }
}

AfterAll {
    Restore-Session
}

Describe 'Get-TokaifyJournal' {
    BeforeEach {
        Use-NewEmulator
        $folder = Initialize-Folder
        Initialize-Source $folder 4
        Push-Location -LiteralPath $folder
    }

    AfterEach {
        Pop-Location
        Stop-TokaifyEmulator
    }

    It 'reads all journals of a folder: the sum of Cost is the bill' {
        Initialize-Source $folder 12
        $results = foreach ($number in 1..3) {
            Get-ChildItem *.png | Invoke-TokaifyImageEdit 'Night' -Destination out -Shard "$number/3" -JournalPath journals/
        }

        $entries = @(Get-TokaifyJournal journals)
        $entries | ForEach-Object { $_.GetType().FullName } | Sort-Object -Unique | Should -Be 'Tokaify.JournalEntry'
        $counts = $entries | Group-Object Outcome | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.Count)" }
        $counts | Should -Be 'Saved 12', 'Sent 12'
        ($entries | Measure-Object Cost -Sum).Sum | Should -Be ($results | Measure-Object Cost -Sum).Sum
        ($entries | Where-Object Outcome -EQ Saved).SourcePath | Sort-Object | Should -Be ($results.SourcePath | Sort-Object)
        Get-ChildItem journals -Filter *.jsonl | Should -HaveCount 3
        (Get-ChildItem journals -Filter *.jsonl | Get-TokaifyJournal).Count | Should -Be 24
        $ofShare = @($entries | Where-Object JournalPath -Like '*2of3*')
        Get-TokaifyJournal 'journals/*2of3*' | Should -HaveCount $ofShare.Count
    }

    It 'filters by outcome, model and time' {
        $null = Get-ChildItem [12].png | Invoke-TokaifyImageEdit 'Night' -JournalPath edits.jsonl -Destination out
        $null = Get-Item 3.png | Invoke-TokaifyImageEdit 'Night' -JournalPath edits.jsonl -Destination out -Model gemini-3.1-flash-image

        Get-TokaifyJournal edits.jsonl -Outcome Saved | Should -HaveCount 3
        Get-TokaifyJournal edits.jsonl -Outcome Saved -Model *3.1* | Should -HaveCount 1
        Get-TokaifyJournal edits.jsonl -After (Get-Date).AddHours(-1) -Before (Get-Date).AddHours(1) | Should -HaveCount 6
        Get-TokaifyJournal edits.jsonl -After (Get-Date).AddHours(1) | Should -BeNullOrEmpty
        Get-TokaifyJournal edits.jsonl -Before (Get-Date).AddHours(-1) | Should -BeNullOrEmpty
    }

    It 'returns the newest state of each request and variation with -Latest, over all files' {
        Use-NewEmulator -Fault Safety
        $edit = @{ Prompt = 'Night'; Count = 2; JournalPath = 'journals/'; Destination = 'out' }
        $null = Get-ChildItem *.png | Invoke-TokaifyImageEdit @edit -ErrorAction Ignore
        Use-NewEmulator
        $null = Get-Item 1.png, 2.png | Invoke-TokaifyImageEdit @edit

        $latest = @(Get-TokaifyJournal journals -Latest)
        @($latest.Outcome | Sort-Object) | Should -Be 'Saved', 'Saved', 'Saved', 'Saved', 'Failed', 'Failed', 'Failed', 'Failed'
        Get-TokaifyJournal journals -Latest -Outcome Failed | Should -HaveCount 4
        Get-TokaifyJournal journals -Outcome Failed | Should -HaveCount 8
    }

    It 'does not return a missing source with -Latest once it has been edited' {
        $null = 'gone.png' | Invoke-TokaifyImageEdit 'Night' -JournalPath edits.jsonl -Destination out -ErrorAction Ignore
        (Get-TokaifyJournal edits.jsonl -Latest).Outcome | Should -Be 'Failed'
        Move-Item 1.png gone.png
        $null = 'gone.png' | Invoke-TokaifyImageEdit 'Night' -JournalPath edits.jsonl -Destination out
        (Get-TokaifyJournal edits.jsonl -Latest).Outcome | Should -Be 'Saved'
    }

    It 'skips an incomplete line and lines that are not journal lines' {
        $null = Invoke-TokaifyImageEdit 'Night' 1.png -JournalPath edits.jsonl -Destination out
        Add-Content edits.jsonl '[1]', '{}', 'no JSON', '{"outcome":"saved","images":7,"usage":[],"time":5,"index":"x"}', '{"outcome":"sa'
        (Get-TokaifyJournal edits.jsonl).Outcome | Should -Be 'Sent', 'Saved', 'Saved'
    }

    It 'is an error for each path that does not exist, and goes on' {
        $null = Invoke-TokaifyImageEdit 'Night' 1.png -JournalPath edits.jsonl -Destination out
        $entries = Get-TokaifyJournal gone.jsonl, edits.jsonl -ErrorAction SilentlyContinue -ErrorVariable failed
        $entries | Should -HaveCount 2
        $failed | Get-ErrorId | Should -Be 'FileNotFound'
    }

    It 'gives a report of all journals' {
        $null = Get-ChildItem *.png | Invoke-TokaifyImageEdit 'Night' -Destination out -JournalPath journals/
        Get-TokaifyJournal journals | Export-TokaifyReport report.html
        $page = Get-Content report.html -Raw
        foreach ($number in 1..4) {
            $page | Should -BeLike "*$number-edited.png*"
        }
        $page | Should -Not -BeLike '*may have been billed*'
    }

    It 'shows a table with a line for each entry in 80 columns' {
        $null = Invoke-TokaifyImageEdit 'Night' 1.png -JournalPath edits.jsonl -Destination out
        $lines = @(Get-TokaifyJournal edits.jsonl -Outcome Saved | Out-String -Width 80 -Stream | Where-Object { $_.Trim() })
        $lines[2] | Should -Match '^\d{4}-\d\d-\d\d \d\d:\d\d Saved +1\.png +gemini-2\.5-flash-image +0\.039'
        $lines | Should -HaveCount 3
    }
}

Describe 'Entries that are sent again' {
    BeforeEach {
        Use-NewEmulator -Fault Safety
        $folder = Initialize-Folder
        Initialize-Source $folder 3
        Push-Location -LiteralPath $folder
        $request = @{
            Prompt = 'Night'; Model = 'gemini-3.1-flash-image'; AspectRatio = '16:9'; ImageSize = '1K'; Temperature = 0.5; Seed = 7
            SystemInstruction = 'Be bold'; SafetySetting = @{ Harassment = 'OnlyHigh' }; AdditionalProperty = @{ labels = @{ a = 'b' } }
            IncludeText = $true; Count = 2; OutputName = '{name}-night'; Destination = 'out'; JournalPath = 'edits.jsonl'
        }
    }

    AfterEach {
        Pop-Location
        Stop-TokaifyEmulator
    }

    It 'are the same requests, variation by variation, under the same names' {
        $null = Invoke-TokaifyImageEdit @request 1.png -ReferenceImage 2.png, 3.png -ErrorAction Ignore
        $failed = @(Get-TokaifyJournal edits.jsonl -Latest -Outcome Failed)
        $failed | Should -HaveCount 2
        Use-NewEmulator
        Set-Location /

        $results = $failed | Invoke-TokaifyImageEdit -JournalPath "$folder/edits.jsonl" -WarningAction Ignore

        $results.Index | Sort-Object | Should -Be 1, 2
        $results.Path | Split-Path -Leaf | Sort-Object | Should -Be '1-night-2.png', '1-night.png'
        $results.Path | Split-Path | Sort-Object -Unique | Should -Be (Join-Path $folder out)
        $again = @(Get-TokaifyJournal "$folder/edits.jsonl" -Latest)
        $again.Outcome | Should -Be 'Saved', 'Saved'
        $again.Fingerprint | Sort-Object | Should -Be ($failed.Fingerprint | Sort-Object)
    }

    It 'may be requests that were refused before they were sent, once the problem is fixed' {
        $request.Remove('Count')
        $null = 'gone.png' | Invoke-TokaifyImageEdit @request -ErrorAction Ignore
        Move-Item 1.png gone.png
        Use-NewEmulator

        $result = Get-TokaifyJournal edits.jsonl -Latest -Outcome Failed | Invoke-TokaifyImageEdit -JournalPath edits.jsonl

        Split-Path -Leaf $result.Path | Should -Be 'gone-night.png'
        $result.AspectRatio | Should -Be '16:9'
        (Get-TokaifyJournal edits.jsonl -Latest).Outcome | Should -Be 'Saved'
    }

    It 'are refused if an older journal lacks <_>, and nothing is sent' -ForEach @(
        'referencePaths', 'folder', 'nameTemplate', 'options', 'isTurn', 'stripsMetadata'
    ) {
        $null = Invoke-TokaifyImageEdit @request 1.png -ErrorAction Ignore
        $lines = Get-Content edits.jsonl | ConvertFrom-Json
        $lines | Select-Object -ExcludeProperty $_ -Property * | ForEach-Object { $_ | ConvertTo-Json -Depth 20 -Compress } |
            Set-Content old.jsonl
        Use-NewEmulator

        $results = Get-TokaifyJournal old.jsonl -Latest | Invoke-TokaifyImageEdit -ErrorAction SilentlyContinue -ErrorVariable failed

        $results | Should -BeNullOrEmpty
        $failed | Should -HaveCount 2
        $failed | Get-ErrorId | Sort-Object -Unique | Should -Be 'InvalidArgument'
        "$($failed[0])" | Should -BeLike '*lacks a part of the request*'
    }

    It 'cannot be turns of conversations' {
        Use-NewEmulator -Fault Safety
        $null = Invoke-TokaifyImageEdit 'Night' 1.png -Conversation (New-TokaifyConversation) -JournalPath edits.jsonl -ErrorAction Ignore
        Use-NewEmulator
        $null = Get-TokaifyJournal edits.jsonl -Latest | Invoke-TokaifyImageEdit -ErrorAction SilentlyContinue -ErrorVariable failed
        "$failed" | Should -BeLike '*turn of a conversation*'
    }

    It 'accept no other settings' {
        $null = Invoke-TokaifyImageEdit @request 1.png -ErrorAction Ignore
        $failure = Get-TerminatingError { Get-TokaifyJournal edits.jsonl -Latest | Invoke-TokaifyImageEdit -Model gemini-2.5-flash-image }
        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        "$failure" | Should -BeLike '*leave out -Model*'
    }

    It 'are not sent if they were saved, and are results for a new prompt' {
        Use-NewEmulator
        $null = Invoke-TokaifyImageEdit @request 1.png
        $saved = @(Get-TokaifyJournal edits.jsonl -Outcome Saved)
        Get-TerminatingError { $saved | Invoke-TokaifyImageEdit } | Get-ErrorId | Should -Be 'InvalidArgument'

        $result = $saved[0] | Invoke-TokaifyImageEdit 'Snow' -WarningAction Ignore
        $result.SourcePath | Should -Be $saved[0].Path
        $result.Model | Should -Be 'gemini-2.5-flash-image'
        $result.AspectRatio | Should -BeNullOrEmpty
        Split-Path -Leaf $result.Path | Should -Be "$([IO.Path]::GetFileNameWithoutExtension($saved[0].Path))-edited.png"
    }

    It 'are sent again only by New-TokaifyImage if they are images from text' {
        $null = New-TokaifyImage 'A fox' -AspectRatio 4:3 -Destination out -JournalPath edits.jsonl `
            -AdditionalProperty @{ labels = @{ a = 'b' } } -ErrorAction Ignore
        Use-NewEmulator
        $failed = Get-TokaifyJournal edits.jsonl -Latest
        $null = $failed | Invoke-TokaifyImageEdit -ErrorAction SilentlyContinue -ErrorVariable wrong
        "$wrong" | Should -BeLike '*pipe it to New-TokaifyImage to send it again*'

        $result = $failed | New-TokaifyImage -JournalPath edits.jsonl
        $result.AspectRatio | Should -Be '4:3'
        (Get-TokaifyJournal edits.jsonl -Latest).Fingerprint | Should -Be $failed.Fingerprint
        (Get-TokaifyJournal edits.jsonl -Latest).Outcome | Should -Be 'Saved'
    }
}
