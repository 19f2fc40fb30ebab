# A report of a journal is complete only if the journal also has the requests that were refused before they were sent.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator
}

AfterAll {
    Restore-Session
}

Describe 'A request that is refused before it is sent' {
    BeforeEach {
        $folder = Initialize-Folder
        $null = Copy-Picture -Name plain.png -To $folder -As 'cat.png'
        Push-Location -LiteralPath $folder
        $quiet = @{ JournalPath = 'edits.jsonl'; ErrorAction = 'SilentlyContinue' }
    }

    AfterEach {
        Pop-Location
    }

    It 'is in the journal: a row with an invalid value, a missing file, a file that is not an image, an empty path' {
        Set-Content -LiteralPath text.png -Value 'no picture'
        $rows = 'Path,Prompt,AspectRatio', 'cat.png,First,', 'cat.png,Second,99:1', 'gone.png,Third,', 'text.png,Fourth,', ',Fifth,'
        $null = $rows | ConvertFrom-Csv | Invoke-TokaifyImageEdit @quiet -Destination out

        $lines = Get-Content edits.jsonl | ConvertFrom-Json | Where-Object outcome -NE sent | Sort-Object prompt
        $lines.prompt | Should -Be 'Fifth', 'First', 'Fourth', 'Second', 'Third'
        $lines.outcome | Should -Be 'failed', 'saved', 'failed', 'failed', 'failed'
        $lines.errorId | Should -Be 'InvalidArgument', $null, 'UnsupportedImage', 'InvalidArgument', 'FileNotFound'
        $lines.errorMessage[3] | Should -BeLike 'row 2, cat.png: *'
        $lines.sourcePath[4] | Should -Be (Join-Path $folder 'gone.png')
        $lines.attempts | Should -Be 0, 1, 0, 0, 0
    }

    It 'is in the journal of images from text as well' {
        'Prompt,AspectRatio', 'A cat,', 'A dog,99:1' | ConvertFrom-Csv | New-TokaifyImage @quiet -Destination out | Out-Null
        $line = Get-Content edits.jsonl | ConvertFrom-Json | Where-Object outcome -EQ failed
        $line.prompt | Should -Be 'A dog'
        $line.sourcePath | Should -BeNullOrEmpty
    }

    It 'is in the report of the journal, and is sent once the problem is fixed' {
        'cat.png', 'gone.png' | Invoke-TokaifyImageEdit Sunset @quiet -Destination out | Out-Null
        $null = Get-Content edits.jsonl | ConvertFrom-Json | Export-TokaifyReport report.html
        Get-Content report.html -Raw | Should -BeLike '*gone.png*'

        $null = Copy-Picture -Name plain.png -To $folder -As 'gone.png'
        [IO.File]::AppendAllText("$folder/gone.png", 'x')
        $again = 'cat.png', 'gone.png' | Invoke-TokaifyImageEdit Sunset @quiet -Destination out -Resume
        $again.Status | Sort-Object | Should -Be 'Saved', 'Skipped'
    }

    It 'creates no journal with -WhatIf' {
        'cat.png', 'gone.png' | Invoke-TokaifyImageEdit Sunset @quiet -WhatIf
        'edits.jsonl' | Should -Not -Exist
    }
}
