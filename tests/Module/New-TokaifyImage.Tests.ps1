BeforeDiscovery {
    # As a character code, so that this file is the same in every encoding.
    $sea = "$([char]0x65E5)$([char]0x672C)$([char]0x6D77)"
    $names = @(
        @{ Prompt = 'A red fox, in snow!'; Name = 'a-red-fox-in-snow.png' }
        @{ Prompt = "  Don't   PANIC  "; Name = 'dont-panic.png' }
        @{ Prompt = '../../etc/passwd'; Name = 'etc-passwd.png' }
        @{ Prompt = "$sea, 4K"; Name = "$sea-4k.png" }
        @{ Prompt = "Caf$([char]0xE9) cafe$([char]0x301)"; Name = "caf$([char]0xE9)-caf$([char]0xE9).png" }
        @{ Prompt = [char]::ConvertFromUtf32(0x1F305); Name = 'picture.png' }
        @{ Prompt = 'CON'; Name = '_con.png' }
        @{
            Prompt = 'A lighthouse on a cliff above the roaring sea in the last light of a long day'
            Name   = 'a-lighthouse-on-a-cliff-above-the-roaring-sea-in.png'
        }
        @{ Prompt = 'x' * 300; Name = "$('x' * 48).png" }
    )
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator
}

AfterAll {
    Restore-Session
}

Describe 'New-TokaifyImage' {
    BeforeEach {
        $folder = Initialize-Folder
        Push-Location -LiteralPath $folder
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
    }

    AfterEach {
        $relay.Dispose()
        Pop-Location
    }

    It 'creates an image from text in the current location' {
        $result = New-TokaifyImage 'A red fox in snow'

        $result | Should -BeOfType [Tokaify.ImageEditResult]
        $result.SourcePath | Should -BeNullOrEmpty
        $result.Prompt | Should -Be 'A red fox in snow'
        $result.Path | Should -Be (Join-Path $folder 'a-red-fox-in-snow.png')
        (Get-PngText $result.Path)['Prompt'] | Should -Be 'A red fox in snow'
        (Get-PngText $result.Path).ContainsKey('Source-SHA256') | Should -BeFalse
    }

    It 'sends only the text' {
        $null = New-TokaifyImage 'A red fox' -AspectRatio 16:9 -Seed 3 -IncludeText -BaseUri $relay.BaseUri

        $relay.LastBody | Should -BeExactly ('{"contents":[{"role":"user","parts":[{"text":"A red fox"}]}],"generationConfig":' +
            '{"responseModalities":["TEXT","IMAGE"],"imageConfig":{"aspectRatio":"16:9"},"seed":3}}')
    }

    It 'names it <Name>' -ForEach $names {
        Split-Path -Leaf (New-TokaifyImage $Prompt).Path | Should -BeExactly $Name
    }

    It 'names it by -OutputName, with the short name for {name}' {
        $results = New-TokaifyImage 'A red fox' -OutputName '{index}-{name}' -Destination 'foxes' -Count 2

        ($results | Sort-Object Index).Path |
            Should -Be (Join-Path $folder 'foxes/1-a-red-fox.png'), (Join-Path $folder 'foxes/2-a-red-fox.png')
    }

    It 'takes prompts from the pipeline' {
        $results = 'A fox', 'A hare' | New-TokaifyImage | Sort-Object Prompt

        $results.Path | Split-Path -Leaf | Should -Be 'a-fox.png', 'a-hare.png'
    }

    It 'takes rows of a table' {
        $results = 'Prompt,AspectRatio,Seed', 'A fox,16:9,1', 'A hare,,' | ConvertFrom-Csv | New-TokaifyImage | Sort-Object Prompt

        $results.AspectRatio | Should -Be '16:9', $null
    }

    It 'goes on after an empty line' {
        $results = 'A fox', '', 'A hare' | New-TokaifyImage -ErrorAction SilentlyContinue -ErrorVariable failures

        $results | Should -HaveCount 2
        $failures | Get-ErrorId | Should -Be 'InvalidArgument'
    }

    It 'refuses a file as a prompt' {
        Get-Item -LiteralPath "$Pictures/plain.png" |
            New-TokaifyImage -BaseUri $relay.BaseUri -ErrorAction SilentlyContinue -ErrorVariable failures

        $failures | Should -HaveCount 1
        $relay.Received | Should -Be 0
    }

    It 'finds a free name, overwrites with -Force and skips with -SkipExisting' {
        $first = New-TokaifyImage 'A fox'

        (New-TokaifyImage 'A fox').Path | Split-Path -Leaf | Should -Be 'a-fox-2.png'
        (New-TokaifyImage 'A fox' -Force).Path | Should -Be $first.Path
        (New-TokaifyImage 'A fox' -SkipExisting).Status | Should -Be 'Skipped'
    }

    It 'ends before anything is sent if an option is invalid: <_>' -ForEach @(
        '-AspectRatio 9:99', '-Temperature 3', '-Prompt ""', '-ImageSize 2K'
    ) {
        $line = "New-TokaifyImage $(if ($_ -notlike '-Prompt*') { '-Prompt Fox ' })$_ -BaseUri $($relay.BaseUri)"

        Get-TerminatingError ([scriptblock]::Create($line)) | Get-ErrorId | Should -Be 'InvalidArgument'
        $relay.Received | Should -Be 0
    }

    It 'names the prompt if the service refuses it' {
        $refusing = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('refuse'))
        New-TokaifyImage 'A fox' -BaseUri $refusing.BaseUri -ErrorAction SilentlyContinue -ErrorVariable failures
        $refusing.Dispose()

        $failures | Get-ErrorId | Should -Be 'InvalidRequest'
        $failures[0].TargetObject | Should -Be 'A fox'
    }

    It 'sends nothing with -WhatIf' {
        $run = Invoke-InBackground -Arguments $folder -Script {
            param($Folder)
            Set-Location -LiteralPath $Folder
            New-TokaifyImage 'A fox' -WhatIf
        }

        Receive-Background $run | Should -BeNullOrEmpty
        Get-ChildItem -LiteralPath $folder | Should -BeNullOrEmpty
    }
}
