BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Journal.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe '-JournalPath' {
    BeforeAll {
        Start-TokaifyEmulator
    }

    AfterAll {
        Stop-TokaifyEmulator
    }

    BeforeEach {
        $folder = Initialize-Folder
        $journal = Join-Path $folder 'logs/edits.jsonl'
        $source = Copy-Picture plain.png -To $folder
    }

    It 'appends a line for a saved image, and creates the folder' {
        $result = $source | Invoke-TokaifyImageEdit 'Sunset' -AspectRatio 16:9 -JournalPath $journal

        $entry = Get-Journal $journal
        $entry.outcome | Should -Be 'saved'
        $entry.sourcePath | Should -Be $source.FullName
        $entry.sourceSha256 | Should -Be (Get-Sha256 $source.FullName)
        $entry.prompt | Should -Be 'Sunset'
        $entry.options.generationConfig.imageConfig.aspectRatio | Should -Be '16:9'
        $entry.images.path | Should -Be $result.Path
        $entry.images.sha256 | Should -Be (Get-Sha256 $result.Path)
        $entry.usage.totalTokenCount | Should -Be $result.Usage.TotalTokenCount
        $entry.responseId | Should -Be $result.ResponseId
    }

    It 'has the digest of the sent bytes, even if the result replaces the source' {
        $before = Get-Sha256 $source.FullName
        $null = $source | Invoke-TokaifyImageEdit 'Sunset' -OutputName '{name}' -Force -JournalPath $journal

        (Get-Journal $journal).sourceSha256 | Should -Be $before
        Get-Sha256 $source.FullName | Should -Not -Be $before
    }

    It 'appends a line for one that fails' {
        $null = $source | Invoke-TokaifyImageEdit 'Sunset' -Model gemini-9 -JournalPath $journal -ErrorAction SilentlyContinue

        $entry = Get-Journal $journal
        $entry.outcome | Should -Be 'failed'
        $entry.errorId | Should -Be 'ModelNotFound'
        $entry.errorMessage | Should -Not -BeNullOrEmpty
        $entry.attempts | Should -Be 1
    }

    It 'appends a line for one that is skipped' {
        $null = $source | Invoke-TokaifyImageEdit 'Sunset'
        $null = $source | Invoke-TokaifyImageEdit 'Sunset' -SkipExisting -JournalPath $journal

        (Get-Journal $journal).outcome | Should -Be 'skipped'
    }

    It 'may be relative to the location' {
        Push-Location -LiteralPath $folder
        try {
            $null = $source | Invoke-TokaifyImageEdit 'Sunset' -JournalPath here.jsonl
        }
        finally {
            Pop-Location
        }
        Join-Path $folder here.jsonl | Should -Exist
    }

    It 'writes nothing with -WhatIf' {
        $source | Invoke-TokaifyImageEdit 'Sunset' -JournalPath $journal -Resume -WhatIf
        Split-Path $journal | Should -Not -Exist
    }

    It 'is an error before anything is sent if it cannot be written' {
        $null = New-Item -ItemType File -Path (Join-Path $folder 'file')
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer'))
        try {
            $failure = Get-TerminatingError {
                $source | Invoke-TokaifyImageEdit 'Sunset' -JournalPath (Join-Path $folder 'file/edits.jsonl') -BaseUri $relay.BaseUri
            }
            $failure | Get-ErrorId | Should -Be 'SaveFailed'
            $relay.Received | Should -Be 0
        }
        finally {
            $relay.Dispose()
        }
    }

    It 'warns once if it can no longer be written, and the edits go on' {
        $second = Copy-Picture alpha.png -To $folder
        $results = & {
            $source
            # The first edit has written its lines: a later line would create a new journal in place of the folder.
            $null = Wait-Condition { (Get-Content -LiteralPath $journal -Raw) -match '"saved"' } 60
            $null = Remove-Item -LiteralPath $journal
            $null = New-Item -ItemType Directory -Path $journal
            $second
        } | Invoke-TokaifyImageEdit 'Sunset' -JournalPath $journal -WarningAction SilentlyContinue -WarningVariable warnings `
            -ErrorAction SilentlyContinue

        $results | Should -HaveCount 2
        $warnings | Should -HaveCount 1
        "$warnings".Contains($journal) | Should -BeTrue
        Clear-RecoveredLine $journal
    }
}

Describe '-Resume' {
    BeforeAll {
        Start-TokaifyEmulator
    }

    AfterAll {
        Stop-TokaifyEmulator
    }

    BeforeEach {
        $folder = Initialize-Folder
        $journal = Join-Path $folder 'edits.jsonl'
        $source = Copy-Picture plain.png -To $folder
    }

    It 'needs a journal' {
        Get-TerminatingError { $source | Invoke-TokaifyImageEdit 'Sunset' -Resume } | Get-ErrorId | Should -Be 'InvalidArgument'
    }

    It 'accepts a journal that does not exist yet' {
        ($source | Invoke-TokaifyImageEdit 'Sunset' -JournalPath $journal -Resume).Status | Should -Be 'Saved'
    }

    It 'skips saved sources, even if the file was moved and renamed, and says where the image is' {
        $first = $source | Invoke-TokaifyImageEdit 'Sunset' -JournalPath $journal
        $elsewhere = Join-Path (Initialize-Folder) 'other name.png'
        Move-Item -LiteralPath $source.FullName -Destination $elsewhere

        $second = Invoke-TokaifyImageEdit 'Sunset' $elsewhere -JournalPath $journal -Resume

        $second.Status | Should -Be 'Skipped'
        $second.SourcePath | Should -Be $elsewhere
        $second.Path | Should -Be $first.Path
        (Get-Journal $journal).outcome | Should -Be 'saved', 'skipped'
    }

    It 'numbers skipped variations like saved ones' {
        $first = $source | Invoke-TokaifyImageEdit 'Sunset' -Count 3 -JournalPath $journal
        $second = $source | Invoke-TokaifyImageEdit 'Sunset' -Count 3 -JournalPath $journal -Resume

        $first.Index | Sort-Object | Should -Be 1, 2, 3
        $second.Status | Should -Be 'Skipped', 'Skipped', 'Skipped'
        $second.Index | Should -Be 1, 2, 3
    }

    It 'sends another <Difference>' -ForEach @(
        @{ Difference = 'prompt'; With = @{ Prompt = 'Sunrise' } }
        @{ Difference = 'model'; With = @{ Model = 'gemini-3.1-flash-image-preview' } }
        @{ Difference = 'option'; With = @{ AspectRatio = '16:9' } }
    ) {
        $null = $source | Invoke-TokaifyImageEdit -Prompt 'Sunset' -JournalPath $journal
        $arguments = @{ Prompt = 'Sunset' }
        foreach ($name in $With.Keys) {
            $arguments[$name] = $With[$name]
        }

        ($source | Invoke-TokaifyImageEdit @arguments -JournalPath $journal -Resume).Status | Should -Be 'Saved'
    }

    It 'sends failed requests' {
        $null = $source | Invoke-TokaifyImageEdit 'Sunset' -Model gemini-9 -JournalPath $journal -ErrorAction SilentlyContinue
        $null = $source | Invoke-TokaifyImageEdit 'Sunset' -Model gemini-9 -JournalPath $journal -Resume `
            -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures | Get-ErrorId | Should -Be 'ModelNotFound'
    }
}

Describe 'A journal at scale' {
    AfterEach {
        Close-Child $children
        $relay.Dispose()
    }

    It 'lets 300 rows be stopped with force and resumed after their files were renamed: each is saved once' {
        $folder = Initialize-Folder
        $journal = Join-Path $folder 'edits.jsonl'
        $sources = New-Item -ItemType Directory -Path (Join-Path $folder 'sources')
        Initialize-Source $sources.FullName 100
        $csv = Join-Path $folder 'edits.csv'
        $write = {
            param($Prefix)
            $rows = foreach ($prompt in 'Make it night', 'Make it snow', 'Make it rain') {
                foreach ($number in 1..100) {
                    [pscustomobject]@{ Path = Join-Path $sources.FullName "$Prefix$number.png"; Prompt = $prompt }
                }
            }
            $rows | Export-Csv -LiteralPath $csv -NoTypeInformation -Encoding UTF8
        }
        & $write ''
        # 120 get a response; the next four get none before the process is killed.
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer') * 120 + @('hold') * 4 + @('answer'))
        $script = '
            Import-Csv -LiteralPath $csv |
                Invoke-TokaifyImageEdit -Destination $output -JournalPath $journal -Resume |
                Group-Object Status -NoElement | ForEach-Object { "{0} {1}" -f $_.Count, $_.Name }'
        $variables = @{ csv = $csv; output = Join-Path $folder 'output'; journal = $journal }

        $children = @(Open-Child $script $relay.BaseUri $variables)
        $relay.WaitForHeld(4, 60) | Should -BeTrue
        $children[0].Kill()
        $children[0].WaitForExit()
        @(Get-Journal $journal) | Should -HaveCount 120
        # As after a power failure.
        [System.IO.File]::AppendAllText($journal, '{"time":"2026-')
        Get-ChildItem -LiteralPath $sources.FullName | Rename-Item -NewName { "renamed-$($_.Name)" }
        & $write 'renamed-'

        $children += Open-Child $script $relay.BaseUri $variables
        $said = $children[1].StandardOutput.ReadToEnd()
        $children[1].WaitForExit()

        $said | Should -Match '120 Skipped'
        $said | Should -Match '180 Saved'
        $entries = Get-Content -LiteralPath $journal | Where-Object { $_ -ne '{"time":"2026-' } | ForEach-Object { $_ | ConvertFrom-Json }
        $saved = $entries | Where-Object outcome -EQ 'saved'
        $saved | Should -HaveCount 300
        $saved.fingerprint | Sort-Object -Unique | Should -HaveCount 300
        # 300, and the four that were in flight when the process was killed.
        $relay.Received | Should -Be 304
        Get-ChildItem -LiteralPath $variables.output -Filter *.png | Should -HaveCount 300
        Get-TemporaryFile $variables.output | Should -BeNullOrEmpty
        Write-Information -InformationAction Continue `
            "      300 rows: $($relay.Received) requests, 120 + 180 saved, 4 cut off by the end of the process."
    }

    It 'accepts lines of four processes at once, and keeps each complete' {
        $folder = Initialize-Folder
        $journal = Join-Path $folder 'edits.jsonl'
        Initialize-Source $folder 25
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer'))
        $script = 'Get-ChildItem -LiteralPath $folder -Filter *.png |
            Invoke-TokaifyImageEdit "Process $number" -Destination "$folder/$number" -JournalPath $journal -ThrottleLimit 8 | Out-Null'

        $children = foreach ($number in 1..4) {
            Open-Child $script $relay.BaseUri @{ folder = $folder; journal = $journal; number = $number }
        }
        foreach ($process in $children) {
            $null = $process.StandardOutput.ReadToEnd()
            $process.WaitForExit()
        }

        $entries = @(Get-Journal $journal)
        $entries | Should -HaveCount 100
        $entries.fingerprint | Sort-Object -Unique | Should -HaveCount 100
        $entries | Group-Object prompt | ForEach-Object { $_.Count } | Should -Be 25, 25, 25, 25
    }
}
