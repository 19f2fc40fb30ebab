BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'A response with two images, one of which cannot be saved' {
    BeforeAll {
        Start-TokaifyEmulator -Fault SeveralImages
    }

    AfterAll {
        Stop-TokaifyEmulator
    }

    BeforeEach {
        $folder = Initialize-Folder
        $journal = Join-Path $folder 'edits.jsonl'
        $source = Copy-Picture plain.png -To $folder
        $null = New-Item -ItemType Directory -Path (Join-Path $folder 'plain-edited-2.png')
        $edit = @{ Prompt = 'Sunset'; Force = $true; JournalPath = $journal }
    }

    AfterEach {
        foreach ($failure in $failures) {
            Remove-Item -LiteralPath ($failure.Exception.Message -split "'")[-2]
        }
    }

    It 'gives a result for the one, an error for the other, one line in the journal, and is counted once' {
        $results = $source | Invoke-TokaifyImageEdit @edit -Summary -InformationVariable information `
            -ErrorAction SilentlyContinue -ErrorVariable failures

        $results.Images.Path | Should -Be (Join-Path $folder 'plain-edited.png')
        $failures | Should -HaveCount 1
        $failures | Get-ErrorId | Should -Be 'SaveFailed'
        $failures[0].TargetObject | Should -Be $source.FullName
        $summary = $information.MessageData | Where-Object { $_ -is [Tokaify.BatchSummary] }
        $summary.Saved, $summary.Failed, $summary.Requests | Should -Be 1, 0, 1
        $line = Get-Content -LiteralPath $journal | ConvertFrom-Json | Where-Object outcome -NE 'sent'
        $line | Should -HaveCount 1
        $line.outcome, $line.errorId | Should -Be 'saved', 'SaveFailed'
    }

    It 'is not sent again' {
        $null = $source | Invoke-TokaifyImageEdit @edit -ErrorAction SilentlyContinue -ErrorVariable failures

        ($source | Invoke-TokaifyImageEdit @edit -Resume).Status | Should -Be 'Skipped'
    }

    It 'emits the result also if the error ends the command' {
        $results = & {
            try {
                $source | Invoke-TokaifyImageEdit @edit -ErrorAction Stop -ErrorVariable failures
            }
            catch {
                $_.Exception.ErrorId
            }
        }

        $failures = $failures | Where-Object Exception | Select-Object -First 1
        $results[0].Images.Path | Should -Be (Join-Path $folder 'plain-edited.png')
        "$($results[1])" | Should -Be 'SaveFailed'
    }
}
