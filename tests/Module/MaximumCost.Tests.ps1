# The limit for the cost of a batch: the counted cost is compared with that of the server.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Journal.ps1"
    Clear-Session
    $Key = ConvertTo-Secret 'key'
    $Price = 0.039

    # Exact, unlike Measure-Object.
    function Get-Sum {
        param([object[]] $Amount)

        $sum = [decimal] 0
        foreach ($each in $Amount) {
            $sum += [decimal] $each
        }
        $sum
    }
}

AfterAll {
    Restore-Session
}

Describe '-MaximumCost' {
    BeforeEach {
        $folder = Initialize-Folder
        Initialize-Source $folder 10
        $output = Join-Path $folder 'output'
        $journal = Join-Path $folder 'edits.jsonl'
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer'))
        $edit = @{ Prompt = 'Sunset'; Destination = $output; BaseUri = $relay.BaseUri; ApiKey = $Key }
    }

    AfterEach {
        $env:TOKAIFY_MODEL_CATALOG = $null
        $relay.Dispose()
    }

    It 'sends as many requests as the limit allows, and ends with one error that says how to go on' {
        $failure = Get-TerminatingError {
            Get-ChildItem "$folder/*.png" |
                Invoke-TokaifyImageEdit @edit -MaximumCost 0.2 -Summary -InformationVariable script:info 6> $null
        }

        $relay.Received | Should -Be 5
        Get-ChildItem "$output/*.png" | Should -HaveCount 5
        $failure | Get-ErrorId | Should -Be 'BudgetReached'
        $failure.CategoryInfo.Category | Should -Be 'LimitsExceeded'
        $failure.Exception.Message | Should -BeLike '*5 saved, 0 failed, * not tried*Spent: 0.195 USD of 0.20 USD.*'
        $failure.Exception.Message | Should -BeLike '*-MaximumCost, the same command with -SkipExisting goes on*'
        $script:info.MessageData.Saved, $script:info.MessageData.Cost, $script:info.MessageData.MaximumCost | Should -Be 5, 0.195, 0.2
        $script:info.MessageData.NotTried | Should -BeGreaterThan 0
    }

    It 'allows a batch that costs exactly the limit' {
        $results = Get-ChildItem "$folder/*.png" | Invoke-TokaifyImageEdit @edit -MaximumCost 0.39
        $results | Should -HaveCount 10
    }

    It 'sends nothing if the limit is too low for one request' {
        Get-TerminatingError { Invoke-TokaifyImageEdit @edit -Path "$folder/1.png" -MaximumCost 0.03 } | Get-ErrorId |
            Should -Be 'BudgetReached'
        $relay.Received | Should -Be 0
    }

    It 'counts requests in flight' {
        $held = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('hold'))
        try {
            $run = Invoke-InBackground -Arguments $folder, $output, $held.BaseUri, $Key -Script {
                param($Folder, $Output, $BaseUri, $Key)
                Get-ChildItem "$Folder/*.png" |
                    Invoke-TokaifyImageEdit 'Sunset' -Destination $Output -BaseUri $BaseUri -ApiKey $Key -MaximumCost 0.1 -ThrottleLimit 8
            }
            $held.WaitForHeld(2, 20) | Should -BeTrue
            $held.Release()
            $null = $run.PowerShell.EndInvoke($run.Handle)

            $run.PowerShell.Streams.Error[0] | Get-ErrorId | Should -Be 'BudgetReached'
            $held.Received | Should -Be 2
        }
        finally {
            $run.PowerShell.Dispose()
            $held.Dispose()
        }
    }

    It 'counts the reserved cost of an attempt that timed out as spent' {
        $slow = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('hold', 'answer'))
        try {
            $edit.BaseUri = $slow.BaseUri
            $failure = Get-TerminatingError {
                Get-ChildItem "$folder/*.png" |
                    Invoke-TokaifyImageEdit @edit -MaximumCost 0.12 -ThrottleLimit 1 -TimeoutSec 4 -JournalPath $journal
            }

            $failure | Get-ErrorId | Should -Be 'BudgetReached'
            $failure.Exception.Message | Should -BeLike '*Spent: 0.117 USD of 0.12 USD.*'
            $slow.Received | Should -Be 3
            Get-Sum (Get-Journal $journal).cost | Should -Be 0.117
        }
        finally {
            $slow.Dispose()
        }
    }

    It 'releases the reserved cost of a refused attempt' {
        $refusing = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('refuse', 'answer'))
        try {
            $edit.BaseUri = $refusing.BaseUri
            $null = Get-TerminatingError {
                Get-ChildItem "$folder/*.png" |
                    Invoke-TokaifyImageEdit @edit -MaximumCost 0.1 -ThrottleLimit 1 -ErrorAction SilentlyContinue
            }
            $refusing.Received | Should -Be 3
        }
        finally {
            $refusing.Dispose()
        }
    }

    It 'raises the next estimate if one was too low' {
        Start-TokaifyEmulator -Fault SeveralImages
        try {
            $emulated = @{ Prompt = 'Sunset'; Destination = $output; ThrottleLimit = 1 }
            $results = @()
            try {
                $results = Get-ChildItem "$folder/*.png" | Invoke-TokaifyImageEdit @emulated -MaximumCost 0.2 -OutVariable taken
            }
            catch {
                $_ | Get-ErrorId | Should -Be 'BudgetReached'
            }
            ($taken | Measure-Object Cost -Sum).Sum | Should -BeLessOrEqual 0.2
            $results | Should -BeNullOrEmpty
        }
        finally {
            Stop-TokaifyEmulator
        }
    }

    Context 'with requests whose cost is not known' {
        It 'is an error that says what to do: no price' {
            $failure = Get-TerminatingError { Invoke-TokaifyImageEdit @edit -Path "$folder/1.png" -Model nobody-knows-image -MaximumCost 1 }
            $failure | Get-ErrorId | Should -Be 'InvalidArgument'
            $failure.Exception.Message | Should -BeLike '*nobody-knows-image*TOKAIFY_MODEL_CATALOG*'
            $relay.Received | Should -Be 0
        }

        It 'is an error that says what to do: models of different currencies' {
            Write-Catalog '{"models":[{"name":"own-image","price":{"currency":"EUR","perImage":0.01}}]}'
            $rows = 'gemini-2.5-flash-image', 'own-image' | ForEach-Object { [pscustomobject] @{ Path = "$folder/1.png"; Model = $_ } }
            $results = $rows | Invoke-TokaifyImageEdit @edit -MaximumCost 1 -ErrorAction SilentlyContinue -ErrorVariable failures

            $results | Should -HaveCount 1
            $failures | Get-ErrorId | Should -Be 'InvalidArgument'
            $failures[0].Exception.Message | Should -BeLike '*in USD, and own-image is paid in EUR.*'
        }

        It 'is an error: a limit below zero' {
            Get-TerminatingError { Invoke-TokaifyImageEdit @edit -Path "$folder/1.png" -MaximumCost -1 } | Get-ErrorId |
                Should -Be 'InvalidArgument'
        }
    }

    Context 'with a journal' {
        It 'counts the earlier cost in the journal, so that a journal for each month is a monthly budget' {
            $null = Get-ChildItem "$folder/*.png" | Select-Object -First 4 |
                Invoke-TokaifyImageEdit @edit -JournalPath $journal -MaximumCost 0.2
            $failure = Get-TerminatingError {
                Get-ChildItem "$folder/*.png" | Invoke-TokaifyImageEdit @edit -JournalPath $journal -Resume -MaximumCost 0.2
            }

            $failure.Exception.Message | Should -BeLike '*Spent: 0.195 USD of 0.20 USD, 0.156 USD of it before, by the journal.*'
            $relay.Received | Should -Be 5
        }

        It 'has a line before each request, with the estimate and no cost' {
            $null = Invoke-TokaifyImageEdit @edit -Path "$folder/1.png" -JournalPath $journal
            $lines = Get-Content -LiteralPath $journal | ConvertFrom-Json

            $lines[0].outcome, $lines[0].estimate, $lines[0].cost | Should -Be 'sent', 0.039, $null
            $lines[1].outcome, $lines[1].estimate, $lines[1].cost | Should -Be 'saved', $null, 0.039
        }

        It 'is an error if the journal has edits without a known price' {
            $null = Invoke-TokaifyImageEdit @edit -Path "$folder/1.png" -Model nobody-knows-image -JournalPath $journal
            $failure = Get-TerminatingError { Invoke-TokaifyImageEdit @edit -Path "$folder/2.png" -JournalPath $journal -MaximumCost 1 }

            $failure | Get-ErrorId | Should -Be 'InvalidArgument'
            $failure.Exception.Message | Should -BeLike '*edits.jsonl*nobody-knows-image without a cost*'
        }

        It 'prices edits without a cost from the catalogue' {
            $null = Invoke-TokaifyImageEdit @edit -Path "$folder/1.png" -Model nobody-knows-image -JournalPath $journal
            Write-Catalog '{"models":[{"name":"nobody-knows-image","price":{"currency":"USD","perImage":0.5}}]}'
            $failure = Get-TerminatingError { Invoke-TokaifyImageEdit @edit -Path "$folder/2.png" -JournalPath $journal -MaximumCost 0.51 }

            $failure | Get-ErrorId | Should -Be 'BudgetReached'
        }
    }
}

Describe 'A batch of 200 under -MaximumCost, killed twice' {
    AfterEach {
        Close-Child $children
        $relay.Dispose()
    }

    It 'is finished by -Resume, and the journals have the cost that the server has counted' {
        $folder = Initialize-Folder
        $journal = Join-Path $folder 'edits.jsonl'
        $sources = (New-Item -ItemType Directory -Path (Join-Path $folder 'sources')).FullName
        Initialize-Source $sources 200
        # Four are in flight at each kill.
        $plan = @('answer') * 60 + @('hold') * 4 + @('answer') * 70 + @('hold') * 4 + @('answer')
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", $plan)
        $script = 'Get-ChildItem -LiteralPath $sources -Filter *.png |
            Invoke-TokaifyImageEdit Sunset -Destination $output -JournalPath $journal -Resume -MaximumCost 9 | Out-Null'
        $variables = @{ sources = $sources; output = Join-Path $folder 'output'; journal = $journal }
        $children = @()
        foreach ($sent in 64, 138) {
            $children += Open-Child $script $relay.BaseUri $variables
            Wait-Condition { $relay.Received -eq $sent } -Seconds 120 | Should -BeTrue
            $children[-1].Kill()
            $children[-1].WaitForExit()
        }

        $children += Open-Child $script $relay.BaseUri $variables
        $null = $children[-1].StandardOutput.ReadToEnd()
        $children[-1].WaitForExit()

        $children[-1].ExitCode | Should -Be 0
        $lines = @(Get-Content -LiteralPath $journal | ConvertFrom-Json)
        @($lines | Where-Object outcome -EQ 'saved') | Should -HaveCount 200
        $sum = Get-Sum $lines.cost
        $ended = @($lines | Where-Object outcome -NE 'sent' | ForEach-Object { $_.requests.clientRequestId })
        $open = @($lines | Where-Object { $_.outcome -eq 'sent' -and $_.requests[0].clientRequestId -notin $ended })
        $counted = [decimal] $relay.Received * [decimal] $Price

        $open | Should -HaveCount 8
        $counted | Should -BeGreaterOrEqual $sum
        $counted | Should -BeLessOrEqual ($sum + (Get-Sum $open.estimate))
        [Tokaify.JournalSpending]::Read($journal).Amounts['USD'] | Should -Be $counted
    }
}
