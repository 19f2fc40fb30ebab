# An outage fails no image. Each rule is checked with the number of requests at the relay.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    $connection = @{ ApiKey = ConvertTo-Secret 'key'; MaximumRetryCount = 1 }

    # Edits all images of a folder in the background, verbosely.
    $edit = {
        param($Folder, $BaseUri, $Connection, $More = @{})
        Get-ChildItem -LiteralPath $Folder -File | Invoke-TokaifyImageEdit 'Sunset' -BaseUri $BaseUri @Connection @More -Verbose
    }

    function Wait-Line {
        param($Run, [string] $Like)

        $lines = $Run.PowerShell.Streams.Verbose
        Wait-Condition {
            for ($number = 0; $number -lt $lines.Count; $number++) {
                if ($lines[$number].Message -like $Like) {
                    return $true
                }
            }
            $false
        } | Should -BeTrue -Because "a line like $Like is expected"
    }
}

AfterAll {
    Restore-Session
}

Describe 'An outage in the middle of a batch' {
    BeforeEach {
        $folder = Initialize-Folder
        foreach ($number in 1..60) {
            $null = Copy-Picture -Name plain.png -To $folder -As "$number.png"
        }
        $connection.Destination = Join-Path $folder 'output'
        $connection.ThrottleLimit = 4
        $connection.MaximumRetryCount = 1
        $run = $null
    }

    AfterEach {
        if ($run) {
            $run.PowerShell.Stop()
            $run.PowerShell.Dispose()
        }
        if ($relay) {
            $relay.Dispose()
        }
    }

    It 'fails no image if connections are refused, with -MaximumRetryCount <Retries> and -ThrottleLimit <Limit>' -ForEach @(
        @{ Retries = 1; Limit = 4 }
        @{ Retries = 0; Limit = 4 }
        @{ Retries = 0; Limit = 1 }
    ) {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $connection.MaximumRetryCount = $Retries
        $connection.ThrottleLimit = $Limit
        $run = Invoke-InBackground $edit -Arguments $folder, $relay.BaseUri, $connection
        $relay.WaitForRequests(20) | Should -BeTrue
        $relay.GoAway()
        Wait-Line $run 'Holding ''service'' error=ConnectionFailed *'
        # One try was sent, and the service is still unavailable.
        Wait-Line $run 'Holding * next=2.0 *'
        $before = $relay.Received
        $relay.ComeBack()

        $run.PowerShell.EndInvoke($run.Handle) | Should -HaveCount 60
        $run.PowerShell.Streams.Error | Should -BeNullOrEmpty
        @($run.PowerShell.Streams.Warning) | Should -HaveCount 1
        $run.PowerShell.Streams.Warning[0].Message |
            Should -BeLike 'The service cannot be reached (ConnectionFailed). *10:00 at the most (-MaximumWaitSec).'
        @($run.PowerShell.Streams.Verbose.Message -like 'Resumed ''service'' seconds=*') | Should -HaveCount 1
        # Requests that were in flight at the beginning of the outage are sent again.
        $relay.Received | Should -BeLessOrEqual (60 + $Limit)
        $before | Should -BeLessThan 60
        Get-ChildItem -LiteralPath $connection.Destination -Force | Should -HaveCount 60
    }

    It 'fails no image if it responds with <_>, and sends few requests' `
        -ForEach '502 bad_gateway', '503 busy', '503 busy|Retry-After: 2', '504 slow', '529 overloaded', '521 down' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", (@('answer') * 20 + @($_) * 7 + @('answer')))

        $results = Get-ChildItem -LiteralPath $folder -File |
            Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection -WarningVariable warnings -WarningAction SilentlyContinue

        $results | Should -HaveCount 60
        $relay.Received | Should -Be 67
        $warnings | Should -HaveCount 1
        $warnings[0].Message | Should -BeLike "gemini-2.5-flash-image is out of service (* (HTTP $($_.Substring(0, 3)))). *"
        # Each request of an edit is one of its attempts.
        ($results | Measure-Object Attempts -Sum).Sum | Should -Be 67
    }

    It 'shows the unavailable model and the time of the next try in the second progress bar, and removes it afterwards' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", (@('503 busy') * 6 + @('answer')))
        $run = Invoke-InBackground $edit -Arguments $folder, $relay.BaseUri, $connection

        $run.PowerShell.EndInvoke($run.Handle) | Should -HaveCount 60
        $bars = @($run.PowerShell.Streams.Progress | Where-Object ParentActivityId -GE 0)
        $bars[-1].RecordType | Should -Be 'Completed'
        @($bars.StatusDescription -match ('^gemini-2.5-flash-image is unavailable, tried again at .+, given up at .+: ' +
                'ServiceUnavailable \(HTTP 503\)$')) |
            Should -Not -BeNullOrEmpty
    }

    It 'ends the batch after -MaximumWaitSec: tried images fail, the rest is not tried' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', 'answer', '503 busy'))

        $ending = Get-TerminatingError {
            Get-ChildItem -LiteralPath $folder -File |
                Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection -MaximumWaitSec 2 -ErrorAction Continue `
                    -WarningAction SilentlyContinue 2>$null
        }

        $ending | Get-ErrorId | Should -Be 'ServiceUnavailable'
        $ending.Exception.Message | Should -Match `
            ' 2 saved, [4-7] failed, \d received but not tried; .* Later, the same command with -SkipExisting'
        $ending.Exception.ExitCode | Should -Be 75
        $relay.Received | Should -BeLessOrEqual 16
    }

    It 'fails each image on its own with -MaximumWaitSec 0' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('503 busy'))
        $connection.MaximumRetryCount = 0

        Get-ChildItem -LiteralPath $folder -File |
            Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection -MaximumWaitSec 0 -ErrorAction SilentlyContinue `
                -ErrorVariable failures

        $failures | Should -HaveCount 60
        $relay.Received | Should -Be 60
    }

    It 'does not hold a command with a single source, which fails after its own retries' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('503 busy'))
        $connection.MaximumRetryCount = 2
        $connection.ThrottleLimit = 1

        Invoke-TokaifyImageEdit 'Sunset' "$folder/1.png" -BaseUri $relay.BaseUri @connection -ErrorAction SilentlyContinue `
            -ErrorVariable failures -WarningVariable warnings

        $relay.Received | Should -Be 3
        $failures | Should -HaveCount 1
        $warnings | Should -BeNullOrEmpty
    }

    It 'is not assumed because of one image that always fails, with -ThrottleLimit <_>' -ForEach 1, 4 {
        # The image is recognized by its name in the prompt.
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $relay.Plan('poor', @('503 busy'))
        $connection.ThrottleLimit = $_
        $rows = foreach ($number in 1..12) {
            [pscustomobject]@{ Path = "$folder/$number.png"; Prompt = 'Sunset'; Model = if ($number -eq 5) { 'poor' } else { 'good' } }
        }

        $results = $rows | Invoke-TokaifyImageEdit -BaseUri $relay.BaseUri @connection -MaximumWaitSec 1 -WarningAction SilentlyContinue `
            -ErrorAction SilentlyContinue -ErrorVariable failures

        $results | Should -HaveCount 11
        $failures | Should -HaveCount 1
        $failures[0].TargetObject | Should -BeLike '*5.png'
    }

    It 'of one model does not hold the rows of others' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $relay.Plan('away', @('503 busy'))
        $rows = foreach ($number in 1..60) {
            [pscustomobject]@{ Path = "$folder/$number.png"; Prompt = 'Sunset'; Model = ('away', 'good')[$number % 2] }
        }
        $run = Invoke-InBackground -Arguments $rows, $relay.BaseUri, $connection -Script {
            param($Rows, $BaseUri, $Connection)
            $Rows | Invoke-TokaifyImageEdit -BaseUri $BaseUri @Connection -Verbose
        }
        Wait-Condition { $relay.ReceivedFor('good') -eq 30 } | Should -BeTrue
        $asked = $relay.ReceivedFor('away')
        $relay.Plan('away', @('answer'))

        $run.PowerShell.EndInvoke($run.Handle) | Should -HaveCount 60
        $run.PowerShell.Streams.Error | Should -BeNullOrEmpty
        $asked | Should -BeLessOrEqual 10
    }

    It 'is ended at once by Ctrl+C, without orphaned files' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('503 busy'))
        $run = Invoke-InBackground $edit -Arguments $folder, $relay.BaseUri, $connection
        Wait-Line $run 'Holding *'

        $stop = $run.PowerShell.BeginStop($null, $null)

        $stop.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
        $run.PowerShell.InvocationStateInfo.State | Should -Be 'Stopped'
        Get-ChildItem -LiteralPath $connection.Destination -Force | Should -BeNullOrEmpty
    }
}

Describe 'A relay whose process ends and is started again' {
    It 'fails no image, and only requests in flight are sent twice' {
        $folder = Initialize-Folder
        foreach ($number in 1..30) {
            $null = Copy-Picture -Name plain.png -To $folder -As "$number.png"
        }
        $connection.Destination = Join-Path $folder 'output'
        $connection.ThrottleLimit = 4
        $script = Join-Path $TestDrive 'relay.ps1'
        Set-Content -LiteralPath $script -Encoding Ascii -Value @'
param($Module, $Port, $Log)
Import-Module $Module
$context = Start-TokaifyEmulator -Port $Port -LogPath $Log -Latency 0.05 -PassThru 6> $null
[Console]::Out.WriteLine($context.BaseUri)
$null = [Console]::In.ReadLine()
'@
        function Open-Relay {
            param([int] $Port, [string] $Log)

            $start = [System.Diagnostics.ProcessStartInfo]::new((Get-Process -Id $PID).Path)
            $start.Arguments = '-NoProfile -NonInteractive -File "{0}" -Module "{1}" -Port {2} -Log "{3}"' -f $script, $BuiltModule,
            $Port, $Log
            $start.RedirectStandardOutput = $true
            $start.RedirectStandardInput = $true
            $start.UseShellExecute = $false
            $process = [System.Diagnostics.Process]::Start($start)
            [pscustomobject]@{ Process = $process; BaseUri = [uri] $process.StandardOutput.ReadLine() }
        }

        $first = Open-Relay -Port 0 -Log "$TestDrive/first.jsonl"
        $run = Invoke-InBackground $edit -Arguments $folder, $first.BaseUri, $connection
        try {
            Wait-Condition { @(Get-ChildItem -LiteralPath $connection.Destination -Filter *.png -ErrorAction Ignore).Count -ge 8 } |
                Should -BeTrue
            $first.Process.Kill()
            $first.Process.WaitForExit()
            Wait-Line $run 'Holding *'
            $second = Open-Relay -Port $first.BaseUri.Port -Log "$TestDrive/second.jsonl"

            $run.PowerShell.EndInvoke($run.Handle) | Should -HaveCount 30
            $run.PowerShell.Streams.Error | Should -BeNullOrEmpty
            $served = @(Get-Content -LiteralPath "$TestDrive/first.jsonl", "$TestDrive/second.jsonl")
            $served.Count | Should -BeGreaterOrEqual 30
            $served.Count | Should -BeLessOrEqual 34
        }
        finally {
            $run.PowerShell.Stop()
            $run.PowerShell.Dispose()
            foreach ($process in $first.Process, $second.Process) {
                if ($process -and -not $process.HasExited) {
                    $process.Kill()
                    $process.WaitForExit()
                }
            }
        }
    }
}
