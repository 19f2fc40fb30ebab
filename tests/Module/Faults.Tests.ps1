BeforeDiscovery {
    # A row for each fault, with the expected error of the command.
    $failing = @(
        @{ Fault = 'RequestTimeout'; Id = 'Timeout'; Status = 408 }
        @{ Fault = 'Conflict'; Id = 'ServiceUnavailable'; Status = 409 }
        @{ Fault = 'RateLimit'; Id = 'RateLimited'; Status = 429 }
        @{ Fault = 'Overloaded'; Id = 'ServiceUnavailable'; Status = 529 }
        @{ Fault = 'Html502'; Id = 'ServiceUnavailable'; Status = 502 }
        @{ Fault = 'Error200'; Id = 'ServiceUnavailable'; Status = 200 }
        @{ Fault = 'EarlyRateLimit'; Id = 'RateLimited'; Status = 429 }
        @{ Fault = 'EarlyUnauthorized'; Id = 'Unauthorized'; Status = 401 }
        @{ Fault = 'EarlyTooLarge'; Id = 'PayloadTooLarge'; Status = 413 }
        @{ Fault = 'EndlessText'; Id = 'BadResponse'; Status = 200 }
        @{ Fault = 'Cut'; Id = 'ConnectionFailed'; Status = $null }
        @{ Fault = 'Reset'; Id = 'ConnectionFailed'; Status = $null }
        @{ Fault = 'Truncated'; Id = 'BadResponse'; Status = 200 }
        @{ Fault = 'BadRequest'; Id = 'InvalidRequest'; Status = 400 }
        @{ Fault = 'Unauthorized'; Id = 'Unauthorized'; Status = 401 }
        @{ Fault = 'PaymentRequired'; Id = 'QuotaExceeded'; Status = 402 }
        @{ Fault = 'NotFound'; Id = 'ModelNotFound'; Status = 404 }
        @{ Fault = 'TooLarge'; Id = 'PayloadTooLarge'; Status = 413 }
        @{ Fault = 'LoginPage'; Id = 'BadResponse'; Status = 200 }
        @{ Fault = 'Safety'; Id = 'ContentBlocked'; Status = 200 }
        @{ Fault = 'PromptBlocked'; Id = 'ContentBlocked'; Status = 200 }
        @{ Fault = 'TextOnly'; Id = 'NoImageReturned'; Status = 200 }
        @{ Fault = 'NotAPicture'; Id = 'BadResponse'; Status = 200 }
        @{ Fault = 'DeadLink'; Id = 'LinkFailed'; Status = 404 }
    )
    $odd = @(
        'SnakeCase', 'PrettyPrinted', 'DataFirst', 'UnknownFields', 'Escaped', 'Draft', 'SeveralImages'
        'WrongMimeType', 'Markdown', 'Link', 'Gzip', 'CutAfterImage', 'Dribble'
    )
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session

    function Copy-Source {
        param([string[]] $Name)

        $Name | ForEach-Object { Copy-Picture -Name plain.png -To $TestDrive -As "$_.png" }
    }

    # One edit; its one error is returned.
    function Get-EditError {
        Copy-Source 'cat' |
            Invoke-TokaifyImageEdit 'Make it evening.' -MaximumRetryCount 0 @args -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure | Should -HaveCount 1
        $failure[0]
    }
}

AfterAll {
    Restore-Session
}

Describe 'The commands and the faults of a service' {
    AfterEach {
        Stop-TokaifyEmulator
        Get-ChildItem -LiteralPath TestDrive:/ -Force | Remove-Item -Recurse -Force
    }

    Context 'Start-TokaifyEmulator -Fault' {
        It 'completes the names of faults' {
            $line = 'Start-TokaifyEmulator -Fault Html5'
            (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'Html502', 'Html504', 'Html524'
        }

        It 'refuses a fault that does not exist' {
            { Start-TokaifyEmulator -Fault Earthquake } | Should -Throw '*Earthquake*'
        }

        It 'refuses a rate outside of 0 to 1: <_>' -ForEach -0.5, 1.5 {
            { Start-TokaifyEmulator -FaultRate $_ } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        }

        It 'means every fault if there is only a rate' {
            Start-TokaifyEmulator -FaultRate 0.5 -LogPath TestDrive:/log.jsonl
            # A separate command for each, because a batch ends if the key is refused.
            Copy-Source (1..12) | ForEach-Object {
                $_ | Invoke-TokaifyImageEdit 'Make it evening.' -MaximumRetryCount 0 -ErrorAction SilentlyContinue
            }
            Stop-TokaifyEmulator

            $log = Get-Content -LiteralPath TestDrive:/log.jsonl | ConvertFrom-Json
            $log | Should -HaveCount 12
            @($log.fault | Where-Object { $_ } | Sort-Object -Unique).Count | Should -BeGreaterThan 2
        }

        It 'gives the same faults in the same order for the same seed' {
            $sources = Copy-Source (1..8)
            $runs = foreach ($number in 1..2) {
                Start-TokaifyEmulator -Fault Permanent -FaultRate 0.6 -FaultSeed 4 -LogPath "TestDrive:/$number.jsonl"
                $sources |
                    Invoke-TokaifyImageEdit 'Make it evening.' -ThrottleLimit 1 -ErrorAction SilentlyContinue |
                    Out-Null
                Stop-TokaifyEmulator
                (Get-Content -LiteralPath "TestDrive:/$number.jsonl" | ConvertFrom-Json).fault -join ' '
            }

            $runs[0] | Should -Not -BeNullOrEmpty
            $runs[0] | Should -BeExactly $runs[1]
        }

        It 'says that a log cannot be written' {
            { Start-TokaifyEmulator -LogPath TestDrive:/missing/log.jsonl } | Should -Throw -ErrorId 'InvalidArgument,*'
        }
    }

    Context 'An edit that fails' {
        It 'is one error <Id> for the fault <Fault>' -ForEach $failing {
            Start-TokaifyEmulator -Fault $Fault
            $failure = Get-EditError

            $failure.FullyQualifiedErrorId | Should -BeExactly "$Id,Tokaify.PowerShell.Commands.InvokeTokaifyImageEditCommand"
            $failure.TargetObject | Should -BeLike '*cat.png'
            $failure.Exception | Should -BeOfType 'Tokaify.TokaifyException'
            $failure.Exception.Attempts | Should -Be 1
            $failure.Exception.StatusCode | Should -Be $Status
            Get-ChildItem -LiteralPath TestDrive:/ -Force | Should -HaveCount 1
        }

        It 'is one error Timeout if there is no response in time' {
            Start-TokaifyEmulator -Fault Silence
            $failure = Get-EditError -TimeoutSec 1
            $failure.FullyQualifiedErrorId | Should -BeLike 'Timeout,*'
            $failure.Exception.Message | Should -BeLike '*Allow more time with -TimeoutSec.'
        }

        It 'has the service''s message, its request id and what to do next' {
            Start-TokaifyEmulator -Fault PaymentRequired
            $failure = Get-EditError

            $failure.Exception.Message | Should -BeLike '*(HTTP 402): Insufficient balance*Top it up*'
            $failure.Exception.RequestId | Should -Not -BeNullOrEmpty
            $failure.CategoryInfo.Category | Should -Be 'QuotaExceeded'
        }

        It 'has the finish reason' {
            Start-TokaifyEmulator -Fault ImageSafety
            (Get-EditError).Exception.FinishReason | Should -BeExactly 'IMAGE_SAFETY'
        }

        It 'does not stop the others' {
            Start-TokaifyEmulator -Fault Permanent -FaultRate 0.4 -FaultSeed 3
            $results = Copy-Source (1..10) |
                Invoke-TokaifyImageEdit 'Make it evening.' -ErrorAction SilentlyContinue -ErrorVariable failures

            $failures.Count | Should -BeGreaterThan 0
            $results.Count | Should -BeGreaterThan 0
            $failures.Count + $results.Count | Should -Be 10
            @($results.SourcePath) + @($failures.TargetObject) | Sort-Object -Unique | Should -HaveCount 10
            Get-ChildItem -Path TestDrive:/*-edited.png | Should -HaveCount $results.Count
        }

        It 'stops the others with -ErrorAction Stop, and leaves no temporary file' {
            Start-TokaifyEmulator -Fault Unauthorized
            $sources = Copy-Source (1..10)
            { $sources | Invoke-TokaifyImageEdit 'Make it evening.' -ErrorAction Stop } |
                Should -Throw -ErrorId 'Unauthorized,*'
            Get-ChildItem -LiteralPath TestDrive:/ -Force | Should -HaveCount 10
        }
    }

    Context 'An edit with a response in an unusual form' {
        It 'is saved like any other: <_>' -ForEach $odd {
            Start-TokaifyEmulator -Fault $_
            $result = Copy-Source 'cat' |
                Invoke-TokaifyImageEdit 'Make it evening.' -MaximumRetryCount 0 -WarningAction SilentlyContinue

            $result.Status | Should -Be 'Saved'
            $result.Path | Should -BeLike '*cat-edited.png'
            $result.Images[0].MimeType | Should -BeExactly 'image/png'
            Get-ChildItem -LiteralPath TestDrive:/ -Force | Should -HaveCount (1 + $result.Images.Count)
        }
    }

    Context 'A response that ends after its image' {
        It 'is a result and a warning that says where the image is' {
            Start-TokaifyEmulator -Fault CutAfterImage
            $result = Copy-Source 'cat' |
                Invoke-TokaifyImageEdit 'Make it evening.' -WarningVariable warnings -WarningAction SilentlyContinue

            $result.Status | Should -Be 'Saved'
            $result.Attempts | Should -Be 1
            $warnings | Should -HaveCount 1
            "$warnings" | Should -BeLike "*could not be read to its end*$($result.Path)*"
        }
    }

    Context 'Retries' {
        It 'are a verbose line each, and count as attempts' {
            Start-TokaifyEmulator -Fault Unavailable
            $lines = Copy-Source 'cat' |
                Invoke-TokaifyImageEdit 'Make it evening.' -MaximumRetryCount 1 `
                    -ErrorAction SilentlyContinue -ErrorVariable failures -Verbose 4>&1

            $retries = @($lines.Message -like 'Retrying *')
            $retries | Should -HaveCount 1
            $retries | Should -BeLike 'Retrying ''*cat.png'' index=1 attempt=2 wait=* error=ServiceUnavailable status=503 message=''*'
            $retries | Should -BeLike '* message=''The service is unavailable (HTTP 503): The model is overloaded*'
            $failures[0].Exception.Attempts | Should -Be 2
        }

        It 'are not made with -MaximumRetryCount 0' {
            Start-TokaifyEmulator -Fault Unavailable
            $lines = Copy-Source 'cat' |
                Invoke-TokaifyImageEdit 'Make it evening.' -MaximumRetryCount 0 -ErrorAction SilentlyContinue -Verbose 4>&1

            @($lines.Message) -like 'Retrying *' | Should -BeNullOrEmpty
        }

        It 'are not made for a permanent error' {
            Start-TokaifyEmulator -Fault Safety
            Copy-Source 'cat' | Invoke-TokaifyImageEdit 'Make it evening.' -ErrorAction SilentlyContinue -ErrorVariable failures

            $failures[0].Exception.Attempts | Should -Be 1
        }

        It 'wait longer with a longer -RetryIntervalSec' {
            Start-TokaifyEmulator -Fault Unavailable
            # Only the first line is needed: the pipeline ends with it, and so does the wait.
            $line = Copy-Source 'cat' |
                Invoke-TokaifyImageEdit 'Make it evening.' -RetryIntervalSec 3600 -Verbose 4>&1 |
                Where-Object Message -Like 'Retrying *' |
                Select-Object -First 1

            $line.Message | Should -Match 'wait=(\d+)\.\d '
            [int] [regex]::Match($line.Message, 'wait=(\d+)\.').Groups[1].Value | Should -BeGreaterThan 120
        }

        It 'give a result with the number of attempts' {
            # With this seed, one of the first four edits gets the fault, and the fifth does not.
            Start-TokaifyEmulator -Fault Unavailable -FaultRate 0.3 -FaultSeed 4
            $results = Copy-Source (1..4) | Invoke-TokaifyImageEdit 'Make it evening.' -Destination TestDrive:/edited

            $results.Attempts | Sort-Object | Should -Be 1, 1, 1, 2
            Get-ChildItem -LiteralPath TestDrive:/edited -Force | Should -HaveCount 4
        }
    }

    Context 'The key' {
        BeforeAll {
            $script:Key = 'sk-nobody-may-see-this-0123456789'
            $script:SecureKey = ConvertTo-Secret $Key
        }

        It 'is in no stream and in no object, though the service repeats it (<_>)' -ForEach @(
            'EchoKey', 'Unavailable', 'Reset', 'Safety', 'SnakeCase'
        ) {
            $context = Start-TokaifyEmulator -Fault $_ -PassThru
            $null = Start-Transcript -Path TestDrive:/transcript.txt
            $said = Copy-Source 'cat' |
                Invoke-TokaifyImageEdit 'Make it evening.' -BaseUri $context.BaseUri -ApiKey $SecureKey `
                    -MaximumRetryCount 1 -Verbose -Debug -ErrorVariable failures *>&1 |
                ForEach-Object { $_ | Out-Host; $_ }
            $null = Stop-Transcript

            $objects = @($said) + @($failures) + @($failures.Exception | Where-Object { $_ })
            $texts = @(
                $objects | Out-String
                $objects | Format-List -Property * -Force | Out-String
                $objects | ForEach-Object { $_.ToString() }
                $objects | ConvertTo-Json -Depth 3 -WarningAction SilentlyContinue
                Get-Content -LiteralPath TestDrive:/transcript.txt -Raw
            )
            $objects | Should -Not -BeNullOrEmpty
            $texts -join "`n" | Should -Not -Match ([regex]::Escape($Key))
        }
    }

    Context 'A batch that is killed and started again' {
        It 'ends with every image complete, no orphaned files, and only requests in flight sent twice' {
            # With this seed, no response says that no further request can succeed, which would end the batch.
            $report = & "$Root/tests/soak/Soak.ps1" -Count 100 -Kills 2 -FaultSeed 4

            $report.PicturesWhole | Should -Be 100
            $report.Kills | Should -Be 2
            $report.OrphanedFiles | Should -Be 0
            $report.NotWholeOrNotOurs | Should -Be 0
        }
    }
}
