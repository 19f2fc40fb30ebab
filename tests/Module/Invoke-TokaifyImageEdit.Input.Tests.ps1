BeforeDiscovery {
    $formats = @(
        @{ Format = 'PNG'; Picture = 'plain.png' }
        @{ Format = 'JPEG'; Picture = 'baseline.jpg' }
        @{ Format = 'WebP'; Picture = 'lossy.webp' }
        @{ Format = 'HEIC'; Picture = 'plain.heic' }
        @{ Format = 'HEIF'; Picture = 'structural.heif' }
    )
    $others = 'plain.gif', 'plain.bmp', 'plain.tiff', 'plain.svg', 'plain.pdf', 'still.avif'

    # As a character code, so that this file is the same in every encoding.
    $oddNames = @(
        @{ Kind = 'spaces'; Name = ' two  spaces .png' }
        @{ Kind = 'brackets'; Name = 'bottle [front].png' }
        @{ Kind = 'a bracket that is never closed'; Name = 'open [bracket.png' }
        @{ Kind = 'backticks, quotes and dollar signs'; Name = "it's ``5 `$HOME.png" }
        @{ Kind = 'letters with accents'; Name = "$([char]0xE9)t$([char]0xE9) $([char]0x2013) plage.png" }
        @{ Kind = 'accents as characters of their own'; Name = "e$([char]0x301)te$([char]0x301).png" }
        @{ Kind = 'Chinese characters'; Name = "$([char]0x732B)$([char]0x7684)$([char]0x7167)$([char]0x7247).png" }
        @{ Kind = 'an emoji'; Name = "cat $([char]::ConvertFromUtf32(0x1F431)).png" }
        @{ Kind = 'percent, hash and ampersand'; Name = '100% & #1.png' }
        @{ Kind = 'several dots'; Name = 'cat.v1.2.png' }
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

Describe 'Giving images to Invoke-TokaifyImageEdit' {
    BeforeEach {
        $folder = Initialize-Folder
        $cat = Copy-Picture -Name cat.png -To $folder
    }

    Context 'through the pipeline' {
        It 'takes files from Get-ChildItem' {
            $null = Copy-Picture -Name lighthouse.jpg -To $folder

            $results = Get-ChildItem -LiteralPath $folder | Invoke-TokaifyImageEdit -Prompt 'Sunset'

            $results.SourcePath | Sort-Object | Should -Be ('cat.png', 'lighthouse.jpg' | ForEach-Object { Join-Path $folder $_ })
        }

        It 'takes files from Get-Item, however they are named' {
            $file = Copy-Picture -Name plain.png -To $folder -As 'bottle [front].png'

            ($file | Invoke-TokaifyImageEdit -Prompt 'Sunset').SourcePath | Should -Be $file.FullName
        }

        It 'takes a FileInfo made by hand' {
            $result = [System.IO.FileInfo]::new($cat.FullName) | Invoke-TokaifyImageEdit -Prompt 'Sunset'

            $result.SourcePath | Should -Be $cat.FullName
        }

        It 'takes a FileInfo made by hand whose name has brackets' {
            $file = Copy-Picture -Name plain.png -To $folder -As 'bottle [front].png'

            $result = [System.IO.FileInfo]::new($file.FullName) | Invoke-TokaifyImageEdit -Prompt 'Sunset'

            $result.SourcePath | Should -Be $file.FullName
        }

        It 'takes strings' {
            ($cat.FullName | Invoke-TokaifyImageEdit -Prompt 'Sunset').SourcePath | Should -Be $cat.FullName
        }

        It 'takes strings with wildcards' {
            "$folder/c*.png" | Invoke-TokaifyImageEdit -Prompt 'Sunset' | ForEach-Object SourcePath | Should -Be $cat.FullName
        }

        It 'takes objects with a property FullName or PSPath' {
            $second = Copy-Picture -Name plain.png -To $folder

            $results = [pscustomobject]@{ FullName = $cat.FullName }, [pscustomobject]@{ PSPath = $second.PSPath } |
                Invoke-TokaifyImageEdit -Prompt 'Sunset'

            $results.SourcePath | Sort-Object | Should -Be $cat.FullName, $second.FullName
        }

        It 'accepts earlier results, and edits their saved images' {
            $first = $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset'

            $second = $first | Invoke-TokaifyImageEdit -Prompt 'And a sailing boat'

            $second.SourcePath | Should -Be $first.Path
            (Get-PngText $second.Path)['Source-SHA256'] | Should -Be (Get-Sha256 $first.Path)
        }

        It 'edits the results of another edit in the same pipeline' {
            $result = $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' | Invoke-TokaifyImageEdit -Prompt 'And a sailing boat'

            Split-Path -Leaf $result.Path | Should -Be 'cat-edited-edited.png'
        }
    }

    Context 'by parameter' {
        It 'takes the prompt in position 0 and the path in position 1' {
            $result = Invoke-TokaifyImageEdit 'Sunset' $cat.FullName

            $result.Prompt | Should -Be 'Sunset'
            $result.SourcePath | Should -Be $cat.FullName
        }

        It 'takes several paths' {
            $second = Copy-Picture -Name plain.png -To $folder

            $results = Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path $cat.FullName, $second.FullName

            $results.SourcePath | Sort-Object | Should -Be $cat.FullName, $second.FullName
        }

        It 'takes wildcards in -Path' {
            $null = Copy-Picture -Name plain.png -To $folder -As 'cow.png'
            $null = Copy-Picture -Name plain.png -To $folder -As 'dog.png'

            $results = Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path "$folder/c[ao]*.png"

            $results.SourcePath | Split-Path -Leaf | Sort-Object | Should -Be 'cat.png', 'cow.png'
        }

        It 'takes a name with brackets in -Path literally if the file exists' {
            $file = Copy-Picture -Name plain.png -To $folder -As 'bottle [front].png'

            (Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path $file.FullName).SourcePath | Should -Be $file.FullName
        }

        It 'takes a name with brackets in -Path as Tab completes it' {
            $file = Copy-Picture -Name plain.png -To $folder -As 'bottle [front].png'

            $result = Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path (Join-Path $folder 'bottle `[front`].png')

            $result.SourcePath | Should -Be $file.FullName
        }

        It 'takes several literal paths' {
            $second = Copy-Picture -Name plain.png -To $folder -As '[1].png'

            $results = Invoke-TokaifyImageEdit -Prompt 'Sunset' -LiteralPath $cat.FullName, $second.FullName

            $results.SourcePath | Sort-Object | Should -Be ($cat.FullName, $second.FullName | Sort-Object)
        }

        It 'takes no wildcards in -LiteralPath' {
            $results = Invoke-TokaifyImageEdit -Prompt 'Sunset' -LiteralPath "$folder/*.png" `
                -ErrorAction SilentlyContinue -ErrorVariable failures

            $results | Should -BeNullOrEmpty
            $failures | Get-ErrorId | Should -Be 'FileNotFound'
        }
    }

    Context 'with unusual names' {
        It 'takes <Kind> in a literal path, and saves beside it' -ForEach $oddNames {
            $file = Copy-Picture -Name plain.png -To $folder -As $Name

            $result = Invoke-TokaifyImageEdit -Prompt 'Sunset' -LiteralPath $file.FullName

            $result.SourcePath | Should -BeExactly $file.FullName
            Test-Path -LiteralPath $result.Path | Should -BeTrue
            Split-Path -Parent $result.Path | Should -Be $folder
        }

        It 'takes <Kind> from Get-ChildItem' -ForEach $oddNames {
            $only = Join-Path $folder 'only'
            $null = New-Item -ItemType Directory -Path $only
            $file = Copy-Picture -Name plain.png -To $only -As $Name

            (Get-ChildItem -LiteralPath $only | Invoke-TokaifyImageEdit -Prompt 'Sunset').SourcePath | Should -BeExactly $file.FullName
        }

        It 'takes an image in a folder with brackets' {
            $odd = Join-Path $folder 'summer [2024]'
            $null = New-Item -ItemType Directory -Path $odd
            $file = Copy-Picture -Name plain.png -To $odd

            $result = $file | Invoke-TokaifyImageEdit -Prompt 'Sunset'

            $result.Path | Should -Be (Join-Path $odd 'plain-edited.png')
        }
    }

    Context 'relative to the current location' {
        BeforeEach {
            $directoryBefore = [Environment]::CurrentDirectory
            [Environment]::CurrentDirectory = [System.IO.Path]::GetTempPath()
            Push-Location -LiteralPath $folder
        }

        AfterEach {
            Pop-Location
            [Environment]::CurrentDirectory = $directoryBefore
        }

        It 'resolves <_> against the location of PowerShell, not the directory of the process' -ForEach 'cat.png', './cat.png', 'c*.png' {
            (Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path $_).SourcePath | Should -Be $cat.FullName
        }

        It 'resolves a literal path against the location of PowerShell' {
            (Invoke-TokaifyImageEdit -Prompt 'Sunset' -LiteralPath 'cat.png').SourcePath | Should -Be $cat.FullName
        }
    }

    Context 'on a drive of PowerShell' {
        BeforeEach {
            $null = New-PSDrive -Name TokaifyTest -PSProvider FileSystem -Root $folder
        }

        AfterEach {
            Remove-PSDrive -Name TokaifyTest
        }

        It 'takes a path of the drive' {
            (Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path 'TokaifyTest:/cat.png').SourcePath | Should -Be $cat.FullName
        }

        It 'takes wildcards on the drive' {
            (Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path 'TokaifyTest:/c*.png').SourcePath | Should -Be $cat.FullName
        }

        It 'takes files that the drive lists' {
            (Get-ChildItem TokaifyTest:/ | Invoke-TokaifyImageEdit -Prompt 'Sunset').SourcePath | Should -Be $cat.FullName
        }
    }
}

Describe 'Recognising images' {
    BeforeEach {
        $folder = Initialize-Folder
    }

    It 'edits <Format>, and sends its exact bytes' -ForEach $formats {
        $file = Copy-Picture -Name $Picture -To $folder

        $result = $file | Invoke-TokaifyImageEdit -Prompt 'Sunset'

        $result.Status | Should -Be 'Saved'
        (Get-PngText $result.Path)['Source-SHA256'] | Should -Be (Get-Sha256 $file.FullName)
    }

    It 'goes by the bytes: a <Format> named <Name> is edited' -ForEach @(
        @{ Format = 'JPEG'; Picture = 'baseline.jpg'; Name = 'photo.png' }
        @{ Format = 'HEIC'; Picture = 'plain.heic'; Name = 'photo.jpg' }
        @{ Format = 'PNG'; Picture = 'plain.png'; Name = 'photo.txt' }
        @{ Format = 'WebP'; Picture = 'lossy.webp'; Name = 'photo' }
    ) {
        $file = Copy-Picture -Name $Picture -To $folder -As $Name

        ($file | Invoke-TokaifyImageEdit -Prompt 'Sunset').Status | Should -Be 'Saved'
    }

    It 'refuses <_>, which the service does not take' -ForEach $others {
        $file = Copy-Picture -Name $_ -To $folder

        $file | Invoke-TokaifyImageEdit -Prompt 'Sunset' -ErrorAction SilentlyContinue -ErrorVariable failures

        $failures | Get-ErrorId | Should -Be 'UnsupportedImage'
    }

    It 'refuses <_> under the name of an image' -ForEach $others {
        $file = Copy-Picture -Name $_ -To $folder -As 'picture.png'

        $file | Invoke-TokaifyImageEdit -Prompt 'Sunset' -ErrorAction SilentlyContinue -ErrorVariable failures

        $failures | Get-ErrorId | Should -Be 'UnsupportedImage'
    }
}

Describe 'A source that cannot be edited' {
    BeforeAll {
        $folder = Initialize-Folder
        $first = Copy-Picture -Name plain.png -To $folder -As 'first.png'
        $last = Copy-Picture -Name plain.png -To $folder -As 'last.png'
        $output = Join-Path $folder 'output'

        Set-Content -LiteralPath "$folder/text.png" -Value 'This is no picture.'
        [System.IO.File]::WriteAllBytes("$folder/empty.png", @())
        $null = New-Item -ItemType Directory -Path "$folder/folder.png"
    }

    It 'is <Id> if it is <Kind>, with the path as its target, and the others are edited' -ForEach @(
        @{ Kind = 'text named .png'; Name = 'text.png'; Id = 'UnsupportedImage'; Category = 'InvalidData' }
        @{ Kind = 'empty'; Name = 'empty.png'; Id = 'UnsupportedImage'; Category = 'InvalidData' }
        @{ Kind = 'a folder'; Name = 'folder.png'; Id = 'UnsupportedImage'; Category = 'InvalidData' }
        @{ Kind = 'missing'; Name = 'missing.png'; Id = 'FileNotFound'; Category = 'ObjectNotFound' }
        @{ Kind = 'in a folder that is missing'; Name = 'missing/cat.png'; Id = 'FileNotFound'; Category = 'ObjectNotFound' }
        @{ Kind = 'a wildcard that nothing matches'; Name = 'missing*.png'; Id = 'FileNotFound'; Category = 'ObjectNotFound' }
        @{ Kind = 'missing, its brackets escaped'; Name = 'missing `[1`].png'; Id = 'FileNotFound'; Category = 'ObjectNotFound' }
    ) {
        $bad = Join-Path $folder $Name

        $results = $first.FullName, $bad, $last.FullName |
            Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output -ErrorAction SilentlyContinue -ErrorVariable failures

        $results.SourcePath | Sort-Object | Should -Be $first.FullName, $last.FullName
        $failures.Count | Should -Be 1
        $failures[0] | Get-ErrorId | Should -Be $Id
        $failures[0].TargetObject | Should -Be $bad
        $failures[0].CategoryInfo.Category | Should -Be $Category
        $failures[0].Exception | Should -BeOfType [Tokaify.TokaifyException]
        $failures[0].Exception.ErrorId | Should -Be $Id
        $failures[0].Exception.Attempts | Should -Be 0
    }

    It 'is FileNotFound that explains the order if prompt and image are swapped' {
        $null = Invoke-TokaifyImageEdit *.PNG 'Make it blue' -ErrorAction SilentlyContinue -ErrorVariable swapped
        $null = Invoke-TokaifyImageEdit 'Make it like a.png' 'missing.png' -ErrorAction SilentlyContinue -ErrorVariable missing

        $swapped | Get-ErrorId | Should -Be 'FileNotFound'
        "$swapped" | Should -BeLike "Make it blue: There is no file '*Make it blue'*'?.PNG' was taken as the prompt. Give the prompt first*"
        "$missing" | Should -Not -BeLike '*comes first*'
    }

    It 'is InvalidArgument if it is <Kind>, and the others are edited' -ForEach @(
        @{ Kind = 'no file but a variable'; Path = 'Variable:PWD' }
        @{ Kind = 'no file but an environment variable'; Path = 'Env:PATH' }
        @{ Kind = 'a wildcard on a drive that holds no files'; Path = 'Variable:P*' }
        @{ Kind = 'on a drive that is missing'; Path = 'TokaifyNoSuchDrive:/cat.png' }
    ) {
        $results = $first.FullName, $Path, $last.FullName |
            Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output -ErrorAction SilentlyContinue -ErrorVariable failures

        $results.SourcePath | Sort-Object | Should -Be $first.FullName, $last.FullName
        $failures.Count | Should -Be 1
        $failures[0] | Get-ErrorId | Should -Be 'InvalidArgument'
        $failures[0].TargetObject | Should -Be $Path
    }

    It 'is a separate error for each file of a wildcard' {
        $results = Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path "$folder/*.png" -Destination $output `
            -ErrorAction SilentlyContinue -ErrorVariable failures

        $results.Count | Should -Be 2
        $failures.TargetObject | Split-Path -Leaf | Sort-Object | Should -Be 'empty.png', 'text.png'
    }

    It 'names the file in the message' {
        Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path "$folder/text.png" -ErrorAction SilentlyContinue -ErrorVariable failures

        $failures[0].Exception.Message | Should -BeLike '*text.png*'
    }
}
