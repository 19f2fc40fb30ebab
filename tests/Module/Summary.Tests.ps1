BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    $Key = ConvertTo-Secret 'key'
}

AfterAll {
    Restore-Session
}

Describe '-Summary' {
    BeforeEach {
        $folder = Initialize-Folder
        $sources = 1..4 | ForEach-Object { (Copy-Picture -Name plain.png -To $folder -As "$_.png").FullName }
        $length = (Get-Item -LiteralPath $sources[0]).Length
        $output = Join-Path $folder 'output'
    }

    AfterEach {
        if ($relay) {
            $relay.Dispose()
        }
        Stop-TokaifyEmulator
    }

    It 'counts all outcomes' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer', 'refuse', 'answer'))
        $null = New-Item -ItemType Directory -Path $output
        Copy-Item "$folder/4.png" "$output/4-edited.png"
        $results = @($sources) + (Join-Path $folder 'none.png') |
            Invoke-TokaifyImageEdit 'Sunset' -Destination $output -SkipExisting -JournalPath "$folder/edits.jsonl" `
                -BaseUri $relay.BaseUri -ApiKey $Key -Summary -InformationVariable info -ErrorAction SilentlyContinue 6> $null

        $results | Should -HaveCount 3
        $results | Should -BeOfType [Tokaify.ImageEditResult]
        $summary = $info.MessageData
        $summary | Should -HaveCount 1
        $summary | Should -BeOfType [Tokaify.BatchSummary]
        $summary.Saved, $summary.Skipped, $summary.Failed, $summary.Cancelled | Should -Be 2, 1, 2, 0
        $summary.Requests, $summary.Retries, $summary.Pictures | Should -Be 3, 0, 2
        $summary.BytesSent | Should -Be (3 * $length)
        $summary.BytesReceived | Should -Be (2 * (Get-Item "$Pictures/palette.png").Length)
        $summary.Failures.Keys | Should -Be 'FileNotFound', 'InvalidRequest'
        $summary.Failures['InvalidRequest'] | Should -Be 1
        $summary.Duration | Should -BeGreaterThan ([timespan]::Zero)
        $summary.PicturesPerMinute | Should -BeGreaterThan 0
        $summary.JournalPath | Should -Be (Join-Path $folder 'edits.jsonl')
        $summary.IsComplete | Should -BeTrue
        $summary.IsWhatIf | Should -BeFalse
    }

    It 'adds up the tokens by kind' {
        Start-TokaifyEmulator
        $results = $sources | Invoke-TokaifyImageEdit 'Sunset' -Destination $output -Summary -InformationVariable info 6> $null

        foreach ($kind in 'PromptTokenCount', 'CandidatesTokenCount', 'TotalTokenCount') {
            $info.MessageData.$kind | Should -Be ($results.Usage | Measure-Object -Property $kind -Sum).Sum
            $info.MessageData.$kind | Should -BeGreaterThan 0
        }
    }

    It 'counts further attempts' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('hold', 'answer'))
        $null = Invoke-TokaifyImageEdit 'Sunset' $sources[0] `
            -BaseUri $relay.BaseUri -ApiKey $Key -TimeoutSec 1 -Summary -InformationVariable info 6> $null

        $info.MessageData.Requests, $info.MessageData.Retries | Should -Be 2, 1
        $info.MessageData.BytesSent | Should -Be (2 * $length)
    }

    It 'is written for images from text as well' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $null = New-TokaifyImage 'A fox' -Count 2 -Destination $output `
            -BaseUri $relay.BaseUri -ApiKey $Key -Summary -InformationVariable info 6> $null

        $info.MessageData.Saved, $info.MessageData.BytesSent | Should -Be 2, 0
    }

    It 'is not written without the switch' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $null = $sources | Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri -ApiKey $Key -InformationVariable info

        $info | Should -BeNullOrEmpty
    }

    It 'is shown by the host by default, and is not among the results' {
        # Without a double quote, which Windows PowerShell would drop from the argument.
        $script = "`$ProgressPreference = 'SilentlyContinue'; Import-Module '$BuiltModule'; Start-TokaifyEmulator 6> `$null
            `$results = Get-ChildItem '$folder/*.png' | Invoke-TokaifyImageEdit 'Sunset' -Destination '$output' -Summary
            'results: ' + `$results.Count"
        $shown = & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command $script

        $parts = @(
            '4 saved, 0 skipped, 0 failed in 0:\d\d, [\d.]+ pictures a minute'
            '4 requests, 0 of them retries'
            '[\d,]+ tokens'
            '0\.156 USD at list prices'
            '[\d.]+ kB sent, [\d.]+ kB saved\.'
        )
        $shown[0] | Should -Match "^$($parts -join '; ')$"
        $shown[1] | Should -Be 'results: 4'
    }

    It 'has no rate if no image was saved' {
        Start-TokaifyEmulator
        $null = $sources | Invoke-TokaifyImageEdit 'Sunset' -Destination $output
        $null = $sources | Invoke-TokaifyImageEdit 'Sunset' -Destination $output -SkipExisting -Summary -InformationVariable info 6> $null

        "$($info.MessageData)" | Should -Match '^0 saved, 4 skipped, 0 failed in 0:\d\d; 0 requests, '
    }

    It 'has a view with all properties' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', 'refuse'))
        $null = $sources | Invoke-TokaifyImageEdit 'Sunset' -JournalPath "$folder/edits.jsonl" `
            -BaseUri $relay.BaseUri -ApiKey $Key -Summary -InformationVariable info -ErrorAction SilentlyContinue 6> $null

        $view = $info.MessageData | Out-String -Width 200
        $view | Should -Match 'Saved +: 1\b'
        $view | Should -Match 'Failed +: 3 \(InvalidRequest 3\)'
        $view | Should -Match 'Duration +: 00:00:\d\d'
        $view | Should -Match 'JournalPath +: .*edits\.jsonl'
        $view | Should -Not -Match 'Cancelled|IsWhatIf'
    }

    Context 'of a batch that does not complete' {
        It 'is written if an error ends it' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', 'refuse'))
            try {
                $sources | Invoke-TokaifyImageEdit 'Sunset' -ThrottleLimit 1 `
                    -BaseUri $relay.BaseUri -ApiKey $Key -Summary -InformationVariable info -ErrorAction Stop 6> $null
            }
            catch {
                $failure = $_
            }

            $failure | Get-ErrorId | Should -Be 'InvalidRequest'
            $info.MessageData.Saved, $info.MessageData.Failed | Should -Be 1, 1
            $info.MessageData.IsComplete | Should -BeFalse
            "$($info.MessageData)" | Should -BeLike 'Not finished: 1 saved, 0 skipped, 1 failed (InvalidRequest 1)*'
        }

        It 'is written if a later command ends the pipeline, and counts requests in flight' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', 'hold'))
            $null = $sources | Invoke-TokaifyImageEdit 'Sunset' -ThrottleLimit 2 `
                -BaseUri $relay.BaseUri -ApiKey $Key -Summary -InformationVariable info 6> $null |
                Select-Object -First 1

            $info.MessageData.Saved, $info.MessageData.IsComplete | Should -Be 1, $false
            $info.MessageData.Cancelled | Should -BeIn 1, 2
            $info.MessageData.Requests | Should -Be (1 + $info.MessageData.Cancelled)
        }

        It 'is written if it is stopped' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', 'hold'))
            $run = Invoke-InBackground -Arguments $sources, $relay.BaseUri, $Key -Script {
                param($Sources, $BaseUri, $Key)
                Invoke-TokaifyImageEdit 'Sunset' $Sources -ThrottleLimit 2 -BaseUri $BaseUri -ApiKey $Key -Summary
            }
            $relay.WaitForHeld(2, 20) | Should -BeTrue
            $run.PowerShell.Stop()

            $summary = $run.PowerShell.Streams.Information[0].MessageData
            $run.PowerShell.Dispose()
            $summary.Saved, $summary.Cancelled, $summary.IsComplete | Should -Be 1, 2, $false
        }

        It 'is not written if no source was processed' {
            Get-TerminatingError { $sources | Invoke-TokaifyImageEdit 'Sunset' -Summary -InformationVariable script:info } | Get-ErrorId |
                Should -Be 'ApiKeyMissing'
            $script:info | Should -BeNullOrEmpty
        }
    }
}
