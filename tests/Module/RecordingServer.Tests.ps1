BeforeDiscovery {
    . "$PSScriptRoot/RecordingServer.ps1"
    $python = Find-Python
    if (-not $python) {
        Write-Information -InformationAction Continue `
            'Python 3 is not installed: the module''s requests are not checked with a server in another language.'
    }

    $accents = "$([char]0xE9)t$([char]0xE9) $([char]0x2013) $([char]0x732B).jpg"
    $sources = @(
        @{ Format = 'PNG'; Picture = 'bottle [[]front].png'; As = 'bottle [front].png'; MimeType = 'image/png' }
        @{ Format = 'JPEG'; Picture = '*plage.jpg'; As = $accents; MimeType = 'image/jpeg' }
        @{ Format = 'WebP'; Picture = 'Caf*.webp'; As = 'au lait #1.webp'; MimeType = 'image/webp' }
        @{ Format = 'HEIC'; Picture = 'plain.heic'; As = 'IMG 0001.HEIC'; MimeType = 'image/heic' }
        @{ Format = 'HEIF'; Picture = 'structural.heif'; As = 'a.b.c.heif'; MimeType = 'image/heif' }
        @{ Format = 'JPEG that is called .png'; Picture = 'baseline.jpg'; As = 'misnamed.png'; MimeType = 'image/jpeg' }
    )
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/RecordingServer.ps1"
    Clear-Session

    function Copy-Source {
        param([Parameter(Mandatory)] [string] $Picture, [Parameter(Mandatory)] [string] $As, [Parameter(Mandatory)] [string] $To)

        $source = Get-ChildItem -Path "$Pictures/$Picture", "$Samples/$Picture" -ErrorAction Ignore | Select-Object -First 1
        $copy = Join-Path $To $As
        [System.IO.File]::Copy($source.FullName, $copy)
        Get-Item -LiteralPath $copy
    }
}

AfterAll {
    Restore-Session
}

Describe 'The main job against a server that is not the emulator' -Skip:(-not $python) -ForEach @{ Python = $python; Sources = $sources } {
    Context 'on a folder of real files, one of each format and more' {
        BeforeAll {
            $prompt = "Make it `"evening`"`nat the sea: caf$([char]0xE9) <open> & lit"
            $folder = Initialize-Folder
            $output = Join-Path $folder 'output'
            foreach ($source in $Sources) {
                $null = Copy-Source -Picture $source.Picture -As $source.As -To $folder
            }

            $server = Open-RecordingServer -Picture "$Samples/cat.png"
            $results = Get-ChildItem -LiteralPath $folder -File |
                Invoke-TokaifyImageEdit -Prompt $prompt -Destination $output `
                    -BaseUri $server.BaseUri -ApiKey (ConvertTo-Secret 'sk-recorded')
            $recordings = @(Get-Recording $server)
        }

        AfterAll {
            Close-RecordingServer $server
        }

        It 'sends one request for each file' {
            $results | Should -HaveCount $Sources.Count
            $recordings | Should -HaveCount $Sources.Count
        }

        It 'sends each as the API documents it' {
            foreach ($recording in $recordings) {
                $recording.Method | Should -BeExactly 'POST'
                $recording.Path | Should -BeExactly '/v1beta/models/gemini-2.5-flash-image:generateContent'
                Get-Header $recording 'Authorization' | Should -BeExactly 'Bearer sk-recorded'
                Get-Header $recording 'Content-Type' | Should -Match '^application/json(; ?charset=utf-8)?$'
            }
        }

        It 'sends the length of each request' {
            foreach ($recording in $recordings) {
                Get-Header $recording 'Content-Length' | Should -Be $recording.Bytes.Length
                Get-Header $recording 'Transfer-Encoding' | Should -BeNullOrEmpty
            }
        }

        It 'sends a <Format> as it is: <As>' -ForEach $sources {
            $data = [Convert]::ToBase64String([System.IO.File]::ReadAllBytes((Join-Path $folder $As)))

            $recording = @($recordings | Where-Object { $_.Leaves -ccontains "contents[0].parts[1].inline_data.data = $data" })

            $recording | Should -HaveCount 1
            $recording[0].Leaves | Should -BeExactly @(
                'contents[0].role = user'
                "contents[0].parts[0].text = $prompt"
                "contents[0].parts[1].inline_data.mime_type = $MimeType"
                "contents[0].parts[1].inline_data.data = $data"
                'generationConfig.responseModalities[0] = IMAGE'
            )
        }

        It 'saves exactly the server''s bytes of each' {
            foreach ($result in $results) {
                $result.Images[0].MimeType | Should -Be 'image/png'
                Get-Sha256 $result.Path | Should -Be (Get-Sha256 "$Samples/cat.png")
            }
            Get-ChildItem -LiteralPath $output -Force | Should -HaveCount $Sources.Count
        }

        It 'names each after its source' {
            foreach ($result in $results) {
                $source = [System.IO.Path]::GetFileNameWithoutExtension($result.SourcePath)
                [System.IO.Path]::GetFileName($result.Path) | Should -BeExactly "$source-edited.png"
            }
        }
    }

    Context 'with a choice of model and aspect ratio' {
        BeforeAll {
            $folder = Initialize-Folder
            $picture = Copy-Picture -Name plain.png -To $folder
            $server = Open-RecordingServer -Picture "$Pictures/plain.png"
            Connect-Tokaify -BaseUri $server.BaseUri -ApiKey (ConvertTo-Secret 'sk-recorded')
            $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Model 'gemini-3.1-flash-image-preview' -AspectRatio 21:9
            $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Model 'models/gemini-3.1-flash-image-preview'
            $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -SkipExisting
            $recordings = @(Get-Recording $server)
        }

        AfterAll {
            Close-RecordingServer $server
            Disconnect-Tokaify
        }

        It 'names the model in the path' {
            $recordings[0].Path | Should -BeExactly '/v1beta/models/gemini-3.1-flash-image-preview:generateContent'
        }

        It 'names it without the prefix of model lists' {
            $recordings[1].Path | Should -BeExactly '/v1beta/models/gemini-3.1-flash-image-preview:generateContent'
        }

        It 'sends the requested aspect ratio, in the form of the 3.1 documentation' {
            $recordings[0].Leaves[-2..-1] | Should -BeExactly @(
                'generationConfig.responseModalities[0] = IMAGE'
                'generationConfig.imageConfig.aspectRatio = 21:9'
            )
        }

        It 'sends no aspect ratio by default' {
            $recordings[1].Leaves[-1] | Should -BeExactly 'generationConfig.responseModalities[0] = IMAGE'
        }

        It 'sends nothing for sources that -SkipExisting skips' {
            $recordings | Should -HaveCount 2
        }
    }

    Context 'with every option of the request' {
        BeforeAll {
            $folder = Initialize-Folder
            $picture = Copy-Picture -Name plain.png -To $folder
            $reference = Copy-Picture -Name baseline.jpg -To $folder
            $options = @{
                Model              = 'gemini-3.1-flash-image-preview'
                AspectRatio        = '16:9'
                ImageSize          = '2K'
                ReferenceImage     = $reference
                IncludeText        = $true
                SystemInstruction  = 'Flat <colours> & "ink"'
                Temperature        = 0.5
                TopP               = 0.25
                TopK               = 40
                MaxOutputTokens    = 4096
                Seed               = 41
                Count              = 2
                ThrottleLimit      = 1
                SafetySetting      = [ordered]@{ HARM_CATEGORY_HATE_SPEECH = 'BLOCK_ONLY_HIGH'; Harassment = 'None' }
                Tool               = @{ googleSearch = @{} }, [ordered]@{ urlContext = [ordered]@{ depth = 2; deep = $true } }
                AdditionalProperty = @{
                    generationConfig = @{ stopSequences = @(, 'END'); image_config = @{ extra = 'x' } }
                    labels           = [ordered]@{ team = 'a'; none = $null }
                }
            }
            $server = Open-RecordingServer -Picture "$Pictures/plain.png"
            $null = $picture |
                Invoke-TokaifyImageEdit -Prompt 'Sunset' @options -BaseUri $server.BaseUri -ApiKey (ConvertTo-Secret 'sk-recorded')
            $rows = @(
                [pscustomobject]@{ PSPath = $picture.PSPath; Prompt = 'First'; Seed = '1'; Model = ''; Destination = "$folder/rows" }
                [pscustomobject]@{ Path = $picture.FullName; Prompt = 'Second'; Seed = ''; Model = 'another'; Destination = "$folder/rows" }
            )
            $null = $rows | Invoke-TokaifyImageEdit -BaseUri $server.BaseUri -ApiKey (ConvertTo-Secret 'sk-recorded') -ThrottleLimit 1
            $recordings = @(Get-Recording $server)
        }

        AfterAll {
            Close-RecordingServer $server
        }

        It 'puts each into its documented field' {
            $recordings[0].Leaves -notlike 'contents*.data = *' | Should -BeExactly @(
                'contents[0].role = user'
                'contents[0].parts[0].text = Sunset'
                'contents[0].parts[1].inline_data.mime_type = image/png'
                'contents[0].parts[2].inline_data.mime_type = image/jpeg'
                'systemInstruction.parts[0].text = Flat <colours> & "ink"'
                'generationConfig.responseModalities[0] = TEXT'
                'generationConfig.responseModalities[1] = IMAGE'
                'generationConfig.imageConfig.aspectRatio = 16:9'
                'generationConfig.imageConfig.imageSize = 2K'
                'generationConfig.imageConfig.extra = x'
                'generationConfig.temperature = 0.5'
                'generationConfig.topP = 0.25'
                'generationConfig.topK = 40'
                'generationConfig.maxOutputTokens = 4096'
                'generationConfig.seed = 41'
                'generationConfig.stopSequences[0] = END'
                'safetySettings[0].category = HARM_CATEGORY_HATE_SPEECH'
                'safetySettings[0].threshold = BLOCK_ONLY_HIGH'
                'safetySettings[1].category = HARM_CATEGORY_HARASSMENT'
                'safetySettings[1].threshold = BLOCK_NONE'
                'tools[0].googleSearch = {}'
                'tools[1].urlContext.depth = 2'
                'tools[1].urlContext.deep = True'
                'labels.team = a'
            ) -Because ($recordings[0].Leaves -notlike 'contents*.data = *' -join "`n")
        }

        It 'sends the images in their order' {
            $sent = @($recordings[0].Leaves -like 'contents*.data = *' -replace '^.* = ')
            $bytes = $picture, $reference | ForEach-Object { [Convert]::ToBase64String([System.IO.File]::ReadAllBytes($_.FullName)) }
            $sent | Should -BeExactly $bytes
        }

        It 'sends the next variation with the next seed, and otherwise the same request' {
            $recordings[1].Leaves -notlike '*seed*' | Should -BeExactly ($recordings[0].Leaves -notlike '*seed*')
            $recordings[1].Leaves | Should -Contain 'generationConfig.seed = 42'
        }

        It 'sends the values of each row' {
            $recordings | Should -HaveCount 4
            $recordings[2].Leaves | Should -Contain 'contents[0].parts[0].text = First'
            $recordings[2].Leaves[-1] | Should -BeExactly 'generationConfig.seed = 1'
            $recordings[2].Path | Should -BeLike '*/gemini-2.5-flash-image:*'
            $recordings[3].Leaves | Should -Contain 'contents[0].parts[0].text = Second'
            $recordings[3].Leaves[-1] | Should -BeExactly 'generationConfig.responseModalities[0] = IMAGE'
            $recordings[3].Path | Should -BeLike '*/another:*'
        }
    }

    Context 'that responds with <Kind>' -ForEach @(
        @{ Kind = 'a JPEG that it calls image/png'; Picture = 'baseline.jpg'; Options = @(); Extension = '.jpg'; MimeType = 'image/jpeg' }
        @{ Kind = 'a WebP that it calls image/png'; Picture = 'lossy.webp'; Options = @(); Extension = '.webp'; MimeType = 'image/webp' }
        @{
            Kind      = 'a JPEG in snake case'
            Picture   = 'progressive.jpg'
            Options   = '--mime-type', 'image/jpeg', '--snake-case'
            Extension = '.jpg'
            MimeType  = 'image/jpeg'
        }
        @{
            Kind      = 'a PNG that it calls a file'
            Picture   = 'plain.png'
            Options   = '--mime-type', 'application/octet-stream'
            Extension = '.png'
            MimeType  = 'image/png'
        }
    ) {
        BeforeAll {
            $server = Open-RecordingServer -Picture "$Pictures/$Picture" -Options $Options
            $result = Copy-Picture -Name plain.heic -To (Initialize-Folder) |
                Invoke-TokaifyImageEdit -Prompt 'Sunset' -BaseUri $server.BaseUri -ApiKey (ConvertTo-Secret 'sk-recorded')
        }

        AfterAll {
            Close-RecordingServer $server
        }

        It 'saves it byte for byte' {
            Get-Sha256 $result.Path | Should -Be (Get-Sha256 "$Pictures/$Picture")
        }

        It 'takes the extension, the type and the size from the bytes' {
            [System.IO.Path]::GetExtension($result.Path) | Should -BeExactly $Extension
            $result.Images[0].MimeType | Should -BeExactly $MimeType
            $result.Images[0].Width | Should -Be 61
            $result.Images[0].Height | Should -Be 43
        }

        It 'has the values of the server, and no others' {
            $result.FinishReason | Should -Be 'STOP'
            $result.Usage | Should -BeNullOrEmpty
            $result.ModelVersion | Should -BeNullOrEmpty
            $result.Attempts | Should -Be 1
        }
    }
}
