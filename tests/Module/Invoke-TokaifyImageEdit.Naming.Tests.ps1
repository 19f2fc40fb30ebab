BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator
}

AfterAll {
    Restore-Session
}

Describe 'The place of an edited image' {
    BeforeEach {
        $folder = Initialize-Folder
        $cat = Copy-Picture -Name cat.png -To $folder
    }

    It 'is beside its source, as <name>-edited' {
        ($cat | Invoke-TokaifyImageEdit -Prompt 'Sunset').Path | Should -Be (Join-Path $folder 'cat-edited.png')
    }

    It 'has the extension of the new image, not of the source' {
        $photo = Copy-Picture -Name lighthouse.jpg -To $folder

        ($photo | Invoke-TokaifyImageEdit -Prompt 'Sunset').Path | Should -Be (Join-Path $folder 'lighthouse-edited.png')
    }

    It 'is the -Destination, created with all its parents if it is missing' {
        $output = Join-Path $folder 'made/for it'

        ($cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output).Path | Should -Be (Join-Path $output 'cat-edited.png')
    }

    It 'is a -Destination whose name has brackets' {
        $output = Join-Path $folder 'for [me]'

        $result = $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output

        $result.Path | Should -Be (Join-Path $output 'cat-edited.png')
        Test-Path -LiteralPath $result.Path | Should -BeTrue
    }

    It 'is a relative -Destination under the location of PowerShell, not the directory of the process' {
        $directoryBefore = [Environment]::CurrentDirectory
        [Environment]::CurrentDirectory = [System.IO.Path]::GetTempPath()
        Push-Location -LiteralPath $folder
        try {
            $result = $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination 'output'
        }
        finally {
            Pop-Location
            [Environment]::CurrentDirectory = $directoryBefore
        }

        $result.Path | Should -Be (Join-Path $folder 'output' | Join-Path -ChildPath 'cat-edited.png')
    }

    It 'is a -Destination on a drive of PowerShell' {
        $null = New-PSDrive -Name TokaifyTest -PSProvider FileSystem -Root $folder
        try {
            $result = $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination 'TokaifyTest:/output'
        }
        finally {
            Remove-PSDrive -Name TokaifyTest
        }

        Join-Path $folder 'output/cat-edited.png' | Should -Exist
        $result.Path | Should -Exist
    }

    It 'cannot be a -Destination that is not a folder: <_>' -ForEach 'Variable:output', 'TokaifyNoSuchDrive:/output' {
        $destination = $_

        Get-TerminatingError { $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $destination -ErrorAction SilentlyContinue } |
            Get-ErrorId | Should -Be 'InvalidArgument'
    }

    It 'is an error of each image if the -Destination is a file, and nothing is sent' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        try {
            $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $cat.FullName -BaseUri $relay.BaseUri `
                -ErrorAction SilentlyContinue -ErrorVariable failures
        }
        finally {
            $relay.Dispose()
        }

        $failures | Get-ErrorId | Should -Be 'SaveFailed'
        $failures[0].TargetObject | Should -Be $cat.FullName
        $relay.Received | Should -Be 0
    }

    It 'is an error that says that its -Destination is a file: <_>' -ForEach 'cat.png', 'cat.png/deeper/still' {
        $destination = Join-Path $cat.DirectoryName $_
        $message = "*Nothing can be saved in '*': '*cat.png' is a file. Give a folder with -Destination; a missing folder is created."

        $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $destination -ErrorAction SilentlyContinue -ErrorVariable failures
        $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $destination -WhatIf -ErrorAction SilentlyContinue `
            -ErrorVariable +failures

        $failures | Should -HaveCount 2
        $failures.Exception.Message | Should -BeLike $message
    }
}

Describe 'Naming with -OutputName' {
    BeforeEach {
        $folder = Initialize-Folder
        $cat = Copy-Picture -Name cat.png -To $folder
    }

    It 'refuses an image extension, which would be doubled: <_>' -ForEach @(
        '{name}.jpg', '{name}.PNG', '{name}-{index}.jpeg', 'cat.webp', '{name}.heic', '{name}.tiff', '{name}.png. '
    ) {
        $failure = Get-TerminatingError { $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -OutputName $_ -WhatIf }

        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        $failure.Exception.Message | Should -BeLike "The output name '$_' ends in .*; leave that out. *the extension follows the picture."
    }

    It 'refuses an image extension from a row as well, and goes on' {
        $rows = 'one.jpg', 'two' | ForEach-Object { [pscustomobject]@{ Path = $cat.FullName; OutputName = $_ } }
        $results = $rows | Invoke-TokaifyImageEdit Sunset -WhatIf -ErrorAction SilentlyContinue -ErrorVariable failures

        $results | Should -BeNullOrEmpty
        $failures.Exception.Message | Should -BeLike 'row 1, cat.png: The output name ''one.jpg'' ends in .jpg; leave that out. *'
    }

    It 'makes <Expected> of <Template>' -ForEach @(
        @{ Template = '{name} at sunset'; Expected = 'cat at sunset.png' }
        @{ Template = 'edited-{name}-{index}'; Expected = 'edited-cat-1.png' }
        @{ Template = '{name}.{model}'; Expected = 'cat.gemini-2.5-flash-image.png' }
        @{ Template = '{NAME}'; Expected = 'cat-2.png' }
        @{ Template = 'one name for all'; Expected = 'one name for all.png' }
        @{ Template = 'what? a:cat*'; Expected = 'what_ a_cat_.png' }
        @{ Template = '{name} [new]'; Expected = 'cat [new].png' }
    ) {
        $result = $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -OutputName $Template

        Split-Path -Leaf $result.Path | Should -BeExactly $Expected
    }

    It 'replaces {time} with the time' {
        $before = (Get-Date).AddSeconds(-1)

        $result = $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -OutputName '{time}'

        $name = [System.IO.Path]::GetFileNameWithoutExtension($result.Path)
        $time = [datetime]::ParseExact($name, 'yyyyMMdd-HHmmss', [cultureinfo]::InvariantCulture)
        $time | Should -BeGreaterOrEqual $before
        $time | Should -BeLessOrEqual (Get-Date)
    }

    It 'refuses <Kind> before anything is sent' -ForEach @(
        @{ Kind = 'a folder'; Template = 'output/{name}' }
        @{ Kind = 'a folder in the way of Windows'; Template = 'output\{name}' }
        @{ Kind = 'a way out of the folder'; Template = '../{name}' }
        @{ Kind = 'a token that does not exist'; Template = '{name}-{date}' }
        @{ Kind = 'nothing but spaces'; Template = '  ' }
    ) {
        $failure = Get-TerminatingError {
            $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -OutputName $Template -ErrorAction SilentlyContinue
        }

        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        Get-ChildItem -LiteralPath $folder | Should -HaveCount 1
    }
}

Describe 'Names that exist already' {
    BeforeEach {
        $folder = Initialize-Folder
        $output = Join-Path $folder 'output'
        $cat = Copy-Picture -Name cat.png -To $folder
    }

    Context 'as files of an earlier run' {
        BeforeEach {
            $null = New-Item -ItemType Directory -Path $output
            $taken = Copy-Picture -Name plain.png -To $output -As 'cat-edited.png'
        }

        It 'lead to a free name, and nothing is overwritten' {
            $first = $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output
            $second = $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output

            Split-Path -Leaf $first.Path | Should -Be 'cat-edited-2.png'
            Split-Path -Leaf $second.Path | Should -Be 'cat-edited-3.png'
            Get-Sha256 $taken.FullName | Should -Be (Get-Sha256 "$Pictures/plain.png")
        }

        It 'are overwritten with -Force' {
            $result = $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output -Force

            $result.Path | Should -Be $taken.FullName
            (Get-PngText $taken.FullName)['Prompt'] | Should -Be 'Sunset'
            Get-ChildItem -LiteralPath $output | Should -HaveCount 1
        }

        It 'are kept with -SkipExisting, and nothing is sent' {
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
            try {
                $result = $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output -SkipExisting -BaseUri $relay.BaseUri
            }
            finally {
                $relay.Dispose()
            }

            $result.Status | Should -Be 'Skipped'
            $result.SourcePath | Should -Be $cat.FullName
            $result.Path | Should -Be $taken.FullName
            $result.Images[0].Width | Should -Be 61
            $result.Attempts | Should -Be 0
            Get-Sha256 $taken.FullName | Should -Be (Get-Sha256 "$Pictures/plain.png")
            $relay.Received | Should -Be 0
        }

        It 'are skipped with -SkipExisting for any extension' {
            Move-Item -LiteralPath $taken.FullName -Destination (Join-Path $output 'cat-edited.jpg')

            ($cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output -SkipExisting).Status | Should -Be 'Skipped'
        }

        It 'do not stop other sources with -SkipExisting' {
            $other = Copy-Picture -Name plain.png -To $folder

            $results = $cat, $other | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output -SkipExisting

            $results | Sort-Object SourcePath | ForEach-Object Status | Should -Be 'Skipped', 'Saved'
        }

        It 'cannot be overwritten and skipped at once' {
            Get-TerminatingError {
                $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output -Force -SkipExisting -ErrorAction SilentlyContinue
            } |
                Get-ErrorId | Should -Be 'InvalidArgument'
        }
    }

    Context 'for another source of the same command' {
        BeforeEach {
            $null = Copy-Picture -Name lighthouse.jpg -To $folder -As 'cat.jpg'
            $sources = Get-ChildItem -LiteralPath $folder -File
        }

        It 'lead to two images<With>' -ForEach @(
            @{ With = ''; Switches = @{} }
            @{ With = ' with -Force'; Switches = @{ Force = $true } }
            @{ With = ' with -SkipExisting'; Switches = @{ SkipExisting = $true } }
        ) {
            $results = $sources | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output @Switches

            $results.Path | Split-Path -Leaf | Sort-Object | Should -Be 'cat-edited-2.png', 'cat-edited.png'
            foreach ($result in $results) {
                (Get-PngText $result.Path)['Source-SHA256'] | Should -Be (Get-Sha256 $result.SourcePath)
            }
        }

        It 'are assigned in the same way each time with -Force: a second run overwrites the same images' {
            $first = $sources | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output -Force
            $second = $sources | Invoke-TokaifyImageEdit -Prompt 'Sunrise' -Destination $output -Force

            $second | Sort-Object SourcePath | ForEach-Object Path | Should -Be ($first | Sort-Object SourcePath | ForEach-Object Path)
            Get-ChildItem -LiteralPath $output | Should -HaveCount 2
        }

        It 'are all skipped by a second run with -SkipExisting' {
            $null = $sources | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output -SkipExisting
            $second = $sources | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output -SkipExisting

            $second.Status | Should -Be 'Skipped', 'Skipped'
            $second.Path | Sort-Object -Unique | Should -HaveCount 2
        }

        It 'give an image for each source if all have one name' {
            $results = $sources | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output -OutputName 'picture' -Force

            $results.Path | Split-Path -Leaf | Sort-Object | Should -Be 'picture-2.png', 'picture.png'
        }
    }

    It 'are not shared by sources of the same name in different folders' {
        $other = Join-Path $folder 'other'
        $null = New-Item -ItemType Directory -Path $other
        $twin = Copy-Picture -Name cat.png -To $other

        $results = $cat, $twin | Invoke-TokaifyImageEdit -Prompt 'Sunset'

        $results.Path | Sort-Object | Should -Be ((Join-Path $folder 'cat-edited.png'), (Join-Path $other 'cat-edited.png') | Sort-Object)
    }
}

Describe 'A second run over a folder that the first has saved in' {
    BeforeEach {
        $folder = Initialize-Folder
        'cat', 'dog' | ForEach-Object {
            $null = Copy-Picture -Name plain.png -To $folder -As "$_.png"
        }
        $null = Get-ChildItem -LiteralPath $folder | Invoke-TokaifyImageEdit 'Sunset' -WarningVariable firstWarnings
    }

    It 'has no warning in the first run' {
        $firstWarnings | Should -BeNullOrEmpty
    }

    It 'has one warning that says what to do<With>' -ForEach @(
        @{ With = ''; Options = @{} }
        @{ With = ' with -SkipExisting'; Options = @{ SkipExisting = $true } }
        @{ With = ' with -WhatIf'; Options = @{ WhatIf = $true } }
        @{ With = ' with the folder itself as -Destination'; Options = @{ Destination = '.' } }
    ) {
        Push-Location -LiteralPath $folder
        try {
            $null = Get-ChildItem *.png | Invoke-TokaifyImageEdit 'Sunset' @Options -WarningVariable warnings 3> $null
        }
        finally {
            Pop-Location
        }

        $warnings | Should -HaveCount 1
        "$warnings" | Should -BeLike "'cat-edited.png' has the name of a picture made from 'cat.png' in the same folder*billed again*"
        "$warnings" | Should -BeLike "*-Destination*-Exclude '``*-edited``*'*"
        "$warnings" | Should -Not -Match '\n'
    }

    It 'has a warning also if its results are piped on' {
        $null = Get-ChildItem "$folder/*.png" | Invoke-TokaifyImageEdit 'Sunset' -WarningVariable warnings 3> $null |
            Invoke-TokaifyImageEdit 'Snow' -Destination "$folder/snow" | Select-Object -First 1

        $warnings | Should -HaveCount 1
    }

    It 'has the warning before the first result is sent' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        try {
            Get-TerminatingError {
                Get-Item "$folder/cat-edited.png" | Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri -WarningAction Stop
            } | Should -Not -BeNullOrEmpty
        }
        finally {
            $relay.Dispose()
        }

        $relay.Received | Should -Be 0
    }

    It 'has a warning if a wildcard of the command matches results' {
        $null = Invoke-TokaifyImageEdit 'Sunset' "$folder/*.png" -WarningVariable warnings 3> $null

        $warnings | Should -HaveCount 1
    }

    It 'has a warning with -Resume if the journal does not have the results' {
        $journal = @{ JournalPath = Join-Path $folder 'edits.jsonl'; Resume = $true }
        $null = Get-ChildItem "$folder/*.png" -Exclude '*-edited*' |
            Invoke-TokaifyImageEdit 'Sunset' @journal -WarningVariable excluded 3> $null
        $null = Get-ChildItem "$folder/*.png" | Invoke-TokaifyImageEdit 'Sunset' @journal -WarningVariable warnings 3> $null

        # The images are equal, which gives another warning.
        $result = '*has the name of a picture made from*'
        @($excluded) -like $result | Should -BeNullOrEmpty
        @($warnings) -like $result | Should -HaveCount 1
    }

    It 'has no warning if nothing is sent' {
        $null = Get-ChildItem "$folder/*.png" | Invoke-TokaifyImageEdit 'Sunset' -SkipExisting 3> $null
        Get-ChildItem "$folder/c*.png" -Exclude '*-edited-edited*' |
            Invoke-TokaifyImageEdit 'Sunset' -SkipExisting -WarningVariable warnings |
            ForEach-Object Status | Should -Be 'Skipped', 'Skipped'

        $warnings | Should -BeNullOrEmpty
    }

    It 'has no warning <Where>' -ForEach @(
        @{
            Where = 'with a -Destination'
            Line  = {
                Get-ChildItem "$folder/*.png" |
                    Invoke-TokaifyImageEdit 'Sunset' -Destination "$folder/output" -WarningVariable warnings
            }
        }
        @{
            Where = 'where the original is gone'
            Line  = {
                Get-ChildItem "$folder/*.png" -Exclude cat.png, dog.png |
                    Move-Item -Destination (Initialize-Folder) -PassThru |
                    Invoke-TokaifyImageEdit 'Sunset' -WarningVariable warnings
            }
        }
        @{
            Where = 'where a result pipes on'
            Line  = {
                Get-Item "$folder/cat.png" |
                    Invoke-TokaifyImageEdit 'Sunset' |
                    Invoke-TokaifyImageEdit 'Snow' -WarningVariable warnings
            }
        }
        @{
            Where = 'where results pipe on that come back from JSON'
            Line  = {
                $json = Get-Item "$folder/cat.png" | Invoke-TokaifyImageEdit 'Sunset' | ConvertTo-Json -Depth 3
                ConvertFrom-Json $json | Invoke-TokaifyImageEdit 'Snow' -WarningVariable warnings
            }
        }
        @{
            Where = 'where the one picture is named'
            Line  = { Invoke-TokaifyImageEdit 'Sunset' "$folder/cat-edited.png" -WarningVariable warnings }
        }
        @{
            Where = 'in a conversation'
            Line  = {
                Get-Item "$folder/cat-edited.png" |
                    Invoke-TokaifyImageEdit 'Sunset' -Conversation (New-TokaifyConversation) -WarningVariable warnings
            }
        }
        @{
            Where = 'where another template would not have given the name'
            Line  = {
                Get-ChildItem "$folder/*.png" |
                    Invoke-TokaifyImageEdit 'Sunset' -OutputName '{name}-at-night' -WarningVariable warnings
            }
        }
        @{
            Where = 'where the name is the template'
            Line  = {
                Copy-Item "$folder/cat.png" "$folder/cat-2.png"
                Get-ChildItem "$folder/*.png" |
                    Invoke-TokaifyImageEdit 'Sunset' -OutputName '{name}' -WarningVariable warnings
            }
        }
    ) {
        . $Line 3> $null | Should -Not -BeNullOrEmpty

        $warnings | Should -BeNullOrEmpty
    }

    It 'is detected by the names of <Template>: <Result>' -ForEach @(
        @{ Template = '{name}-edited'; Result = 'big cat-edited-2.png'; Exclude = '*-edited*' }
        @{ Template = 'night-{Name}'; Result = 'night-big cat.png'; Exclude = 'night-*' }
        @{ Template = 'night-{name}'; Result = 'night-big cat-2.png'; Exclude = 'night-*' }
        @{ Template = '{name}-banner-{index}'; Result = 'big cat-banner-3.png'; Exclude = '*-banner-*' }
        @{ Template = '{name} {time} x'; Result = 'big cat 20260102-030405 x.png'; Exclude = '* * x*' }
        @{ Template = '{name}.{model}'; Result = 'big cat.gemini-2.5-flash-image.png'; Exclude = '*.gemini-2.5-flash-image*' }
        @{ Template = '{name} [new]'; Result = 'big cat [new].png'; Exclude = '* `[new`]*' }
        @{ Template = '{name}-{index}'; Result = 'big cat-1.png'; Exclude = $null }
    ) {
        $other = Initialize-Folder
        $null = Copy-Picture -Name plain.png -To $other -As 'big cat.JPG'
        $made = Copy-Picture -Name plain.png -To $other -As $Result
        $made | Invoke-TokaifyImageEdit 'Sunset' -OutputName $Template -WhatIf -WarningVariable warnings 3> $null

        "$warnings" | Should -BeLike "'$([WildcardPattern]::Escape($Result))' has the name of a picture made from 'big cat.JPG' *"
        if ($Exclude) {
            "$warnings".Contains("-Exclude '$Exclude' of") | Should -BeTrue -Because "$warnings"
            (Get-ChildItem "$other/*" -Exclude $Exclude).Name | Should -Be 'big cat.JPG'
        }
        else {
            "$warnings" | Should -Not -Match 'Exclude'
        }
    }
}

Describe 'Results that have the names of their sources' {
    BeforeAll {
        $folder = Initialize-Folder
        $photo = Copy-Picture -Name lighthouse.jpg -To $folder -As 'a.jpg'
        $other = Copy-Picture -Name cat.png -To $folder -As 'a.png'
        $before = (Get-FileHash -LiteralPath $other.FullName).Hash
        $result = $photo | Invoke-TokaifyImageEdit -Prompt 'Sunset' -OutputName '{name}' -Force
    }

    It 'never replace another source, not even with -Force' {
        (Get-FileHash -LiteralPath $other.FullName).Hash | Should -Be $before
        Split-Path -Leaf $result.Path | Should -Be 'a-2.png'
    }

    It 'replace their own source with -Force' {
        ($other | Invoke-TokaifyImageEdit -Prompt 'Sunset' -OutputName '{name}' -Force).Path | Should -Be $other.FullName
    }
}
