BeforeDiscovery {
    $refused = @(
        @{ Name = 'Temperature'; Value = 2.1; Message = '*between 0 and 2*' }
        @{ Name = 'TopP'; Value = 1.01; Message = '*between 0 and 1*' }
        @{ Name = 'TopK'; Value = 0; Message = '*1 or more*' }
        @{ Name = 'MaxOutputTokens'; Value = 0; Message = '*1 or more*' }
        @{ Name = 'ImageSize'; Value = '2K'; Message = '*gemini-2.5-flash-image takes no image size*' }
        @{ Name = 'AspectRatio'; Value = '8:1'; Message = '*has no aspect ratio ''8:1''*gemini-3.1-flash-image*have it.' }
        @{ Name = 'ThinkingLevel'; Value = 'high'; Message = '*has no thinking level to choose*gemini-3.1-flash-image*' }
        @{
            Name    = 'ThinkingLevel'
            Value   = 'medium'
            Also    = @{ Model = 'gemini-3.1-flash-image' }
            Message = '*has no thinking level ''medium''. It takes minimal, high.'
        }
        @{ Name = 'SafetySetting'; Value = @{ Harrasment = 'None' }; Message = "*'Harrasment'*HARM_CATEGORY_HARASSMENT*" }
        @{ Name = 'SafetySetting'; Value = @{ Harassment = 'Never' }; Message = "*'Never'*BLOCK_NONE*" }
        @{ Name = 'AdditionalProperty'; Value = @{ contents = @() }; Message = '*contents*' }
        @{
            Name    = 'AdditionalProperty'
            Value   = @{ labels = @{ file = [System.IO.FileInfo] 'x' } }
            Message = '*-AdditionalProperty holds a FileInfo*'
        }
        @{ Name = 'AdditionalProperty'; Value = @{ x = [double]::NaN }; Message = '*NaN*' }
        @{ Name = 'Tool'; Value = @{ x = { 'script' } }; Message = '*-Tool holds a ScriptBlock*' }
        @{ Name = 'OutputName'; Value = '{nmae}'; Message = '*{nmae}*' }
        @{ Name = 'Destination'; Value = 'Variable:PWD'; Message = '*drive*' }
        @{ Name = 'Seed'; Value = [int]::MaxValue; Also = @{ Count = 2 }; Message = '*next seed*' }
        @{ Name = 'Model'; Value = ''; Message = '*-Model is empty*' }
        @{ Name = 'ReferenceImage'; Value = 'a.png', ''; Message = '*-ReferenceImage is empty*' }
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

Describe 'An option of the request' {
    BeforeEach {
        $folder = Initialize-Folder
        $picture = Copy-Picture -Name plain.png -To $folder
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'ends the command before anything is sent if it is invalid: -<Name> <Value>' -ForEach $refused {
        $options = @{ $Name = $Value } + $(if ($Also) { $Also } else { @{} })

        $failure = Get-TerminatingError {
            $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -BaseUri $relay.BaseUri @options -ErrorAction SilentlyContinue
        }

        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        $failure.Exception.Message | Should -BeLike $Message
        $relay.Received | Should -Be 0
    }

    It 'ends the command if it is not a number' {
        Get-TerminatingError { $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Seed 'many' } |
            Get-ErrorId | Should -Be 'ParameterArgumentTransformationError'
    }

    It 'ends the command if a table contains itself' {
        $table = @{}
        $table.Self = @{ List = @($table) }

        $failure = Get-TerminatingError { $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -AdditionalProperty $table }

        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        $failure.Exception.Message | Should -BeLike '*holds itself*'
    }

    It 'is sent as the JSON <Json> if it is <Kind>' -ForEach @(
        @{ Kind = 'nothing in a list'; Value = @($null, 1); Json = '[null,1]' }
        @{ Kind = 'a number'; Value = 0.25; Json = '0.25' }
        @{ Kind = 'a large number'; Value = [long]::MaxValue; Json = '9223372036854775807' }
        @{ Kind = 'true'; Value = $true; Json = 'true' }
        @{ Kind = 'a text that looks like a number'; Value = '5'; Json = '"5"' }
        @{ Kind = 'an empty list'; Value = @(); Json = '[]' }
        @{ Kind = 'a list of one'; Value = @(, 'a'); Json = '["a"]' }
        @{ Kind = 'lists in lists'; Value = @(@(1, 2), @()); Json = '[[1,2],[]]' }
        @{ Kind = 'an object'; Value = [pscustomobject]@{ b = 1; a = @{ c = 'd' } }; Json = '{"b":1,"a":{"c":"d"}}' }
        @{ Kind = 'an ordered table'; Value = [ordered]@{ z = 1; a = $false }; Json = '{"z":1,"a":false}' }
        @{
            Kind  = 'a date'
            Value = [datetime]::new(2026, 1, 2, 3, 4, 5, [System.DateTimeKind]::Utc)
            Json  = '"2026-01-02T03:04:05.0000000Z"'
        }
        @{ Kind = 'a time span'; Value = [timespan]::FromMilliseconds(1500); Json = '"1.5s"' }
        @{ Kind = 'bytes'; Value = [byte[]] (1, 2, 3); Json = '"AQID"' }
        @{ Kind = 'a value of an enumeration'; Value = [System.DayOfWeek]::Friday; Json = '"Friday"' }
    ) {
        $null = $picture |
            Invoke-TokaifyImageEdit -Prompt 'Sunset' -BaseUri $relay.BaseUri -AdditionalProperty @{ probe = @{ value = $Value } }

        $relay.LastBody | Should -BeLike ('*,"probe":{"value":' + $Json.Replace('[', '`[') + '}}')
    }

    It 'sends a thinking level if the model has one, also from a row' {
        $rows = @(
            [pscustomobject]@{ Path = $picture.FullName; ThinkingLevel = 'High' }
            [pscustomobject]@{ Path = $picture.FullName; ThinkingLevel = '' }
        )

        $null = $rows |
            Invoke-TokaifyImageEdit -Prompt 'Sunset' -Model gemini-3.1-flash-image -BaseUri $relay.BaseUri -ThrottleLimit 1

        $configs = ($relay.Bodies | ConvertFrom-Json).generationConfig
        $configs[0].thinkingConfig.thinkingLevel | Should -Be 'high'
        $configs[1].PSObject.Properties.Name | Should -Not -Contain 'thinkingConfig'
    }

    It 'of each kind is accepted by the service' {
        $options = @{
            Model = 'gemini-3.1-flash-image'; AspectRatio = '16:9'; ImageSize = '512'; IncludeText = $true; ThinkingLevel = 'high'
            SystemInstruction = 'Flat colours'; Temperature = 0.4; TopP = 0.9; TopK = 32; MaxOutputTokens = 8192; Seed = 7
            SafetySetting = @{ HARM_CATEGORY_HARASSMENT = 'BLOCK_NONE' }; Tool = @{ googleSearch = @{} }
            AdditionalProperty = @{ generationConfig = @{ presencePenalty = 0.5 } }
        }

        $result = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' @options

        $result.Status | Should -Be 'Saved'
        $result.Text | Should -BeLike '*Sunset*'
        $result.Images[0].Width | Should -Be 688
    }

    It 'gives another image: -<Name>' -ForEach @(
        @{ Name = 'Seed'; Value = 7 }
        @{ Name = 'SystemInstruction'; Value = 'Flat colours' }
        @{ Name = 'Temperature'; Value = 0.4 }
        @{ Name = 'SafetySetting'; Value = @{ Harassment = 'None' } }
    ) {
        $options = @{ $Name = $Value }

        $plain = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset'
        $other = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' @options

        Get-Sha256 $other.Path | Should -Not -Be (Get-Sha256 $plain.Path)
    }

    It 'is the same in every process, with several categories of harm: a plain table is sorted, an ordered one keeps its order' {
        $plain = [Tokaify.PowerShell.SafetyTable] @{ SexuallyExplicit = 1; Harassment = 1; HateSpeech = 1; Jailbreak = 1 }
        $ordered = [Tokaify.PowerShell.SafetyTable] [ordered] @{ HateSpeech = 'None'; Harassment = 'None' }

        @($plain.Keys) | Should -Be 'Harassment', 'HateSpeech', 'Jailbreak', 'SexuallyExplicit'
        @($ordered.Keys) | Should -Be 'HateSpeech', 'Harassment'
    }

    It 'requests no text by default' {
        ($picture | Invoke-TokaifyImageEdit -Prompt 'Sunset').Text | Should -BeNullOrEmpty
    }

    It 'takes an image size in lower case' {
        $result = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Model 'gemini-3.1-flash-image' -ImageSize 2k

        $result.Images[0].Width | Should -Be 2048
    }
}

Describe 'Reference images' {
    BeforeEach {
        $folder = Initialize-Folder
        $picture = Copy-Picture -Name plain.png -To $folder
        $more = (New-Item -ItemType Directory -Path "$folder/more [1]").FullName
        'b.jpg', 'a.jpg', 'c.jpg' | ForEach-Object { $null = Copy-Picture -Name baseline.jpg -To $more -As $_ }
        $null = Copy-Picture -Name lossy.webp -To $folder -As 'look [1].webp'
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))

        function Get-SentType {
            param([string] $Body)

            @(($Body | ConvertFrom-Json).contents[0].parts.inline_data.mime_type)
        }
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'follow the source in the order they are given, wildcards and files alike' {
        $file = Get-Item -LiteralPath "$folder/look [1].webp"

        $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -ReferenceImage $file, "$folder/more*/a.jpg" -BaseUri $relay.BaseUri

        Get-SentType $relay.LastBody | Should -Be 'image/png', 'image/webp', 'image/jpeg'
    }

    It 'are resolved from the current location' {
        Push-Location -LiteralPath $folder
        try {
            $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -ReferenceImage 'look [1].webp' -BaseUri $relay.BaseUri
        }
        finally {
            Pop-Location
        }

        Get-SentType $relay.LastBody | Should -Be 'image/png', 'image/webp'
    }

    It 'may be an earlier result' {
        $result = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset'

        $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -ReferenceImage $result -BaseUri $relay.BaseUri

        Get-SentType $relay.LastBody | Should -Be 'image/png', 'image/png'
    }

    It 'are an error if there are more than the model accepts together with the source: nothing is sent' {
        $failure = Get-TerminatingError {
            $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -ReferenceImage "$folder/more*/*.jpg" -Model 'gemini-2.5-flash-image' `
                -BaseUri $relay.BaseUri
        }

        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        $failure.Exception.Message | Should -BeLike '*3 pictures*these are 4*'
        $relay.Received | Should -Be 0
    }

    It 'may be as many as the model accepts' {
        $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -ReferenceImage "$folder/more*/*.jpg" `
            -Model 'gemini-3.1-flash-image' -BaseUri $relay.BaseUri

        Get-SentType $relay.LastBody | Should -HaveCount 4
    }

    It 'end the command with <Id> if one is <Kind>' -ForEach @(
        @{ Kind = 'missing'; Name = 'missing.png'; Id = 'FileNotFound' }
        @{ Kind = 'a wildcard that nothing matches'; Name = 'missing*.png'; Id = 'FileNotFound' }
        @{ Kind = 'a folder'; Name = '.'; Id = 'UnsupportedImage' }
        @{ Kind = 'no picture'; Name = 'text.png'; Id = 'UnsupportedImage' }
    ) {
        Set-Content -LiteralPath "$folder/text.png" -Value 'This is no picture.'

        Get-TerminatingError {
            $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -ReferenceImage "$folder/$Name" -BaseUri $relay.BaseUri
        } |
            Get-ErrorId | Should -Be $Id
        $relay.Received | Should -Be 0
    }
}

Describe 'A warning' {
    BeforeEach {
        $folder = Initialize-Folder
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'is written once for a command with the extreme ratio <_>' -ForEach '1:8', '8:1' {
        $pictures = 'a.png', 'b.png' | ForEach-Object { Copy-Picture -Name plain.png -To $folder -As $_ }

        $null = $pictures | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Model 'gemini-3.1-flash-image' -AspectRatio $_ `
            -BaseUri $relay.BaseUri -WarningVariable warnings -WarningAction SilentlyContinue

        $extreme = @($warnings.Message) -like '*extreme*'
        $extreme | Should -HaveCount 1
        $extreme[0] | Should -BeLike "*$_*extreme*"
        $relay.Received | Should -Be 2
    }

    It 'is not written for the ratio <_>' -ForEach '1:4', '4:1', '21:9' {
        $picture = Copy-Picture -Name plain.png -To $folder

        $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Model 'gemini-3.1-flash-image' -AspectRatio $_ `
            -BaseUri $relay.BaseUri -WarningVariable warnings -WarningAction SilentlyContinue

        @($warnings.Message) -like '*extreme*' | Should -BeNullOrEmpty
    }

    It 'names the files if they take more than 20 MB together, and they are sent nonetheless' {
        $picture = Copy-Picture -Name plain.png -To $folder
        $large = Copy-Picture -Name plain.png -To $folder -As 'large.png'
        $stream = $large.OpenWrite()
        $stream.SetLength(16MB)
        $stream.Dispose()

        $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -ReferenceImage $large -BaseUri $relay.BaseUri `
            -WarningVariable warnings -WarningAction SilentlyContinue

        $warnings | Should -HaveCount 1
        $warnings[0].Message | Should -BeLike '*21.3 MB*20 MB*plain.png*large.png*'
        $relay.Received | Should -Be 1
    }
}
