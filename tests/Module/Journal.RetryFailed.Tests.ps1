# Requests that were permanently refused are not sent again each night: -Resume reports them, -RetryFailed sends them.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Journal.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe '-Resume of refused requests' {
    BeforeEach {
        $folder = Initialize-Folder
        Initialize-Source $folder 3
        $journal = Join-Path $folder 'edits.jsonl'
        $edit = @{
            Prompt = 'Sunset'; Destination = (Join-Path $folder 'output'); JournalPath = $journal; ApiKey = ConvertTo-Secret 'key'
            ThrottleLimit = 1; MaximumRetryCount = 0; MaximumWaitSec = 0; ErrorAction = 'SilentlyContinue'
            WarningAction = 'SilentlyContinue'
        }

        # Edits all images with a relay that has a plan. Returns the outcome, and the number of requests at the relay.
        function Invoke-Night {
            param([string[]] $Plan = 'answer', [hashtable] $More = @{}, [string] $Like = '*')

            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", $Plan)
            try {
                $results = @(Get-ChildItem -LiteralPath $folder -Filter "$Like.png" -File | Sort-Object Name |
                        Invoke-TokaifyImageEdit @edit @More -BaseUri $relay.BaseUri -Summary -ErrorVariable failures `
                            -WarningVariable warnings -InformationVariable info)
                [pscustomobject]@{
                    Results = $results; Failures = @($failures); Warnings = @($warnings); Summary = @($info.MessageData)[-1]
                    Received = $relay.Received
                }
            }
            finally {
                $relay.Dispose()
            }
        }
    }

    It 'does not send them again, without an error, and warns once' {
        $first = Invoke-Night 'answer', 'refuse', 'answer'
        $first.Failures | Get-ErrorId | Should -Be 'InvalidRequest'

        $night = Invoke-Night -More @{ Resume = $true }

        $night.Received | Should -Be 0
        $night.Failures | Should -BeNullOrEmpty
        $night.Results.Status | Should -Be 'Skipped', 'Refused', 'Skipped'
        $refused = $night.Results[1]
        $refused.Error.ErrorId | Should -Be 'InvalidRequest'
        $refused.Error.Message | Should -BeLike '*This one is refused.*'
        $refused.SourcePath | Should -Be (Join-Path $folder '2.png')
        $refused.Images | Should -BeNullOrEmpty
        $night.Warnings | Should -HaveCount 1
        $night.Warnings[0].Message | Should -BeLike '*refused for good: 1 (InvalidRequest 1). *-RetryFailed.'
        $night.Summary.Refused | Should -Be 1
        $night.Summary.Skipped | Should -Be 2
        $night.Summary.Failed | Should -Be 0
        "$($night.Summary)" | Should -BeLike '0 saved, 2 skipped, 0 failed, 1 refused before in *'
    }

    It 'writes a journal line that says why a request was not sent' {
        $null = Invoke-Night 'refuse' -Like 1
        $null = Invoke-Night -Like 1 -More @{ Resume = $true }

        $lines = @(Get-Journal $journal)
        $lines.outcome | Should -Be 'failed', 'skipped'
        $lines.errorId | Should -Be 'InvalidRequest', 'InvalidRequest'
        $lines[1].attempts | Should -Be 0
        # That line does not hide the refusal from the next run.
        (Invoke-Night -Like 1 -More @{ Resume = $true }).Received | Should -Be 0
    }

    It 'sends them with -RetryFailed, and they are saved from then on' {
        $null = Invoke-Night 'answer', 'refuse', 'answer'

        $retry = Invoke-Night -More @{ Resume = $true; RetryFailed = $true }

        $retry.Received | Should -Be 1
        $retry.Results.Status | Sort-Object | Should -Be 'Saved', 'Skipped', 'Skipped'
        $retry.Warnings | Should -BeNullOrEmpty
        $after = Invoke-Night -More @{ Resume = $true }
        $after.Results.Status | Should -Be 'Skipped', 'Skipped', 'Skipped'
        $after.Received | Should -Be 0
    }

    It 'sends requests that failed for another reason, also after a refusal' {
        $null = Invoke-Night 'refuse' -Like 1
        $null = Invoke-Night '500 broken' -Like 1 -More @{ Resume = $true; RetryFailed = $true }

        (Invoke-Night -Like 1 -More @{ Resume = $true }).Results.Status | Should -Be 'Saved'
    }

    It 'sends a request with another prompt or image' {
        $null = Invoke-Night 'refuse' -Like 1
        $edit.Prompt = 'Sunrise'

        (Invoke-Night -Like 1 -More @{ Resume = $true }).Results.Status | Should -Be 'Saved'
    }

    It 'sends them without -Resume' {
        $null = Invoke-Night 'refuse' -Like 1

        (Invoke-Night -Like 1).Results.Status | Should -Be 'Saved'
    }

    It 'reports them in a dry run, which sends and writes nothing' {
        $null = Invoke-Night 'refuse' -Like 1
        $before = Get-Content -LiteralPath $journal -Raw

        $dry = Invoke-Night -Like 1 -More @{ Resume = $true; WhatIf = $true }

        $dry.Results.Status | Should -Be 'Refused'
        "$($dry.Summary)" | Should -BeLike '*leave out 1 refused before*'
        Get-Content -LiteralPath $journal -Raw | Should -Be $before
    }

    It 'applies to an image that the safety filter has blocked' {
        Start-TokaifyEmulator -Fault Safety
        try {
            $null = Get-Item -LiteralPath "$folder/1.png" | Invoke-TokaifyImageEdit @edit
        }
        finally {
            Stop-TokaifyEmulator
        }

        $night = Invoke-Night -Like 1 -More @{ Resume = $true }

        $night.Received | Should -Be 0
        $night.Results.Error.ErrorId | Should -Be 'ContentBlocked'
    }

    It 'is shown in a report as refused' {
        $null = Invoke-Night 'refuse' -Like 1
        $report = Join-Path $folder 'report.html'

        $null = (Invoke-Night -Like 1 -More @{ Resume = $true }).Results | Export-TokaifyReport $report

        Get-Content -LiteralPath $report -Raw | Should -BeLike '*This one is refused.*'
    }

    It 'refuses -RetryFailed without -Resume' {
        $ending = Get-TerminatingError { Get-Item -LiteralPath "$folder/1.png" | Invoke-TokaifyImageEdit @edit -RetryFailed }

        $ending | Get-ErrorId | Should -Be 'InvalidArgument'
        $ending.Exception.Message | Should -BeLike '*-Resume*'
    }
}
