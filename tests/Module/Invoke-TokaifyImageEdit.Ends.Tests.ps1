# If no further request can succeed, no further one is sent. Each rule is checked with the number of requests at the relay.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    $connection = @{ ApiKey = ConvertTo-Secret 'key'; MaximumRetryCount = 1 }
}

AfterAll {
    Restore-Session
}

Describe 'A batch in which no further request can succeed' {
    BeforeEach {
        $folder = Initialize-Folder
        $output = Join-Path $folder 'output'
        foreach ($number in 1..30) {
            $null = Copy-Picture -Name plain.png -To $folder -As "$number.png"
        }
        $connection.Destination = $output

        # Runs a script that ends with an error. Returns this error and the non-terminating ones.
        function Get-End {
            param([scriptblock] $Script)

            # PowerShell keeps only 256 errors, so the count of a full list is not usable.
            $Error.Clear()
            $ending = Get-TerminatingError $Script
            [pscustomobject]@{
                Ending = $ending
                Id     = $ending | Get-ErrorId
                Others = @($Error | Where-Object {
                        $_.FullyQualifiedErrorId -like '*,Tokaify.*' -and $_.Exception -ne $ending.Exception
                    })
            }
        }
    }

    AfterEach {
        if ($relay) {
            $relay.Dispose()
        }
    }

    Context 'after one response with a certain code: <Code>' -ForEach @(
        @{ Code = '401 invalid_token'; Id = 'Unauthorized'; Category = 'AuthenticationError' }
        @{ Code = '403 insufficient_user_quota'; Id = 'QuotaExceeded'; Category = 'QuotaExceeded' }
        @{ Code = '429 token_quota_exhausted'; Id = 'QuotaExceeded'; Category = 'QuotaExceeded' }
    ) {
        It 'sends nothing more with -ThrottleLimit <_>, and ends with one error that has the counts and how to go on' `
            -ForEach 1, 4 {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', $Code))

            $end = Get-End {
                Get-ChildItem -LiteralPath $folder -File |
                    Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection -ThrottleLimit $_ -ErrorAction Continue 2>$null
            }

            $relay.Received | Should -BeLessOrEqual ($_ + 1)
            $end.Id | Should -Be $Id
            $end.Ending.CategoryInfo.Category | Should -Be $Category
            $end.Ending.Exception.Message |
                Should -Match "1 saved, $($relay.Received - 1) failed, \d received but not tried; the rest of the input was not read"
            $end.Ending.Exception.Message | Should -BeLike "*The relay says $Code*-SkipExisting*"
            $end.Ending.Exception.Message | Should -Not -BeLike '*.png*'
            $end.Ending.Exception.ExitCode | Should -Be 78
            $end.Others | Should -HaveCount ($relay.Received - 1)
        }
    }

    Context 'after three responses in a row with a code that may be transient: <Code>' -ForEach @(
        @{ Code = '401 channel_error'; Id = 'Unauthorized' }
        @{ Code = '403 forbidden'; Id = 'Unauthorized' }
        @{ Code = '402 payment'; Id = 'QuotaExceeded' }
        @{ Code = '404 not_found'; Id = 'ModelNotFound' }
        @{ Code = '503 model_not_found'; Id = 'ModelNotFound' }
        @{ Code = '302 moved|Location: https://example.com/'; Id = 'BadResponse' }
        @{ Code = '407 proxy'; Id = 'ConnectionFailed' }
        @{ Code = '501 never'; Id = 'ServiceUnavailable' }
    ) {
        It 'sends no more than -ThrottleLimit <_> and two' -ForEach 1, 4 {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @($Code))

            $end = Get-End {
                Get-ChildItem -LiteralPath $folder -File |
                    Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection -ThrottleLimit $_ -ErrorAction Continue 2>$null
            }

            # Including the list of models, which may be requested once.
            $relay.ReceivedFor('gemini-2.5-flash-image') | Should -BeGreaterOrEqual 3
            $relay.Received | Should -BeLessOrEqual ($_ + 2)
            $end.Id | Should -Be $Id
            $end.Ending.Exception.Message | Should -BeLike '*0 saved, * failed, * received but not tried*'
        }

        It 'goes on if there is a success between them' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
            # Without the list of models, which may be requested. The retried request uses the next word of the plan.
            $relay.Plan('gemini-2.5-flash-image', @($Code, $Code, 'answer', $Code, $Code, 'answer'))

            $null = Get-ChildItem -LiteralPath $folder -File |
                Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection -ThrottleLimit 1 -ErrorAction SilentlyContinue `
                    -ErrorVariable failures

            $relay.Received | Should -BeGreaterOrEqual 30
            $failures | Get-ErrorId | Select-Object -Unique | Should -Be $Id
        }
    }

    It 'gives the total number if the input is not piped' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('401 invalid_token'))

        $end = Get-End {
            Invoke-TokaifyImageEdit 'Sunset' "$folder/*.png" -BaseUri $relay.BaseUri @connection -ThrottleLimit 4 `
                -ErrorAction Continue 2>$null
        }

        $end.Ending.Exception.Message |
            Should -BeLike "*0 saved, $($relay.Received) failed, $(30 - $relay.Received) received but not tried. *"
    }

    It 'counts the variations of a source' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('401 invalid_token'))

        $end = Get-End {
            New-TokaifyImage 'A fox' -Count 1000 -BaseUri $relay.BaseUri @connection -ThrottleLimit 4 -ErrorAction Continue 2>$null
        }

        $relay.Received | Should -BeLessOrEqual 4
        $end.Ending.Exception.Message | Should -BeLike "*, $(1000 - $relay.Received) received but not tried. *"
    }

    It 'lets requests in flight end' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('hold', 'hold', 'hold', '401 invalid_token'))
        $run = Invoke-InBackground -Arguments $folder, $relay.BaseUri, $connection -Script {
            param($Folder, $BaseUri, $Connection)
            Get-ChildItem -LiteralPath $Folder -File | Invoke-TokaifyImageEdit 'Sunset' -BaseUri $BaseUri @Connection
        }
        Wait-Condition { $run.PowerShell.Streams.Error.Count -gt 0 } | Should -BeTrue
        $relay.Release()

        $null = $run.PowerShell.EndInvoke($run.Handle)
        $run.PowerShell.Streams.Error[-1].Exception.Message | Should -BeLike '*3 saved, 1 failed, * received but not tried*'
        $relay.Received | Should -Be 4
        Get-ChildItem -LiteralPath $output -Force | Should -HaveCount 3
        $run.PowerShell.Dispose()
    }

    It 'continues with -SkipExisting after the last image' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', 'answer', '401 invalid_token'))
        $null = Get-End {
            Get-ChildItem -LiteralPath $folder -File |
                Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection -ErrorAction Continue 2>$null
        }
        $there = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        try {
            $results = Get-ChildItem -LiteralPath $folder -File |
                Invoke-TokaifyImageEdit 'Sunset' -BaseUri $there.BaseUri @connection -SkipExisting

            $results | Should -HaveCount 30
            $there.Received | Should -Be 28
        }
        finally {
            $there.Dispose()
        }
    }

    It 'names -Resume if there is a journal, which has a line for each tried request and none for the rest' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', '401 invalid_token'))
        $journal = Join-Path $folder 'edits.jsonl'

        $end = Get-End {
            Get-ChildItem -LiteralPath $folder -Filter *.png |
                Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection -JournalPath $journal -ErrorAction Continue 2>$null
        }

        $end.Ending.Exception.Message | Should -BeLike '*-Resume*'
        @(Get-Content -LiteralPath $journal | ConvertFrom-Json | Where-Object outcome -In 'saved', 'failed') |
            Should -HaveCount $relay.Received
    }

    It 'counts untried requests in its summary' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('401 invalid_token'))

        try {
            Invoke-TokaifyImageEdit 'Sunset' "$folder/*.png" -BaseUri $relay.BaseUri @connection -Summary -InformationVariable info `
                -ErrorAction Continue 2>$null 6>$null
        }
        catch [Tokaify.TokaifyException] {
            $ended = $true
        }

        # The variable is set even though the command has ended with an error.
        $ended | Should -BeTrue
        $summary = $info.MessageData
        $summary.IsComplete | Should -BeFalse
        $summary.NotTried | Should -Be (30 - $relay.Received)
        "$summary" | Should -BeLike 'Not finished: 0 saved, * failed (Unauthorized *), * not tried in *'
    }

    It 'is not a batch if there is one source, which fails with its own error' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('401 invalid_token'))

        Get-Item -LiteralPath "$folder/1.png" |
            Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection -ErrorAction SilentlyContinue -ErrorVariable failures

        $failures | Should -HaveCount 1
        $failures | Get-ErrorId | Should -Be 'Unauthorized'
        $failures[0].TargetObject | Should -BeLike '*1.png'
    }

    It 'ends without a batch error if all requests were tried' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('401 invalid_token'))
        $relay.RequestsBeforeStatus = 3

        Get-ChildItem -LiteralPath $folder -File | Select-Object -First 3 |
            Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection -ThrottleLimit 4 -ErrorAction SilentlyContinue `
                -ErrorVariable failures

        $failures | Should -HaveCount 3
    }

    It 'does not send requests that wait for their next attempt' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('500', 'hold'))
        $run = Invoke-InBackground -Arguments $folder, $relay.BaseUri, $connection -Script {
            param($Folder, $BaseUri, $Connection)
            Get-ChildItem -LiteralPath $Folder -File |
                Invoke-TokaifyImageEdit 'Sunset' -BaseUri $BaseUri @Connection -ThrottleLimit 2 -RetryIntervalSec 3600 -Verbose
        }
        $relay.WaitForHeld(1, 20) | Should -BeTrue
        Wait-Condition { $run.PowerShell.Streams.Verbose | Where-Object Message -Like 'Retrying*' } | Should -BeTrue
        $relay.Plan('gemini-2.5-flash-image', @('401 invalid_token'))
        $relay.Release()

        # The held one is saved, the next one is refused, and the first one has waited long enough.
        $null = $run.PowerShell.EndInvoke($run.Handle)
        $failures = $run.PowerShell.Streams.Error
        $failures[-1].Exception.Message | Should -BeLike '*1 saved, 2 failed, * received but not tried*'
        $failures | Get-ErrorId | Sort-Object | Should -Be 'ServiceUnavailable', 'Unauthorized', 'Unauthorized'
        $relay.Received | Should -Be 3
        $run.PowerShell.Dispose()
    }

    # As root, with a full file system that is mounted.
    It 'ends if images can no longer be saved' -Skip:($env:OS -eq 'Windows_NT' -or (id -u) -ne 0) {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $null = New-Item -ItemType Directory -Path $output
        $mounted = Join-Path $output 'small'
        $null = New-Item -ItemType Directory -Path $mounted
        & mount -t tmpfs -o size=4k tmpfs $mounted 2>$null
        if ($LASTEXITCODE -ne 0) {
            Set-ItResult -Skipped -Because 'nothing can be mounted here'
            return
        }
        try {
            $connection.Destination = $mounted
            [System.IO.File]::WriteAllBytes("$mounted/full", [byte[]]::new(4096))

            $end = Get-End {
                Get-ChildItem -LiteralPath $folder -File |
                    Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection -ErrorAction Continue 2>$null
            }

            $end.Id | Should -Be 'SaveFailed'
            $relay.Received | Should -BeLessOrEqual 6
        }
        finally {
            & umount $mounted
        }
    }
}

Describe 'Rows that name several models, of which one is missing' {
    BeforeEach {
        $folder = Initialize-Folder
        $output = Join-Path $folder 'output'
        $connection.Destination = $output
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $relay.Plan('gone', @('404 model_not_found'))
        $rows = foreach ($number in 1..40) {
            $file = Copy-Picture -Name plain.png -To $folder -As "$number.png"
            [pscustomobject]@{ Path = $file.FullName; Prompt = 'Sunset'; Model = ('gone', 'gemini-2.5-flash-image')[$number % 2] }
        }
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'stops those of that model, and says how many were not tried beside the results of the others' {
        $results = $rows |
            Invoke-TokaifyImageEdit -BaseUri $relay.BaseUri @connection -ThrottleLimit 4 -ErrorAction SilentlyContinue `
                -ErrorVariable failures

        $results | Should -HaveCount 20
        $relay.ReceivedFor('gone') | Should -BeGreaterOrEqual 3
        $relay.ReceivedFor('gone') | Should -BeLessOrEqual 6
        $failures | Should -HaveCount ($relay.ReceivedFor('gone') + 1)
        $failures | Get-ErrorId | Select-Object -Unique | Should -Be 'ModelNotFound'
        $last = @($failures | Where-Object TargetObject -EQ 'gone')
        $last | Should -HaveCount 1
        $last.Exception.Message | Should -BeLike "*Of what was asked of gone, $(20 - $relay.ReceivedFor('gone')) were not tried*"
    }

    It 'ends the command if there is no other model' {
        $ending = Get-TerminatingError {
            $rows | Where-Object Model -EQ 'gone' |
                Invoke-TokaifyImageEdit -BaseUri $relay.BaseUri @connection -ThrottleLimit 4 -ErrorAction Continue 2>$null
        }

        $ending | Get-ErrorId | Should -Be 'ModelNotFound'
        $tried = $relay.ReceivedFor('gone')
        $ending.Exception.Message | Should -BeLike "*0 saved, $tried failed, $(20 - $tried) received but not tried. *"
    }

    It 'ends all of them if the key is refused' {
        $relay.Plan('gemini-2.5-flash-image', @('answer', '401 invalid_token'))

        $ending = Get-TerminatingError {
            $rows | Invoke-TokaifyImageEdit -BaseUri $relay.BaseUri @connection -ThrottleLimit 1 -ErrorAction Continue 2>$null
        }

        $ending | Get-ErrorId | Should -Be 'Unauthorized'
        $relay.ReceivedFor('gemini-2.5-flash-image') | Should -Be 2
    }
}

Describe 'A wait that is longer than -MaximumWaitSec' {
    BeforeEach {
        $folder = Initialize-Folder
        $connection.Destination = Join-Path $folder 'output'
        foreach ($number in 1..10) {
            $null = Copy-Picture -Name plain.png -To $folder -As "$number.png"
        }
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'ends the batch at once, and the error says until when: <_>' -ForEach '429 limit', '503 busy' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', "$_|Retry-After: 7200"))

        $ending = Get-TerminatingError {
            Get-ChildItem -LiteralPath $folder -File |
                Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection -ThrottleLimit 2 -ErrorAction Continue 2>$null
        }

        $relay.Received | Should -BeLessOrEqual 3
        $ending | Get-ErrorId | Should -BeIn 'RateLimited', 'ServiceUnavailable'
        $ending.Exception.ExitCode | Should -Be 75
        $moment = $ending.Exception.RetryAt.LocalDateTime
        ($moment - [datetime]::Now).TotalMinutes | Should -BeGreaterThan 110
        $ending.Exception.Message | Should -BeLike `
            "*After *$($moment.ToString('HH:mm:ss', [cultureinfo]::InvariantCulture)), the same command*"
    }

    It 'ends the batch if a daily limit has no wait' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('429 GenerateRequestsPerDayPerProjectPerModel'))

        $ending = Get-TerminatingError {
            Get-ChildItem -LiteralPath $folder -File |
                Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection -ThrottleLimit 2 -ErrorAction Continue 2>$null
        }

        $relay.Received | Should -BeLessOrEqual 2
        $ending | Get-ErrorId | Should -Be 'RateLimited'
        $ending.Exception.Message | Should -BeLike '*It is a daily limit*Later, the same command*'
    }

    It 'is awaited with a greater -MaximumWaitSec, and the second progress bar shows the remaining time' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('429 limit|Retry-After: 7200'))
        $run = Invoke-InBackground -Arguments $folder, $relay.BaseUri, $connection -Script {
            param($Folder, $BaseUri, $Connection)
            Get-ChildItem -LiteralPath $Folder -File |
                Invoke-TokaifyImageEdit 'Sunset' -BaseUri $BaseUri @Connection -ThrottleLimit 1 -MaximumWaitSec 10000
        }

        Wait-Condition {
            @($run.PowerShell.Streams.Progress.ReadAll() |
                    Where-Object { $_.ParentActivityId -ge 0 -and $_.SecondsRemaining -gt 7000 }).Count
            } | Should -BeTrue
            $run.PowerShell.Stop()
            $run.PowerShell.Dispose()
            $relay.Received | Should -Be 1
        }

        It 'fails a single source at once' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('429 limit|Retry-After: 7200'))

            Invoke-TokaifyImageEdit 'Sunset' "$folder/1.png" -BaseUri $relay.BaseUri @connection -ErrorAction SilentlyContinue `
                -ErrorVariable failures

            $relay.Received | Should -Be 1
            $failures | Should -HaveCount 1
            $failures[0].Exception.Message | Should -BeLike '*The service asks to wait until *'
        }
    }

    Describe '-NoImageRetryCount' {
        BeforeEach {
            $folder = Initialize-Folder
            $connection.Destination = Join-Path $folder 'output'
            $source = Copy-Picture -Name plain.png -To $folder
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('text', 'text', 'answer'))
        }

        AfterEach {
            $relay.Dispose()
        }

        It 'sends a request again if its response has no image, and counts each one' {
            $journal = Join-Path $folder 'edits.jsonl'
            $lines = $source |
                Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection -NoImageRetryCount 2 -JournalPath $journal `
                    -Verbose 4>&1

        $result = $lines | Where-Object { $_ -is [Tokaify.ImageEditResult] }
        $result.Attempts | Should -Be 3
        $relay.Received | Should -Be 3
        @($lines.Message -like 'Retrying * error=NoImageReturned *') | Should -HaveCount 2
        (Get-Content -LiteralPath $journal | ConvertFrom-Json | Where-Object outcome -EQ 'saved').attempts | Should -Be 3
    }

    It 'asks no more often than that' {
        $source |
            Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection -NoImageRetryCount 1 -ErrorAction SilentlyContinue `
                -ErrorVariable failures

        $relay.Received | Should -Be 2
        $failures | Get-ErrorId | Should -Be 'NoImageReturned'
        $failures[0].Exception.Attempts | Should -Be 2
    }

    It 'is 0 by default' {
        $source | Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection -ErrorAction SilentlyContinue
        $relay.Received | Should -Be 1
    }

    It 'does not ask again after a refusal' {
        Start-TokaifyEmulator -Fault Safety
        $source | Invoke-TokaifyImageEdit 'Sunset' -NoImageRetryCount 3 -ErrorAction SilentlyContinue -ErrorVariable failures
        Stop-TokaifyEmulator

        $failures[0].Exception.Attempts | Should -Be 1
    }
}
