# The cost of edits in all outputs of the module.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    $Key = ConvertTo-Secret 'key'
}

AfterAll {
    Restore-Session
}

Describe 'The cost of edits' {
    BeforeEach {
        $folder = Initialize-Folder
        $sources = 1..3 | ForEach-Object { (Copy-Picture -Name plain.png -To $folder -As "$_.png").FullName }
        $output = Join-Path $folder 'output'
    }

    AfterEach {
        $env:TOKAIFY_MODEL_CATALOG = $null
        if ($relay) {
            $relay.Dispose()
        }
        Stop-TokaifyEmulator
    }

    Context 'in results' {
        It 'is a decimal, by the list price of the requested size' {
            Start-TokaifyEmulator
            $common = @{ Prompt = 'Sunset'; Path = $sources[0]; Destination = $output; Model = 'gemini-3.1-flash-image' }
            $results = @(
                Invoke-TokaifyImageEdit @common
                Invoke-TokaifyImageEdit @common -ImageSize 4K
                Invoke-TokaifyImageEdit @common -AdditionalProperty @{ generationConfig = @{ imageConfig = @{ imageSize = '2K' } } }
                New-TokaifyImage 'A fox' -Destination $output
            )

            $results.Cost | Should -Be 0.067, 0.151, 0.101, 0.039
            $results[0].Cost | Should -BeOfType [decimal]
            $results.Currency | Select-Object -Unique | Should -Be 'USD'
            $results.CostIsListPrice | Select-Object -Unique | Should -BeTrue
            ($results[0] | Format-List | Out-String) | Should -Match 'Cost +: 0\.067 USD \(list price\)'
        }

        It 'is by the user''s price of the relay' {
            Write-Catalog ('{"models":[{"name":"gemini-2.5-flash-image","price":{"currency":"EUR","perImage":0.02,' +
                '"perMillionInputTokens":100}}]}')
            Start-TokaifyEmulator
            $result = Invoke-TokaifyImageEdit 'Sunset' $sources[0] -Destination $output

            $result.Cost | Should -Be (0.02 + $result.Usage.PromptTokenCount * 100 / 1000000)
            $result.Currency, $result.CostIsListPrice | Should -Be 'EUR', $false
            ($result | Format-List | Out-String) | Should -Match 'Cost +: [\d.]+ EUR *\r?\n'
        }

        It 'is empty, and not zero, if no price is known' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
            $result = Invoke-TokaifyImageEdit 'Sunset' $sources[0] -Model nobody-knows-image `
                -BaseUri $relay.BaseUri -ApiKey $Key -Summary -InformationVariable info 6> $null

            $null -eq $result.Cost -and $null -eq $result.Currency | Should -BeTrue
            $null -eq $info.MessageData.Cost | Should -BeTrue
            $info.MessageData.Unpriced | Should -Be 1
            "$($info.MessageData)" | Should -Not -Match 'cost|price|USD'
        }

        It 'is empty if nothing was sent' {
            Start-TokaifyEmulator
            $null = Invoke-TokaifyImageEdit 'Sunset' $sources[0] -Destination $output
            $skipped = Invoke-TokaifyImageEdit 'Sunset' $sources[0] -Destination $output -SkipExisting

            $null -eq $skipped.Cost | Should -BeTrue
        }

        It 'includes an attempt that timed out, which the service may bill' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('hold', 'answer'))
            $result = Invoke-TokaifyImageEdit 'Sunset' $sources[0] -BaseUri $relay.BaseUri -ApiKey $Key -TimeoutSec 4

            $result.Attempts, $result.Cost | Should -Be 2, 0.078
        }

        It 'is in errors' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('hold'))
            Invoke-TokaifyImageEdit 'Sunset' $sources[0] -BaseUri $relay.BaseUri -ApiKey $Key -TimeoutSec 1 -MaximumRetryCount 0 `
                -ErrorAction SilentlyContinue -ErrorVariable failures -Summary -InformationVariable info 6> $null

            $failures[0].Exception.Cost, $failures[0].Exception.Currency | Should -Be 0.039, 'USD'
            $info.MessageData.Cost | Should -Be 0.039
        }
    }

    Context 'in a summary' {
        It 'is the sum of results and failures' {
            Start-TokaifyEmulator
            $results = $sources | Invoke-TokaifyImageEdit 'Sunset' -Destination $output -Summary -InformationVariable info 6> $null

            $info.MessageData.Cost | Should -Be ($results | Measure-Object Cost -Sum).Sum
            $info.MessageData.Cost | Should -BeOfType [decimal]
            $info.MessageData.Currency | Should -Be 'USD'
            ($info.MessageData | Out-String) | Should -Match 'Cost +: 0\.117 USD at list prices'
        }

        It 'is a sum for each currency' {
            Write-Catalog '{"models":[{"name":"own-image","price":{"currency":"EUR","perImage":1.5}},{"name":"free-image"}]}'
            Start-TokaifyEmulator
            $models = 'gemini-2.5-flash-image', 'own-image', 'free-image'
            $rows = 0..2 | ForEach-Object { [pscustomobject] @{ Path = $sources[$_]; Model = $models[$_] } }
            $null = $rows | Invoke-TokaifyImageEdit 'Sunset' -Destination $output -Summary -InformationVariable info 6> $null

            $summary = $info.MessageData
            $summary.Costs['EUR'], $summary.Costs['USD'] | Should -Be 1.5, 0.039
            $null -eq $summary.Cost | Should -BeTrue
            "$summary" | Should -Match '; 1\.50 EUR \+ 0\.039 USD at list prices without 1 of unknown price; '
        }
    }

    Context 'in a journal' {
        It 'is in the lines of saved and failed edits' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', 'refuse', 'answer'))
            $sources | Invoke-TokaifyImageEdit 'Sunset' -Destination $output -ThrottleLimit 1 -JournalPath "$folder/edits.jsonl" `
                -BaseUri $relay.BaseUri -ApiKey $Key -ErrorAction SilentlyContinue | Out-Null
            $ends = Get-Content "$folder/edits.jsonl" | ConvertFrom-Json | Where-Object outcome -In 'saved', 'failed'

            $ends.cost | Should -Be 0.039, 0, 0.039
            $ends.currency | Select-Object -Unique | Should -Be 'USD'
        }

        It 'is in the report of the journal' {
            Start-TokaifyEmulator
            $null = $sources | Invoke-TokaifyImageEdit 'Sunset' -Destination $output -JournalPath "$folder/edits.jsonl"
            Get-Content "$folder/edits.jsonl" | ConvertFrom-Json | Where-Object outcome -EQ 'saved' |
                Export-TokaifyReport "$folder/report.html"
            $page = Get-Content -LiteralPath "$folder/report.html" -Raw

            $page | Should -Match '<dt>Cost at list prices</dt><dd>0\.117 USD</dd>'
            [regex]::Matches($page, '<dt>Cost</dt><dd dir="auto">0\.039 USD \(list price\)</dd>') | Should -HaveCount 3
        }
    }

    Context 'in a dry run' {
        BeforeAll {
            function Get-Estimate {
                param([string] $Line)

                $script = "Import-Module '$BuiltModule'; Start-TokaifyEmulator 6> `$null; $Line -WhatIf -Summary 6>&1 |
                    Where-Object { `$_ -is [System.Management.Automation.InformationRecord] } | ForEach-Object { `"`$(`$_.MessageData)`" }"
                $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($script))
                & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $encoded |
                    Select-Object -Last 1
            }
        }

        It 'is the estimate of the whole batch' {
            Get-Estimate "Get-ChildItem '$folder/*.png' | Invoke-TokaifyImageEdit Sunset -Destination '$output' -Count 2" |
                Should -BeLike 'Send 6 requests*Estimated cost: 0.234 USD at list prices.'
        }

        It 'is unknown if no price is known' {
            Get-Estimate "Get-ChildItem '$folder/*.png' | Invoke-TokaifyImageEdit Sunset -Destination '$output' -Model nobody-knows-image" |
                Should -BeLike '*Estimated cost: unknown, the catalogue has no price of an image for it.'
        }
    }
}
