BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator

    function ConvertTo-Row {
        param([Parameter(Mandatory)] [string[]] $Line)

        $Line | ConvertFrom-Csv
    }
}

AfterAll {
    Restore-Session
}

Describe 'A table of edits' {
    BeforeEach {
        $folder = Initialize-Folder
        $cat = Copy-Picture -Name plain.png -To $folder -As 'cat.png'
        $bottle = Copy-Picture -Name plain.png -To $folder -As 'bottle [front].png'
        Push-Location -LiteralPath $folder
    }

    AfterEach {
        Pop-Location
    }

    It 'from Import-Csv gives a different edit for each row' {
        Set-Content -LiteralPath "$folder/edits.csv" -Encoding UTF8 -Value @(
            'Path,Prompt,AspectRatio,Model,OutputName,Destination'
            'cat.png,Make it night.,16:9,,{name}-night,'
            'bottle [front].png,Widen it.,4:1,gemini-3.1-flash-image-preview,,wide'
        )

        $results = Import-Csv -LiteralPath "$folder/edits.csv" | Invoke-TokaifyImageEdit | Sort-Object Prompt

        $results.Prompt | Should -Be 'Make it night.', 'Widen it.'
        $results.SourcePath | Should -Be $cat.FullName, $bottle.FullName
        $results.AspectRatio | Should -Be '16:9', '4:1'
        $results.Model | Should -Be 'gemini-2.5-flash-image', 'gemini-3.1-flash-image-preview'
        $results.Path | Should -Be (Join-Path $folder 'cat-night.png'), (Join-Path $folder 'wide/bottle [front]-edited.png')
        (Get-PngText $results[0].Path)['Prompt'] | Should -Be 'Make it night.'
    }

    It 'may have wildcards, whose files are all edited in the same way' {
        (ConvertTo-Row 'Path,Prompt', '*.png,Sunset' | Invoke-TokaifyImageEdit).SourcePath | Sort-Object |
            Should -Be $bottle.FullName, $cat.FullName
    }

    It 'may have numbers and references: <_> is in its row''s request' -ForEach @(
        'Seed', 'Temperature', 'TopP', 'TopK', 'MaxOutputTokens'
    ) {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        try {
            $null = ConvertTo-Row "Path,Prompt,ReferenceImage,$_", 'cat.png,Sunset,bottle [front].png,1', 'cat.png,Sunset,,' |
                Invoke-TokaifyImageEdit -BaseUri $relay.BaseUri -ThrottleLimit 1
        }
        finally {
            $relay.Dispose()
        }

        $first, $second = $relay.Bodies | ConvertFrom-Json
        $first.generationConfig.$_ | Should -Be 1
        $first.contents[0].parts | Should -HaveCount 3
        $second.generationConfig.PSObject.Properties.Name | Should -Be 'responseModalities'
        $second.contents[0].parts | Should -HaveCount 2
    }

    It 'may be objects with a <Kind> and any other properties' -ForEach @(
        @{
            Kind   = 'PSPath'
            Script = {
                Get-Item -LiteralPath 'bottle [front].png' |
                    Select-Object PSPath, @{ n = 'Prompt'; e = { 'Sunset' } }, @{ n = 'Seed'; e = { '5' } }
            }
        }
        @{
            Kind   = 'FullName'
            Script = { [pscustomobject]@{ Prompt = 'Sunset'; Seed = 5; FullName = (Get-Item -LiteralPath 'bottle [front].png').FullName } }
        }
        @{ Kind = 'LiteralPath'; Script = { [pscustomobject]@{ Prompt = 'Sunset'; LiteralPath = 'bottle [front].png' } } }
        @{ Kind = 'Path'; Script = { [pscustomobject]@{ Prompt = 'Sunset'; Path = 'bottle [front].png'; Temperature = 1 } } }
        @{
            Kind   = 'Prompt beside what Get-Item says'
            Script = { Get-Item -LiteralPath 'bottle [front].png' | Add-Member -PassThru Prompt 'Sunset' }
        }
    ) {
        $result = & $Script | Invoke-TokaifyImageEdit

        $result.SourcePath | Should -Be $bottle.FullName
        $result.Prompt | Should -Be 'Sunset'
    }

    It 'is overridden by the command line' {
        $result = ConvertTo-Row 'Path,Prompt,AspectRatio,OutputName', 'cat.png,Of the row,16:9,row' |
            Invoke-TokaifyImageEdit -Prompt 'Of the line' -AspectRatio 1:1

        $result.Prompt | Should -Be 'Of the line'
        $result.AspectRatio | Should -Be '1:1'
        Split-Path -Leaf $result.Path | Should -Be 'row.png'
    }

    It 'falls back to the command line and to the defaults, row by row' {
        $results = ConvertTo-Row 'Path,Prompt,OutputName', 'cat.png,First,one', 'cat.png,Second,', 'cat.png,Third,' |
            Invoke-TokaifyImageEdit -AspectRatio 16:9 -ThrottleLimit 1

        $results.Path | Split-Path -Leaf | Should -Be 'one.png', 'cat-edited.png', 'cat-edited-2.png'
        $results.AspectRatio | Should -Be '16:9', '16:9', '16:9'
    }

    It 'goes on after an invalid row, which is one error: <Flaw>' -ForEach @(
        @{ Flaw = 'no prompt'; Row = 'cat.png,,,,,'; Id = 'InvalidArgument' }
        @{ Flaw = 'no path'; Row = ',Sunset,,,,'; Id = 'InvalidArgument' }
        @{ Flaw = 'a ratio that the model lacks'; Row = 'cat.png,Sunset,8:1,,,'; Id = 'InvalidArgument' }
        @{ Flaw = 'a temperature beyond its range'; Row = 'cat.png,Sunset,,3,,'; Id = 'InvalidArgument' }
        @{ Flaw = 'a seed that is no number'; Row = 'cat.png,Sunset,,,many,'; Id = 'ParameterArgumentTransformationError' }
        @{ Flaw = 'a name that names a folder'; Row = 'cat.png,Sunset,,,,a/b'; Id = 'InvalidArgument' }
        @{ Flaw = 'a file that is missing'; Row = 'dog.png,Sunset,,,,'; Id = 'FileNotFound' }
    ) {
        $results = ConvertTo-Row 'Path,Prompt,AspectRatio,Temperature,Seed,OutputName', $Row, 'cat.png,Good,,,,' |
            Invoke-TokaifyImageEdit -ErrorAction SilentlyContinue -ErrorVariable failures

        $results.Prompt | Should -Be 'Good'
        $failures | Should -HaveCount 1
        $failures[0] | Get-ErrorId | Should -Be $Id
    }

    It 'is not processed if the command line is invalid' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        try {
            $failure = Get-TerminatingError {
                ConvertTo-Row 'Path,Prompt', 'cat.png,One', 'cat.png,Two' | Invoke-TokaifyImageEdit -Temperature 3 -BaseUri $relay.BaseUri
            }
        }
        finally {
            $relay.Dispose()
        }

        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        $relay.Received | Should -Be 0
    }

    It 'may have different models with a ratio on the command line' {
        $result = ConvertTo-Row 'Path,Prompt,Model', 'cat.png,Sunset,gemini-3.1-flash-image-preview' |
            Invoke-TokaifyImageEdit -AspectRatio 4:1

        $result.AspectRatio | Should -Be '4:1'
    }

    It 'may be calculated, with a script block as a value' {
        $results = Get-ChildItem -LiteralPath $folder |
            Invoke-TokaifyImageEdit -Prompt { "Hang the $($_.BaseName) on a wall." } -OutputName { "wall-$($_.BaseName)" } |
            Sort-Object Prompt

        $results.Prompt | Should -Be 'Hang the bottle [front] on a wall.', 'Hang the cat on a wall.'
        $results.Path | Split-Path -Leaf | Should -Be 'wall-bottle [front].png', 'wall-cat.png'
    }

    It 'may have its images in another column' {
        ([pscustomobject]@{ File = 'bottle [front].png' } | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path { $_.File }).SourcePath |
            Should -Be $bottle.FullName
    }

    It 'is an error for each row that names no file' {
        1, [pscustomobject]@{ Prompt = 'Sunset' } |
            Invoke-TokaifyImageEdit -Prompt 'Sunset' -ErrorAction SilentlyContinue -ErrorVariable failures

        $failures | Should -HaveCount 2
    }
}

Describe 'An earlier result' {
    BeforeAll {
        $folder = Initialize-Folder
        $bottle = Copy-Picture -Name plain.png -To $folder -As 'bottle [front].png'
        $earlier = $bottle | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Model 'gemini-3.1-flash-image-preview' -AspectRatio 4:1
    }

    It 'is edited by its literal path, with the command''s own settings: <Kind>' -ForEach @(
        @{ Kind = 'as it is'; Script = { $earlier } }
        @{
            Kind   = 'from a file'
            Script = { $earlier | Export-Clixml -LiteralPath "$folder/earlier.xml"; Import-Clixml -LiteralPath "$folder/earlier.xml" }
        }
        @{ Kind = 'its pictures'; Script = { $earlier.Images } }
    ) {
        $result = & $Script | Invoke-TokaifyImageEdit -Prompt 'And a boat'

        $result.SourcePath | Should -Be $earlier.Path
        $result.Prompt | Should -Be 'And a boat'
        $result.Model | Should -Be 'gemini-2.5-flash-image'
        $result.AspectRatio | Should -BeNullOrEmpty
    }

    It 'is accepted as a parameter as well' {
        (Invoke-TokaifyImageEdit -Prompt 'And a boat' -InputObject $earlier).SourcePath | Should -Be $earlier.Path
    }

    It 'is not edited with its old prompt if none is given' {
        Get-TerminatingError { $earlier | Invoke-TokaifyImageEdit } | Get-ErrorId | Should -Be 'InvalidArgument'
    }

    It 'gives its values in a script block' {
        $result = $earlier | Invoke-TokaifyImageEdit -Prompt { "$($_.Prompt), once more" } -Model { $_.Model }

        $result.Prompt | Should -Be 'Sunset, once more'
        $result.Model | Should -Be 'gemini-3.1-flash-image-preview'
    }

    It 'can be mixed with files and rows' {
        $row = [pscustomobject]@{ Path = $bottle.FullName; AspectRatio = '1:1' }

        $results = $earlier, $row, $bottle, $earlier | Invoke-TokaifyImageEdit -Prompt 'Mixed' -Destination "$folder/mixed" -ThrottleLimit 1

        $results.SourcePath | Should -Be $earlier.Path, $bottle.FullName, $bottle.FullName, $earlier.Path
        $results.AspectRatio | Should -Be $null, '1:1', $null, $null
    }
}
