BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'Stopping a command that edits' {
    BeforeEach {
        $folder = Initialize-Folder
        foreach ($number in 1..5) {
            $null = Copy-Picture -Name plain.png -To $folder -As "$number.png"
        }
        $output = Join-Path $folder 'output'
    }

    AfterEach {
        if ($relay) {
            $relay.Dispose()
        }
        if ($run) {
            $run.PowerShell.Dispose()
        }
    }

    Context 'from outside, as Ctrl+C does' {
        BeforeAll {
            $edit = {
                param($Folder, $Output, $BaseUri, $Key)
                Get-ChildItem -LiteralPath $Folder -File |
                    Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $Output -BaseUri $BaseUri -ApiKey $Key
            }
            $key = ConvertTo-Secret 'key'
        }

        It 'ends it at once while it waits for responses, and cancels the requests' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('hold'))
            $run = Invoke-InBackground -Script $edit -Arguments $folder, $output, $relay.BaseUri, $key
            $relay.WaitForHeld(4, 20) | Should -BeTrue

            Exit-Background $run

            $relay.WaitForHangUps(4) | Should -BeTrue
            Get-ChildItem -LiteralPath $output -Force | Should -BeNullOrEmpty
        }

        It 'ends it after Select-Object -First has ended the commands before it' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('hold'))
            $run = Invoke-InBackground -Arguments $folder, $relay.BaseUri, $key -Script {
                param($Folder, $BaseUri, $Key)
                Get-ChildItem -LiteralPath $Folder -File | Select-Object -First 2 |
                    Invoke-TokaifyImageEdit -Prompt 'Sunset' -BaseUri $BaseUri -ApiKey $Key
            }
            $relay.WaitForHeld(2, 20) | Should -BeTrue

            Exit-Background $run

            $relay.WaitForHangUps(2) | Should -BeTrue
        }

        It 'removes incomplete images' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('half'))
            $run = Invoke-InBackground -Script $edit -Arguments $folder, $output, $relay.BaseUri, $key
            Wait-Condition { (Test-Path -LiteralPath $output) -and @(Get-TemporaryFile $output).Count -eq 4 } | Should -BeTrue

            Exit-Background $run

            Get-ChildItem -LiteralPath $output -Force | Should -BeNullOrEmpty
        }

        It 'keeps the images that were saved before' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('answer', 'half'))
            $run = Invoke-InBackground -Script $edit -Arguments $folder, $output, $relay.BaseUri, $key
            $relay.WaitForHeld(4, 20) | Should -BeTrue

            Exit-Background $run

            $left = Get-ChildItem -LiteralPath $output -Force
            $left | Should -HaveCount 1
            $left.Extension | Should -Be '.png'
        }

        It 'ends it at once while it waits to try again' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('hold'))
            $address = $relay.BaseUri
            $relay.Dispose()
            $run = Invoke-InBackground -Arguments "$folder/1.png", $address, $key -Script {
                param($Path, $BaseUri, $Key)
                Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path $Path -BaseUri $BaseUri -ApiKey $Key -Verbose
            }
            Wait-Condition { $run.PowerShell.Streams.Verbose | Where-Object Message -Like 'Retrying*' } | Should -BeTrue
            $clock = [System.Diagnostics.Stopwatch]::StartNew()

            Exit-Background $run

            $clock.Elapsed | Should -BeLessThan (Get-StopLimit)
        }

        It 'ends it at once while the emulator works for minutes' {
            $context = Start-TokaifyEmulator -Latency 600 -PassThru
            try {
                $run = Invoke-InBackground -Arguments $folder, $output, $context -Script {
                    param($Folder, $Output, $Context)
                    Connect-Tokaify -Context $Context
                    Get-ChildItem -LiteralPath $Folder -File | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $Output
                }
                Wait-Condition { Test-Path -LiteralPath $output } | Should -BeTrue
                $clock = [System.Diagnostics.Stopwatch]::StartNew()

                Exit-Background $run

                $clock.Elapsed | Should -BeLessThan (Get-StopLimit)
                Get-ChildItem -LiteralPath $output -Force | Should -BeNullOrEmpty
            }
            finally {
                Stop-TokaifyEmulator
            }
        }
    }

    Context 'from within its pipeline' {
        BeforeEach {
            $connection = @{ ApiKey = ConvertTo-Secret 'key'; Destination = $output; ThrottleLimit = 5 }
        }

        It 'ends it with the results for Select-Object -First, cancels the other requests and removes their incomplete images' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('answer', 'hold', 'half'))

            $results = Get-ChildItem -LiteralPath $folder -File |
                Invoke-TokaifyImageEdit -Prompt 'Sunset' -BaseUri $relay.BaseUri @connection |
                Select-Object -First 1

            $relay.WaitForHangUps($relay.MostHeld) | Should -BeTrue
            $results | Should -HaveCount 1
            $results.Path | Should -Exist
            Get-ChildItem -LiteralPath $output -Force | Should -HaveCount 1
        }

        It 'sends only the needed requests for Select-Object -First with -ThrottleLimit 1' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('answer'))
            $connection.ThrottleLimit = 1

            $results = Get-ChildItem -LiteralPath $folder -File |
                Invoke-TokaifyImageEdit -Prompt 'Sunset' -BaseUri $relay.BaseUri @connection |
                Select-Object -First 1

            $results | Should -HaveCount 1
            $relay.Received | Should -Be 1
        }

        It 'ends it at the first failure with -ErrorAction Stop, and cancels the other requests' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('refuse', 'hold', 'half'))

            $failure = Get-TerminatingError {
                Get-ChildItem -LiteralPath $folder -File |
                    Invoke-TokaifyImageEdit -Prompt 'Sunset' -BaseUri $relay.BaseUri @connection -ErrorAction Stop
            }

            $relay.WaitForHangUps($relay.MostHeld) | Should -BeTrue
            $failure | Get-ErrorId | Should -Be 'InvalidRequest'
            $failure.Exception.Message | Should -BeLike '*This one is refused*'
            Get-ChildItem -LiteralPath $output -Force | Should -BeNullOrEmpty
        }

        It 'goes on after a failure without it' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('refuse', 'answer'))

            $results = Get-ChildItem -LiteralPath $folder -File |
                Invoke-TokaifyImageEdit -Prompt 'Sunset' -BaseUri $relay.BaseUri @connection `
                    -ErrorAction SilentlyContinue -ErrorVariable failures

            $results | Should -HaveCount 4
            $failures | Get-ErrorId | Should -Be 'InvalidRequest'
            $failures[0].TargetObject | Should -BeIn (Get-ChildItem -LiteralPath $folder -File).FullName
        }

        It 'ends it at once if a later command stops after a verbose line: <Event>' -ForEach @(
            @{ Event = 'Planned'; Sent = 0 }
            @{ Event = 'Sending'; Sent = 0 }
            @{ Event = 'Saved'; Sent = 1 }
        ) {
            $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('answer'))
            $clock = [System.Diagnostics.Stopwatch]::StartNew()

            $null = Invoke-TokaifyImageEdit -Prompt 'Sunset' "$folder/1.png" -BaseUri $relay.BaseUri @connection -Verbose 4>&1 |
                Where-Object { $_ -is [System.Management.Automation.VerboseRecord] -and $_.Message -like "$Event *" } |
                Select-Object -First 1

            $clock.Elapsed | Should -BeLessThan (Get-StopLimit)
            $relay.Received | Should -Be $Sent
        }

        It 'ends it if a later command of the pipeline fails' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('answer', 'half'))

            $failure = Get-TerminatingError {
                Get-ChildItem -LiteralPath $folder -File |
                    Invoke-TokaifyImageEdit -Prompt 'Sunset' -BaseUri $relay.BaseUri @connection |
                    ForEach-Object { throw 'No more.' }
            }

            $relay.WaitForHangUps($relay.MostHeld) | Should -BeTrue
            $failure.Exception.Message | Should -Be 'No more.'
            Get-ChildItem -LiteralPath $output -Force | Should -HaveCount 1
        }
    }
}
