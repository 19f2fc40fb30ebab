BeforeDiscovery {
    . "$PSScriptRoot/OtherPrograms.ps1"
    $browser = Find-Browser
    $driver = if ($browser) {
        Install-NodeProgram browser -From tests/browser
    }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/OtherPrograms.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'The marks of a report in a browser' -Skip:(-not $driver) -ForEach @{ Browser = $browser; Driver = $driver } {
    BeforeAll {
        $folder = Initialize-Folder
        $photos = (New-Item -ItemType Directory -Path "$folder/photos").FullName
        foreach ($name in 'cat', 'one', 'two', 'three', 'refused', 'turn', 'first', 'other [2]') {
            $null = Copy-Picture -Name plain.png -To $photos -As "$name.png"
        }
        $null = Copy-Picture -Name cat.png -To $photos -As four.png
        $before = "$folder/before.jsonl"
        $after = "$folder/after.jsonl"
        $all = @{
            Model = 'gemini-3.1-flash-image'; AspectRatio = '16:9'; ImageSize = '2K'; ThinkingLevel = 'high'
            SystemInstruction = "Keep what is written.`nKeep `"faces`"."; Temperature = 0.5; TopP = 0.9; TopK = 40
            MaxOutputTokens = 4000; Seed = 7; ReferenceImage = "$photos/first.png", "$photos/other `[2`].png"
            Destination = "$folder/out"; OutputName = '{name}-night'
        }
        $Prompt = "=Make it `"night`", dark; caf$([char] 0xE9)`nand | quiet."

        $null = Start-TokaifyEmulator
        $results = @(
            Invoke-TokaifyImageEdit $Prompt "$photos/cat.png" @all -JournalPath $before
            Invoke-TokaifyImageEdit 'Dusk' "$photos/one.png" -IncludeText -StripMetadata -Tool @{ googleSearch = @{} } -Model $all.Model
            Invoke-TokaifyImageEdit 'Dusk' "$photos/two.png"
            $null = Invoke-TokaifyImageEdit 'Dawn' "$photos/three.png", "$photos/four.png" -Temperature 1.5 -Seed 3 -JournalPath $before
            Get-Content -LiteralPath $before | ConvertFrom-Json | Where-Object { $_.sourcePath -like '*three.png' }
            Get-TokaifyJournal $before | Where-Object { $_.SourcePath -like '*four.png' }
            New-TokaifyImage 'A fox' -OutputName fox -Destination "$folder/out" -Seed 11
            Invoke-TokaifyImageEdit 'Turn' "$photos/turn.png" -Conversation (New-TokaifyConversation)
        )
        $null = Start-TokaifyEmulator -Fault Safety
        $results += Invoke-TokaifyImageEdit 'Noon' "$photos/refused.png" -TopK 5 -JournalPath $before 2>&1
        Stop-TokaifyEmulator
        $results | Export-TokaifyReport "$folder/marks.html"
        $results | Export-TokaifyReport "$folder/embedded.html" -Embed

        $Seen = Invoke-NodeProgram $Driver 'marks.mjs' $Browser, $folder
    }

    It 'sets and removes marks by mouse, keyboard and letters' {
        $Seen.marks.failed | Should -BeNullOrEmpty
        $Seen.marks.hiddenAtFirst | Should -BeTrue
        $Seen.marks.untouched | Should -BeNullOrEmpty
        $Seen.marks.options | Should -Be @('Any', 'Keep (1)', 'Again (4)', 'Drop (1)', 'Not marked (2)')
    }

    It 'filters by the mark' {
        $Seen.marks.again.names | Should -Be @('cat.png', 'three.png', 'four.png', 'refused.png')
        $Seen.marks.again.count | Should -BeExactly '4 of 8 edits'
        $Seen.marks.kept.names | Should -Be @('one.png')
        $Seen.marks.unmarked | Should -Be @('fox.png', 'turn.png')
    }

    It 'copies the marked edits and says what to do with them' {
        $Seen.marks.bar | Should -BeExactly 'Copy table: again (4)'
        $Seen.marks.copied.words |
            Should -BeExactly 'Copied 4: Get-Clipboard -Raw | ConvertFrom-Csv | Invoke-TokaifyImageEdit'
        $copied = @($Seen.marks.copied.text | ConvertFrom-Csv)
        $copied.Path | Should -Be @('cat.png', 'three.png', 'four.png', 'refused.png' | ForEach-Object { Join-Path $photos $_ })
        # A browser writes text to the clipboard of Windows with the line ends of Windows.
        $onClipboard = if ($env:OS -eq 'Windows_NT') { $Prompt.Replace("`n", "`r`n") } else { $Prompt }
        $copied[0].Prompt | Should -BeExactly $onClipboard
    }

    It 'saves the marked edits as a table that sends the same requests' {
        $Seen.marks.saved.suggested | Should -BeExactly 'again.csv'
        $Seen.marks.saved.words | Should -BeExactly 'Saved 4: Import-Csv again.csv | Invoke-TokaifyImageEdit'
        $null = Start-TokaifyEmulator
        $warnings = @()
        $anew = @(Import-Csv -LiteralPath "$folder/again.csv" |
                Invoke-TokaifyImageEdit -JournalPath $after -WarningVariable warnings -WarningAction SilentlyContinue)
        Stop-TokaifyEmulator
        $anew | Should -HaveCount 4
        $warnings | Should -BeNullOrEmpty
        ($anew | Where-Object { $_.SourcePath -like '*cat.png' }).Path | Should -BeLike '*out?cat-night-2.png'

        $asked, $askedAgain = $before, $after | ForEach-Object {
            , @(Get-TokaifyJournal $_ -Latest | Sort-Object SourcePath | ForEach-Object { "$($_.SourcePath) $($_.Fingerprint)" })
        }
        $askedAgain | Should -Be $asked
    }

    It 'lists kept edits with their saved files' {
        $Seen.marks.kept.suggested | Should -BeExactly 'keep.csv'
        $Seen.marks.kept.words | Should -BeLike 'Saved 1: Import-Csv keep.csv*-StripMetadata, -IncludeText, -Tool*'
        Get-Item -LiteralPath (Import-Csv -LiteralPath "$folder/keep.csv").SavedAs | Should -HaveCount 1
    }

    It 'has the marks after a reload, until they are removed' {
        $Seen.reload.failed | Should -BeNullOrEmpty
        $Seen.reload.kept | Should -Be @('Drop')
        $Seen.reload.taken | Should -BeNullOrEmpty
        $Seen.reload.hidden | Should -BeTrue
    }

    It 'moves the focus if a mark hides its card' {
        $Seen.focus.failed | Should -BeNullOrEmpty
        $Seen.focus.next | Should -BeExactly 'two.png'
        $Seen.focus.last | Should -BeExactly 'clear'
    }

    It 'marks the enlarged edit' {
        $Seen.viewer.failed | Should -BeNullOrEmpty
        $Seen.viewer.byKey | Should -Be @('Keep')
        $Seen.viewer.nextAtFirst | Should -BeNullOrEmpty
        $Seen.viewer.first | Should -Be @('Keep')
        $Seen.viewer.second | Should -Be @('Again')
    }

    It 'puts edits for one command into one table, and says which ones are left out' {
        $Seen.mixed.failed | Should -BeNullOrEmpty
        $said = 'Saved 1: *| Invoke-TokaifyImageEdit*New-TokaifyImage: 1 from text*turns of a conversation: 1.'
        $Seen.mixed.both.words | Should -BeLike $said
        @(Import-Csv -LiteralPath "$folder/mixed.csv").Path | Should -Be @(Join-Path $photos 'cat.png')
        $Seen.mixed.images.words | Should -BeLike 'Saved 1: Import-Csv again.csv | New-TokaifyImage*'
        $fox = @(Import-Csv -LiteralPath "$folder/fox.csv")
        $fox.Prompt | Should -Be @('A fox')
        $fox.Seed | Should -Be @('11')
    }

    It 'names files relative to its folder in a page with embedded images' {
        $Seen.embedded.failed | Should -BeNullOrEmpty
        (Import-Csv -LiteralPath "$folder/embedded.csv").Path | Should -BeExactly 'photos/one.png'
        Get-Content -LiteralPath "$folder/embedded.html" -Raw | Should -Not -Match ([regex]::Escape($folder))
    }

    It 'passes the checks of axe, and fits a narrow window' {
        $Seen.accessibility.failed | Should -BeNullOrEmpty
        foreach ($scheme in 'light', 'dark') {
            $Seen.accessibility.$scheme.violations | Should -BeNullOrEmpty
            $Seen.accessibility.$scheme.textsWithEnoughContrast | Should -BeGreaterThan 5
        }
        $Seen.accessibility.width | Should -BeLessOrEqual 360
        $Seen.complaints | Should -BeNullOrEmpty
    }
}
