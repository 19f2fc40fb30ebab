BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator
}

AfterAll {
    Restore-Session
}

Describe 'Variations of a source' {
    BeforeEach {
        $folder = Initialize-Folder
        $picture = Copy-Picture -Name plain.png -To $folder -As 'cat.png'
        $output = Join-Path $folder 'output'
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'are one request each, with their number' {
        $results = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Count 3 -BaseUri $relay.BaseUri

        $relay.Received | Should -Be 3
        $results.Index | Sort-Object | Should -Be 1, 2, 3
        $results.SourcePath | Should -Be ($picture.FullName, $picture.FullName, $picture.FullName)
    }

    It 'are one by default' {
        ($picture | Invoke-TokaifyImageEdit -Prompt 'Sunset').Index | Should -Be 1
    }

    It 'are named <Names> by the template <Template>' -ForEach @(
        @{ Template = '{name}-edited'; Names = 'cat-edited.png', 'cat-edited-2.png', 'cat-edited-3.png' }
        @{ Template = '{name}_{index}'; Names = 'cat_1.png', 'cat_2.png', 'cat_3.png' }
    ) {
        $results = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Count 3 -OutputName $Template -Destination $output

        ($results | Sort-Object Index).Path | Split-Path -Leaf | Should -Be $Names
    }

    It 'do not get the names of other sources'' variations with -<Switch>' -ForEach @{ Switch = 'Force' }, @{ Switch = 'SkipExisting' } {
        $others = 'cat.jpg', 'cat-2.png' | ForEach-Object { Copy-Picture -Name plain.png -To $folder -As $_ }
        $options = @{ $Switch = $true }

        $results = @($picture) + $others |
            Invoke-TokaifyImageEdit -Prompt 'Sunset' -Count 2 -OutputName '{name}' -Destination $output @options

        $results.Path | Sort-Object -Unique | Should -HaveCount 6
        Get-ChildItem -LiteralPath $output | Should -HaveCount 6
    }

    It 'are checked one by one with -SkipExisting' {
        $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Count 3
        Remove-Item -LiteralPath "$folder/cat-edited-2.png"

        $results = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Count 4 -SkipExisting -BaseUri $relay.BaseUri | Sort-Object Index

        $results.Index | Should -Be 1, 2, 3, 4
        $results.Status | Should -Be 'Skipped', 'Saved', 'Skipped', 'Saved'
        $relay.Received | Should -Be 2
    }

    It 'take one seed after the other from -Seed on' {
        $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Count 3 -Seed 41 -BaseUri $relay.BaseUri

        $relay.Bodies | ForEach-Object { ($_ | ConvertFrom-Json).generationConfig.seed } | Sort-Object | Should -Be 41, 42, 43
    }

    It 'differ with a seed' {
        $results = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Count 3 -Seed 1

        $results.Path | ForEach-Object { Get-Sha256 $_ } | Sort-Object -Unique | Should -HaveCount 3
    }

    It 'take no seed if none is given' {
        $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Count 2 -BaseUri $relay.BaseUri

        $relay.LastBody | Should -Not -BeLike '*"seed"*'
    }

    It 'are confirmed by one question' {
        $run = Invoke-InBackground -Arguments $picture.FullName -Script {
            param($Path)
            Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path $Path -Count 3 -WhatIf
        }

        Receive-Background $run | Should -BeNullOrEmpty
        Get-ChildItem -LiteralPath $folder | Should -HaveCount 1
    }

    It 'fail independently' {
        $refusing = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', 'refuse', 'answer'))
        try {
            $results = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Count 3 -BaseUri $refusing.BaseUri `
                -ErrorAction SilentlyContinue -ErrorVariable failures
        }
        finally {
            $refusing.Dispose()
        }

        $results | Should -HaveCount 2
        $failures | Get-ErrorId | Should -Be 'InvalidRequest'
    }
}

Describe 'A rate limit' {
    It 'spreads the requests of all sources and variations evenly' {
        $folder = Initialize-Folder
        $pictures = 'a.png', 'b.png' | ForEach-Object { Copy-Picture -Name plain.png -To $folder -As $_ }
        $clock = [System.Diagnostics.Stopwatch]::StartNew()

        $results = $pictures | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Count 3 -RequestsPerMinute 600

        # Six requests, with a tenth of a second between them.
        $results | Should -HaveCount 6
        $clock.ElapsedMilliseconds | Should -BeGreaterOrEqual 500
    }

    It 'cannot be <_>' -ForEach 0, -1 {
        $ceiling = $_

        Get-TerminatingError { Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path 'a.png' -RequestsPerMinute $ceiling } |
            Get-ErrorId | Should -Be 'ParameterArgumentValidationError'
    }

    It 'does not delay Ctrl+C' {
        $picture = Copy-Picture -Name plain.png -To (Initialize-Folder)
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $run = Invoke-InBackground -Arguments $picture.FullName, $relay.BaseUri, (ConvertTo-Secret 'key') -Script {
            param($Path, $BaseUri, $Key)
            Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path $Path -Count 2 -RequestsPerMinute 1 -BaseUri $BaseUri -ApiKey $Key
        }

        $relay.WaitForRequests(1) | Should -BeTrue
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        Exit-Background $run

        $clock.Elapsed | Should -BeLessThan (Get-StopLimit)
        $relay.Received | Should -Be 1
        $run.PowerShell.Dispose()
        $relay.Dispose()
    }
}
