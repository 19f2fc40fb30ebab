BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator
}

AfterAll {
    Restore-Session
}

Describe 'The result of an edit' {
    BeforeAll {
        $folder = Initialize-Folder
        $cat = Copy-Picture -Name cat.png -To $folder
        $result = $cat | Invoke-TokaifyImageEdit -Prompt 'Sunset' -AspectRatio 16:9
    }

    It 'is a Tokaify.ImageEditResult, as the command declares' {
        $result | Should -BeOfType [Tokaify.ImageEditResult]
        (Get-Command Invoke-TokaifyImageEdit).OutputType.Name | Should -Be 'Tokaify.ImageEditResult'
    }

    It 'has the documented properties' {
        $properties = ($result | Get-Member -MemberType Property).Name

        $properties | Should -Be (
            'AspectRatio', 'Attempts', 'Cost', 'CostIsListPrice', 'Currency', 'Duration', 'Error', 'FinishReason', 'Images', 'Index',
            'MatchesRequest', 'Model', 'ModelVersion', 'Path', 'Prompt', 'RequestedAspectRatio', 'RequestedImageSize', 'Requests',
            'ResponseId', 'SearchEntryPoint', 'SourcePath', 'Sources', 'Status', 'Text', 'Usage')
    }

    It 'has the values of the request' {
        $result.SourcePath | Should -Be $cat.FullName
        $result.Prompt | Should -Be 'Sunset'
        $result.Model | Should -Be 'gemini-2.5-flash-image'
        $result.AspectRatio | Should -Be '16:9'
    }

    It 'has the outcome' {
        $result.Status | Should -Be 'Saved'
        $result.FinishReason | Should -Be 'STOP'
        $result.ModelVersion | Should -Be 'gemini-2.5-flash-image'
        $result.ResponseId | Should -Not -BeNullOrEmpty
        $result.Attempts | Should -Be 1
        $result.Duration | Should -BeOfType [timespan]
        $result.Duration | Should -BeGreaterThan ([timespan]::Zero)
        $result.Text | Should -BeNullOrEmpty
    }

    It 'has the path of the image' {
        $result.Path | Should -Exist
        $result.Images.Count | Should -Be 1
        $result.Images[0].Path | Should -Be $result.Path
    }

    It 'describes the image by its bytes' {
        $image = $result.Images[0]

        $image | Should -BeOfType [Tokaify.SavedImage]
        $image.MimeType | Should -Be 'image/png'
        $image.Width | Should -Be 1344
        $image.Height | Should -Be 768
        $image.Length | Should -Be (Get-Item -LiteralPath $result.Path).Length
    }

    It 'counts the tokens' {
        ($result.Usage | Get-Member -MemberType Property).Name |
            Should -Be 'CandidatesImageTokenCount', 'CandidatesTokenCount', 'PromptTokenCount', 'ThoughtsTokenCount', 'TotalTokenCount'
        $result.Usage.TotalTokenCount |
            Should -Be ($result.Usage.PromptTokenCount + $result.Usage.CandidatesTokenCount)
        $result.Usage.PromptTokenCount | Should -BeGreaterThan 0
    }

    It 'has no aspect ratio if none was requested' {
        ($cat | Invoke-TokaifyImageEdit -Prompt 'Sunset').AspectRatio | Should -BeNullOrEmpty
    }

    It 'saves the service''s image of this request' {
        $text = Get-PngText $result.Path

        $text['Prompt'] | Should -Be 'Sunset'
        $text['Model'] | Should -Be 'gemini-2.5-flash-image'
        $text['Source-SHA256'] | Should -Be (Get-Sha256 $cat.FullName)
    }

    It 'does not change the source, and leaves no temporary file' {
        Get-Sha256 $cat.FullName | Should -Be (Get-Sha256 "$Samples/cat.png")
        Get-TemporaryFile $folder | Should -BeNullOrEmpty
    }
}

Describe 'A result on the screen' {
    BeforeAll {
        $folder = Initialize-Folder
        $result = Copy-Picture -Name cat.png -To $folder | Invoke-TokaifyImageEdit -Prompt 'Sunset'
        $lines = ($result | Out-String -Width 120) -split '\r?\n' | Where-Object { $_ }
    }

    It 'is a table of size, tokens, seconds, source and saved image' {
        $lines[0] | Should -MatchExactly '^ +Size +Tokens +Seconds +Source +SavedAs *$'
    }

    It 'names files without their folders, the size in pixels, and readable figures' {
        $lines[2] | Should -MatchExactly "^ +1024$([char]0xD7)1024 +1\d{3} +\d+[.,]\d +cat\.png +cat-edited\.png *$"
    }

    It 'is one line' {
        $lines.Count | Should -Be 3
    }

    It 'shows an existing image without seconds' {
        $skipped = Get-Item -LiteralPath $result.SourcePath | Invoke-TokaifyImageEdit -Prompt 'Sunset' -SkipExisting

        ($skipped | Out-String -Width 120) | Should -MatchExactly "1024$([char]0xD7)1024 +Skipped"
    }

    It 'is a list of everything with Format-List' {
        $result | Format-List * | Out-String -Width 120 | Should -MatchExactly 'ResponseId +: \w+'
    }

    It 'shows an image as type, size, bytes and name' {
        $result.Images | Out-String -Width 160 | Should -MatchExactly "image/png +1024$([char]0xD7)1024 +\d+\D?\d+ cat-edited\.png"
    }
}

Describe 'A result in a pipeline' {
    BeforeAll {
        $folder = Initialize-Folder
        $result = Copy-Picture -Name plain.png -To $folder -As 'two words.png' | Invoke-TokaifyImageEdit -Prompt 'Sunset'
        $bracketed = Copy-Picture -Name 'bottle [front].png' -To $folder | Invoke-TokaifyImageEdit -Prompt 'Sunset'
    }

    It 'goes into Copy-Item' {
        $other = Initialize-Folder

        $result | Copy-Item -Destination $other

        Join-Path $other 'two words-edited.png' | Should -Exist
    }

    # In a pipeline, PowerShell prefers Path, for -Path, to PSPath, for -LiteralPath. This is the same for the output of Get-FileHash and
    # Select-String.
    It 'goes into Copy-Item -LiteralPath by its path if its name has brackets' {
        $other = Initialize-Folder

        Copy-Item -LiteralPath $bracketed.Path -Destination $other

        Test-Path -LiteralPath (Join-Path $other 'bottle [front]-edited.png') | Should -BeTrue
    }

    It 'goes into Get-Item' {
        ($result | Get-Item).FullName | Should -Be $result.Path
    }

    It 'goes back into the command if its name has brackets' {
        ($bracketed | Invoke-TokaifyImageEdit -Prompt 'Sunrise').SourcePath | Should -Be $bracketed.Path
    }

    It 'goes into Move-Item' {
        $other = Initialize-Folder
        $moving = Copy-Picture -Name plain.png -To $folder | Invoke-TokaifyImageEdit -Prompt 'Sunset'

        $moving | Move-Item -Destination $other

        Join-Path $other 'plain-edited.png' | Should -Exist
        $moving.Path | Should -Not -Exist
    }

    It 'can be converted to JSON and back' {
        $copy = $result | ConvertTo-Json -Depth 4 | ConvertFrom-Json

        $copy.Path | Should -Be $result.Path
        $copy.Images[0].Width | Should -Be 1024
        $copy.Usage.TotalTokenCount | Should -Be $result.Usage.TotalTokenCount
    }

    It 'becomes CSV' {
        ($result | Select-Object SourcePath, Path, Model, Status | ConvertTo-Csv -NoTypeInformation | ConvertFrom-Csv).Status |
            Should -Be 'Saved'
    }

    It 'is its path as text' {
        "$result" | Should -Be $result.Path
    }
}

Describe 'Results of many images' {
    BeforeAll {
        $folder = Initialize-Folder
        foreach ($number in 1..12) {
            $null = Copy-Picture -Name plain.png -To $folder -As "$number.png"
        }
        $output = Join-Path $folder 'output'
    }

    It 'are one for each image' {
        $results = Get-ChildItem -LiteralPath $folder -File | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output

        $results.Count | Should -Be 12
        $results.SourcePath | Sort-Object -Unique | Should -HaveCount 12
        $results.Path | Sort-Object -Unique | Should -HaveCount 12
    }

    It 'are emitted as each finishes, not at the end' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', 'hold'))
        try {
            # The first result releases the others. If it were emitted at the end, the test would never end.
            $results = Get-ChildItem -LiteralPath $folder -File |
                Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $output -BaseUri $relay.BaseUri -ThrottleLimit 2 |
                ForEach-Object {
                    $relay.Release()
                    $_
                }

            $results | Should -HaveCount 12
        }
        finally {
            $relay.Dispose()
        }
    }
}
