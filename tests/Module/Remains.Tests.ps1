# Commands leave only the files that are documented in about_Tokaify.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator 6> $null
    $Page = Get-Content -LiteralPath "$Root/docs/en-US/about_Tokaify.md" -Raw -Encoding UTF8
}

AfterAll {
    Restore-Session
}

Describe 'What remains on the disk' {
    It 'after a batch with a journal is named in about_Tokaify: <What>' -ForEach @(
        @{ What = 'with -Resume'; Options = @{ Resume = $true }; Names = '.edits.jsonl.lock', '.edits.jsonl.resume', 'edits.jsonl' }
        @{ What = 'without'; Options = @{}; Names = '.edits.jsonl.lock', 'edits.jsonl' }
    ) {
        $folder = Initialize-Folder
        $picture = Copy-Picture -Name plain.png -To $folder
        $journals = Join-Path $folder 'journals'
        $null = New-Item -ItemType Directory -Path $journals

        $null = $picture | Invoke-TokaifyImageEdit 'Sunset' -Destination "$folder/out" -JournalPath "$journals/edits.jsonl" @Options

        $left = (Get-ChildItem -LiteralPath $journals -Force).Name | Sort-Object
        $left | Should -Be ($Names | Sort-Object)
        Get-ChildItem -LiteralPath "$folder/out" -Force | Should -HaveCount 1
        $left | Where-Object { -not $Page.Contains($_) } | Should -BeNullOrEmpty
    }

    It 'can be removed except for the journal, from which a batch can still be resumed' {
        $folder = Initialize-Folder
        $picture = Copy-Picture -Name plain.png -To $folder
        $batch = @{ Destination = "$folder/out"; JournalPath = "$folder/edits.jsonl"; Resume = $true }
        $null = $picture | Invoke-TokaifyImageEdit 'Sunset' @batch
        Get-ChildItem -LiteralPath $folder -Force -Filter '.edits.*' | Remove-Item -Force

        ($picture | Invoke-TokaifyImageEdit 'Sunset' @batch).Status | Should -Be 'Skipped'
    }

    It 'is documented for the folder of recovered images' {
        $Page | Should -Match 'Tokaify/Recovered'
        $Page | Should -Match '\.journals\.lock'
        $Page | Should -Match '\.tokaify-\*\.tmp'
    }
}
