BeforeDiscovery {
    . "$PSScriptRoot/RecordingServer.ps1"
    $python = Find-Python
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/RecordingServer.ps1"
    Clear-Session

    # A model that signs its images, and refuses a later turn without its signatures.
    $SigningModel = 'gemini-3.1-flash-image-preview'

    # A folder with an image, and a conversation after its first turn.
    function Initialize-Conversation {
        $folder = Initialize-Folder
        $picture = Copy-Picture -Name plain.png -To $folder -As 'cat.png'
        $conversation = New-TokaifyConversation -Model $SigningModel
        $result = $picture | Invoke-TokaifyImageEdit -Prompt 'Make it evening' -Conversation $conversation
        [pscustomobject]@{ Folder = $folder; Picture = $picture; Conversation = $conversation; Result = $result }
    }
}

AfterAll {
    Restore-Session
}

Describe 'New-TokaifyConversation' {
    It 'begins an empty one, and needs neither key nor network' {
        $conversation = New-TokaifyConversation

        $conversation.Turns | Should -BeNullOrEmpty
        $conversation.Model | Should -BeExactly 'gemini-2.5-flash-image'
        $conversation.SystemInstruction | Should -BeNullOrEmpty
    }

    It 'takes the model and the system instruction' {
        $conversation = New-TokaifyConversation $SigningModel -SystemInstruction 'Keep the faces'

        $conversation.Model | Should -BeExactly $SigningModel
        $conversation.SystemInstruction | Should -BeExactly 'Keep the faces'
    }

    It 'takes the session''s model if none is named' {
        Connect-Tokaify -Model $SigningModel -ApiKey (ConvertTo-Secret 'sk-test-1234')
        try {
            (New-TokaifyConversation).Model | Should -BeExactly $SigningModel
        }
        finally {
            Disconnect-Tokaify
        }
    }

    It 'does not read the address of the environment, which it does not use' {
        $before = $env:TOKAIFY_BASE_URL
        $env:TOKAIFY_BASE_URL = 'api.tokaify.com'
        try {
            (New-TokaifyConversation).Model | Should -BeExactly 'gemini-2.5-flash-image'
        }
        finally {
            $env:TOKAIFY_BASE_URL = $before
        }
    }

    It 'gives each its own name' {
        (New-TokaifyConversation).Id | Should -Not -Be (New-TokaifyConversation).Id
    }
}

Describe 'A conversation with a model that signs what it makes' {
    BeforeAll {
        Start-TokaifyEmulator
    }

    AfterAll {
        Stop-TokaifyEmulator
    }

    Context 'of three turns, the first with an image' {
        BeforeAll {
            $start = Initialize-Conversation
            $conversation = $start.Conversation
            $second = Invoke-TokaifyImageEdit 'And now snow' -Conversation $conversation
            $third = Invoke-TokaifyImageEdit -Prompt 'Again, wider' -Conversation $conversation -AspectRatio 21:9
        }

        It 'is accepted by the service, with its signatures' {
            $start.Result, $second, $third | ForEach-Object { $_.Status | Should -Be 'Saved' }
            $third.Images[0].Width | Should -Be 1584
        }

        It 'has the texts and images of all turns, in order' {
            $conversation.Turns.Prompt | Should -BeExactly @('Make it evening', 'And now snow', 'Again, wider')
            $conversation.Turns[0].Sources | Should -BeExactly @($start.Picture.FullName)
            $conversation.Turns[0].Pictures | Should -BeExactly @($start.Result.Path)
            $conversation.Turns[1].Sources | Should -BeNullOrEmpty
            $conversation.Turns[2].Pictures | Should -BeExactly @($third.Path)
        }

        It 'counts a prompt and its response as one turn' {
            $conversation.Turns | Should -HaveCount 3
            "$conversation" | Should -BeExactly "3 turns with $SigningModel"
            (Initialize-Conversation).Conversation | ForEach-Object ToString | Should -BeExactly "1 turn with $SigningModel"
        }

        It 'names what it saves after the first image' {
            $start.Result, $second, $third | ForEach-Object { Split-Path -Leaf $_.Path } |
                Should -BeExactly @('cat-edited.png', 'cat-edited-2.png', 'cat-edited-3.png')
        }

        It 'names for each turn the image that it continued from' {
            $second.SourcePath | Should -BeExactly $start.Result.Path
            $third.SourcePath | Should -BeExactly $second.Path
        }

        It 'is shown in one line, and each turn in one line' {
            ($conversation | Out-String) | Should -Match "$SigningModel\s+3\s+cat-edited-3\.png"
            ($conversation.Turns | Out-String) | Should -Match 'Make it evening\s+cat\.png\s+cat-edited\.png'
            ($conversation.Turns | Out-String) | Should -Match 'And now snow\s+cat-edited-2\.png'
        }
    }

    It 'can be continued in a loop' {
        $start = Initialize-Conversation

        $results = 'And now snow', 'And now fog' | ForEach-Object { Invoke-TokaifyImageEdit $_ -Conversation $start.Conversation }

        $results.Status | Should -Be @('Saved', 'Saved')
    }

    It 'can be continued by a program that calls the command' {
        $start = Initialize-Conversation

        $program = [powershell]::Create('CurrentRunspace').AddCommand('Invoke-TokaifyImageEdit')
        $results = $program.AddParameter('Prompt', 'And now snow').AddParameter('Conversation', $start.Conversation).Invoke()

        $results.Status | Should -Be 'Saved'
    }

    It 'accepts another image in a later turn: from <From>' -ForEach @(
        @{
            From = 'the pipeline'
            Turn = { param($picture, $conversation) $picture | Invoke-TokaifyImageEdit 'Put this in' -Conversation $conversation }
        }
        @{
            From = '-Path'
            Turn = { param($picture, $conversation) Invoke-TokaifyImageEdit 'Put this in' $picture.FullName -Conversation $conversation }
        }
        @{
            From = 'an earlier result'
            Turn = {
                param($picture, $conversation)
                $earlier = $picture | Invoke-TokaifyImageEdit 'Night' -SkipExisting -OutputName alpha
                $earlier | Invoke-TokaifyImageEdit 'Put this in' -Conversation $conversation
            }
        }
        @{
            From = '-LiteralPath'
            Turn = {
                param($picture, $conversation)
                Invoke-TokaifyImageEdit 'Put this in' -LiteralPath $picture.FullName -Conversation $conversation
            }
        }
    ) {
        $start = Initialize-Conversation
        $other = Copy-Picture -Name alpha.png -To $start.Folder

        $result = & $Turn $other $start.Conversation

        $result.SourcePath | Should -BeExactly $other.FullName
        $start.Conversation.Turns[1].Sources | Should -BeExactly @($other.FullName)
        Split-Path -Leaf $result.Path | Should -BeExactly 'cat-edited-2.png'
    }

    It 'accepts more images in a turn with -ReferenceImage, and other options' {
        $start = Initialize-Conversation
        $other = Copy-Picture -Name alpha.png -To $start.Folder

        $result = $other | Invoke-TokaifyImageEdit 'Put both in' -Conversation $start.Conversation -ReferenceImage $start.Picture.FullName `
            -IncludeText -Seed 7

        $result.Text | Should -Not -BeNullOrEmpty
        $start.Conversation.Turns[1].Sources | Should -BeExactly @($other.FullName, $start.Picture.FullName)
        $start.Conversation.Turns[1].Text | Should -BeExactly $result.Text
        (Invoke-TokaifyImageEdit 'And now snow' -Conversation $start.Conversation).Status | Should -Be 'Saved'
    }

    Context 'whose first turn saved in another folder than that of its image' {
        BeforeEach {
            $folder = Initialize-Folder
            $elsewhere = Join-Path $folder 'evening'
            $picture = Copy-Picture -Name plain.png -To $folder -As 'cat.png'
            $conversation = New-TokaifyConversation -Model $SigningModel
            $null = $picture | Invoke-TokaifyImageEdit 'Make it evening' -Conversation $conversation -Destination $elsewhere
        }

        It 'saves further turns there, and nothing beside the first image' {
            $second = Invoke-TokaifyImageEdit 'And now snow' -Conversation $conversation
            $third = Invoke-TokaifyImageEdit 'And now fog' -Conversation $conversation

            $second, $third | ForEach-Object Path | Split-Path -Parent | Should -BeExactly @($elsewhere, $elsewhere)
            Get-ChildItem -LiteralPath $folder -File | ForEach-Object Name | Should -BeExactly 'cat.png'
        }

        It 'saves further turns there, also with another image from another folder' {
            $other = Copy-Picture -Name alpha.png -To (Initialize-Folder)

            $second = $other | Invoke-TokaifyImageEdit 'Put this in' -Conversation $conversation

            Split-Path -Parent $second.Path | Should -BeExactly $elsewhere
            Get-ChildItem -LiteralPath $other.DirectoryName | Should -HaveCount 1
        }

        It 'saves in the -Destination, and further turns there as well' {
            $second = Invoke-TokaifyImageEdit 'And now snow' -Conversation $conversation -Destination "$folder/snow"
            $third = Invoke-TokaifyImageEdit 'And now fog' -Conversation $conversation

            $second, $third | ForEach-Object Path | Split-Path -Parent | Split-Path -Leaf | Should -BeExactly @('snow', 'snow')
        }

        It 'saves further turns there after it is restored, also from a moved folder' {
            $conversation | Save-TokaifyConversation "$folder/c.json"
            Move-Item -LiteralPath $folder -Destination "$folder-moved"

            $second = Invoke-TokaifyImageEdit 'And now snow' -Conversation (Restore-TokaifyConversation "$folder-moved/c.json")

            Split-Path -Parent $second.Path | Should -BeExactly (Join-Path "$folder-moved" 'evening')
        }

        It 'keeps its folder if a turn fails in another one' {
            $refused = @{ Destination = "$folder/snow"; SystemInstruction = 'Be shy'; ErrorAction = 'SilentlyContinue' }
            $null = Invoke-TokaifyImageEdit 'And now snow' -Conversation $conversation @refused
            $third = Invoke-TokaifyImageEdit 'And now fog' -Conversation $conversation

            Split-Path -Parent $third.Path | Should -BeExactly $elsewhere
        }
    }

    It 'does not overwrite its own images with -Force' {
        $start = Initialize-Conversation

        $second = Invoke-TokaifyImageEdit 'And now snow' -Conversation $start.Conversation -Force
        $third = Invoke-TokaifyImageEdit 'And now fog' -Conversation $start.Conversation -Force

        $start.Result, $second, $third | ForEach-Object Path | Sort-Object -Unique | Should -HaveCount 3
    }

    It 'continues in another folder with -Destination' {
        $start = Initialize-Conversation
        $elsewhere = Join-Path $start.Folder 'elsewhere'

        $result = Invoke-TokaifyImageEdit 'And now snow' -Conversation $start.Conversation -Destination $elsewhere

        $result.Path | Should -BeExactly (Join-Path $elsewhere 'cat-edited.png')
    }

    It 'sends nothing with -WhatIf, and is unchanged' {
        $start = Initialize-Conversation

        Invoke-TokaifyImageEdit 'And now snow' -Conversation $start.Conversation -WhatIf | Should -BeNullOrEmpty

        $start.Conversation.Turns | Should -HaveCount 1
    }

    It 'can be continued if an image was copied back and has another time' {
        $start = Initialize-Conversation
        (Get-Item -LiteralPath $start.Result.Path).LastWriteTime = [datetime] '2020-02-02'

        (Invoke-TokaifyImageEdit 'And now snow' -Conversation $start.Conversation).Status | Should -Be 'Saved'
    }

    Context 'that cannot be continued' {
        BeforeEach {
            $start = Initialize-Conversation
            $conversation = $start.Conversation
        }

        AfterEach {
            $conversation.Turns | Should -HaveCount 1 -Because 'a turn that failed leaves nothing behind'
        }

        It 'says which image changed: <Which>' -ForEach @(
            @{ Which = 'the source'; Path = { $start.Picture.FullName } }
            @{ Which = 'what was saved'; Path = { $start.Result.Path } }
        ) {
            $path = & $Path
            $bytes = [IO.File]::ReadAllBytes($path)
            $time = (Get-Item -LiteralPath $path).LastWriteTimeUtc
            $bytes[-1] = $bytes[-1] -bxor 1
            [IO.File]::WriteAllBytes($path, $bytes)
            (Get-Item -LiteralPath $path).LastWriteTimeUtc = $time

            $null = Invoke-TokaifyImageEdit 'And now snow' -Conversation $conversation -ErrorVariable failure -ErrorAction SilentlyContinue

            $failure | Get-ErrorId | Should -Be 'UnsupportedImage'
            $failure[0].Exception.Message | Should -BeLike "*'$path' is part of the conversation and has changed since*"
        }

        It 'says which image is no longer an image' {
            Set-Content -LiteralPath $start.Result.Path -Value 'no picture'

            $null = Invoke-TokaifyImageEdit 'And now snow' -Conversation $conversation -ErrorVariable failure -ErrorAction SilentlyContinue

            $failure | Get-ErrorId | Should -Be 'UnsupportedImage'
            $failure[0].Exception.Message | Should -BeLike '*part of the conversation and has changed since*'
        }

        It 'says which image is missing, and can be continued once it is back' {
            $away = Join-Path $start.Folder 'away.png'
            Move-Item -LiteralPath $start.Result.Path -Destination $away

            $null = Invoke-TokaifyImageEdit 'And now snow' -Conversation $conversation -ErrorVariable failure -ErrorAction SilentlyContinue

            $failure | Get-ErrorId | Should -Be 'FileNotFound'
            $failure[0].Exception.Message | Should -BeLike "*'$($start.Result.Path)' is part of the conversation and is no longer there*"
            $conversation.Turns | Should -HaveCount 1

            Move-Item -LiteralPath $away -Destination $start.Result.Path
            $file = Join-Path $start.Folder 'c.json'
            $conversation | Save-TokaifyConversation $file
            $restored = Restore-TokaifyConversation $file
            (Invoke-TokaifyImageEdit 'And now snow' -Conversation $restored).Status | Should -Be 'Saved'
        }

        It 'sends nothing if there are two sources: <How>' -ForEach @(
            @{
                How  = 'piped'
                Turn = {
                    $start.Picture, (Get-Item -LiteralPath $start.Result.Path) |
                        Invoke-TokaifyImageEdit 'Night' -Conversation $conversation
                }
            }
            @{ How = 'in -Path'; Turn = { Invoke-TokaifyImageEdit 'Night' "$($start.Folder)/cat*.png" -Conversation $conversation } }
        ) {
            $failure = Get-TerminatingError $Turn

            $failure | Get-ErrorId | Should -Be 'InvalidArgument'
            $failure.Exception.Message | Should -BeLike '*takes one source*Nothing was sent*'
        }

        It 'is not continued without the image that could not be found' {
            $null = Invoke-TokaifyImageEdit 'Put this in' "$($start.Folder)/missing-*.png" -Conversation $conversation `
                -ErrorVariable failure -ErrorAction SilentlyContinue

            $failure | Get-ErrorId | Should -Be 'FileNotFound'
        }

        It 'sends nothing if the pipeline brings nothing' {
            $before = [System.IO.Directory]::GetFiles($start.Folder).Count

            Get-ChildItem -Path "$($start.Folder)/missing-*.png" | Invoke-TokaifyImageEdit 'Put this in' -Conversation $conversation |
                Should -BeNullOrEmpty

            [System.IO.Directory]::GetFiles($start.Folder) | Should -HaveCount $before
        }

        It 'accepts no other model' {
            $failure = Get-TerminatingError { Invoke-TokaifyImageEdit 'Night' -Conversation $conversation -Model gemini-2.5-flash-image }

            $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        }

        It 'cannot be combined with <Name>' -ForEach @(
            @{ Name = '-SkipExisting'; Options = @{ SkipExisting = $true } }
            @{ Name = '-Count'; Options = @{ Count = 2 } }
        ) {
            $failure = Get-TerminatingError { Invoke-TokaifyImageEdit 'Night' -Conversation $conversation @Options }

            $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        }

        It 'accepts no other system instruction' {
            $null = Invoke-TokaifyImageEdit 'Night' -Conversation $conversation -SystemInstruction 'Be shy' `
                -ErrorVariable failure -ErrorAction SilentlyContinue

            $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        }
    }

    It 'needs an image for its first turn' {
        $null = Invoke-TokaifyImageEdit 'Night' -Conversation (New-TokaifyConversation) -ErrorVariable failure -ErrorAction SilentlyContinue

        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        $failure[0].Exception.Message | Should -BeLike '*-Path*'
    }

    It 'stays empty if the service refuses its first turn' {
        $conversation = New-TokaifyConversation -Model 'gemini-2.5-pro'
        $null = Copy-Picture -Name plain.png -To (Initialize-Folder) |
            Invoke-TokaifyImageEdit 'Night' -Conversation $conversation -ErrorVariable failure -ErrorAction SilentlyContinue

        $failure | Should -HaveCount 1
        $conversation.Turns | Should -BeNullOrEmpty
    }
}

Describe 'Two requests on one conversation at once' {
    It 'are an error for the second, and the first continues' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('hold'))
        $turn = {
            param($Picture, $Conversation, $BaseUri, $ApiKey)
            Invoke-TokaifyImageEdit 'Night' $Picture -Conversation $Conversation -BaseUri $BaseUri -ApiKey $ApiKey -ErrorAction Continue
        }
        try {
            $picture = (Copy-Picture -Name plain.png -To (Initialize-Folder)).FullName
            $conversation = New-TokaifyConversation
            $arguments = $picture, $conversation, $relay.BaseUri, (ConvertTo-Secret 'sk-test-1234')
            $first = Invoke-InBackground $turn $arguments
            $relay.WaitForHeld(1, 20) | Should -BeTrue

            $failure = & $turn @arguments 2>&1
            $failure | Get-ErrorId | Should -Be 'InvalidArgument'
            $failure.Exception.Message | Should -BeLike '*Another request is under way*'

            $relay.Release()
            (Receive-Background $first).Status | Should -Be 'Saved'
            $relay.Received | Should -Be 1
            $conversation.Turns | Should -HaveCount 1
        }
        finally {
            $relay.Dispose()
        }
    }
}

Describe 'A saved conversation' {
    BeforeAll {
        Start-TokaifyEmulator
    }

    AfterAll {
        Stop-TokaifyEmulator
    }

    It 'can be continued in another process, from a moved folder' {
        $start = Initialize-Conversation
        $second = Invoke-TokaifyImageEdit 'And now snow' -Conversation $start.Conversation
        $start.Conversation | Save-TokaifyConversation "$($start.Folder)/c.json"
        $moved = "$($start.Folder)-moved"
        Move-Item -LiteralPath $start.Folder -Destination $moved

        $json = & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command "
            Import-Module '$BuiltModule'
            Start-TokaifyEmulator 6> `$null
            `$conversation = Restore-TokaifyConversation '$moved/c.json'
            `$result = Invoke-TokaifyImageEdit 'And now fog' -Conversation `$conversation 3> `$null
            Save-TokaifyConversation -Conversation `$conversation -Path '$moved/c.json'
            ConvertTo-Json @{ Path = `$result.Path; Turns = `$conversation.Turns.Count }"

        $outcome = $json | ConvertFrom-Json
        $outcome.Path | Should -BeExactly (Join-Path $moved 'cat-edited-3.png')
        $outcome.Turns | Should -Be 3
        $restored = Restore-TokaifyConversation "$moved/c.json"
        $restored.Id | Should -BeExactly $start.Conversation.Id
        $restored.Turns.Pictures | ForEach-Object { Split-Path -Leaf $_ } |
            Should -BeExactly @('cat-edited.png', 'cat-edited-2.png', 'cat-edited-3.png')
        Split-Path -Leaf $second.Path | Should -BeExactly 'cat-edited-2.png'
    }

    Context 'in its file' {
        BeforeAll {
            $start = Initialize-Conversation
            $file = $start.Conversation | Save-TokaifyConversation "$($start.Folder)/c.json" -PassThru
            $json = Get-Content -LiteralPath $file.FullName -Raw -Encoding UTF8
            $document = $json | ConvertFrom-Json
        }

        It 'is JSON that PowerShell reads' {
            $document.version | Should -Be 1
            $document.model | Should -BeExactly $SigningModel
            $document.turns.role | Should -BeExactly @('user', 'model')
            $document.turns[0].parts[0].text | Should -BeExactly 'Make it evening'
        }

        It 'names images relative to its folder, with their digests' {
            $picture = $document.turns[1].parts[0].picture
            $picture.path | Should -BeExactly 'cat-edited.png'
            $picture.length | Should -Be $start.Result.Images[0].Length
            $picture.sha256 | Should -BeExactly (Get-Sha256 $start.Result.Path)
        }

        It 'contains the signature, but neither key nor image' {
            $document.turns[1].parts[0].thoughtSignature | Should -Not -BeNullOrEmpty
            $file.Length | Should -BeLessThan 2000
            $json | Should -Not -Match 'key'
        }

        It 'names images in parent folders as well' {
            $null = New-Item -ItemType Directory -Path "$($start.Folder)/deeper"
            $start.Conversation | Save-TokaifyConversation "$($start.Folder)/deeper/c.json"

            (Get-Content -LiteralPath "$($start.Folder)/deeper/c.json" -Raw | ConvertFrom-Json).turns[1].parts[0].picture.path |
                Should -BeExactly '../cat-edited.png'
            (Restore-TokaifyConversation "$($start.Folder)/deeper/c.json").Turns[0].Pictures | Should -BeExactly @($start.Result.Path)
        }
    }

    It 'replaces an earlier file, and leaves no other file' {
        $start = Initialize-Conversation
        $path = Join-Path $start.Folder 'c.json'
        $start.Conversation | Save-TokaifyConversation $path
        $null = Invoke-TokaifyImageEdit 'And now snow' -Conversation $start.Conversation
        $start.Conversation | Save-TokaifyConversation $path

        (Restore-TokaifyConversation $path).Turns | Should -HaveCount 2
        Get-TemporaryFile $start.Folder | Should -BeNullOrEmpty
    }

    It 'does not replace a file that is not a conversation' {
        $start = Initialize-Conversation
        $before = Get-Sha256 $start.Picture.FullName

        $start.Conversation | Save-TokaifyConversation $start.Picture.FullName -ErrorVariable failure -ErrorAction SilentlyContinue

        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        Get-Sha256 $start.Picture.FullName | Should -Be $before
    }

    It 'is written for each way to give it: <Line>' -ForEach @(
        @{ Line = 'Save-TokaifyConversation $talk $path' }
        @{ Line = 'Save-TokaifyConversation $path -Conversation $talk' }
        @{ Line = 'Save-TokaifyConversation -Conversation $talk $path' }
        @{ Line = 'Save-TokaifyConversation $talk -Path $path' }
        @{ Line = '$talk | Save-TokaifyConversation $path' }
        @{ Line = '$talk | Save-TokaifyConversation ([IO.FileInfo] $path)' }
        @{ Line = '$talk | Save-TokaifyConversation -Path $path' }
    ) {
        $talk = New-TokaifyConversation -SystemInstruction 'Keep the light.'
        $path = Join-Path (Initialize-Folder) 'c.json'
        & ([scriptblock]::Create($Line))

        (Restore-TokaifyConversation $path).SystemInstruction | Should -Be 'Keep the light.'
    }

    It 'is not written with -WhatIf' {
        $path = Join-Path (Initialize-Folder) 'c.json'
        New-TokaifyConversation | Save-TokaifyConversation $path -WhatIf
        $path | Should -Not -Exist
    }

    It 'is restored if an image is missing; only continuing it is an error' {
        $start = Initialize-Conversation
        $start.Conversation | Save-TokaifyConversation "$($start.Folder)/c.json"
        Remove-Item -LiteralPath $start.Picture.FullName

        $restored = Get-Item -LiteralPath "$($start.Folder)/c.json" | Restore-TokaifyConversation
        $restored.Turns | Should -HaveCount 1
        $null = Invoke-TokaifyImageEdit 'And now snow' -Conversation $restored -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure | Get-ErrorId | Should -Be 'FileNotFound'
    }

    It 'is distinguished from <What>' -ForEach @(
        @{ What = 'a file that is no JSON'; Text = 'hello'; Message = '*is not a saved conversation*' }
        @{ What = 'an empty file'; Text = ''; Message = '*is not a saved conversation*' }
        @{ What = 'other JSON'; Text = '{"a": 1}'; Message = '*is not a saved conversation*' }
        @{ What = 'a list'; Text = '[]'; Message = '*is not a saved conversation*' }
        @{ What = 'one of a later version'; Text = '{"format": "Tokaify.Conversation", "version": 2}'; Message = '*version 2*Update*' }
        @{
            What    = 'one without its turns'
            Text    = '{"format": "Tokaify.Conversation", "version": 1, "id": "x", "model": "y", "systemInstruction": null}'
            Message = '*is not a saved conversation*'
        }
    ) {
        $path = Join-Path (Initialize-Folder) 'c.json'
        [IO.File]::WriteAllText($path, $Text)

        $null = Restore-TokaifyConversation $path -ErrorVariable failure -ErrorAction SilentlyContinue

        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        $failure[0].Exception.Message | Should -BeLike $Message
    }

    It 'is named in the error if it is missing' {
        $null = Restore-TokaifyConversation (Join-Path (Initialize-Folder) 'c.json') -ErrorVariable failure -ErrorAction SilentlyContinue
        $failure | Get-ErrorId | Should -Be 'FileNotFound'
    }
}

Describe 'A conversation as a server in another language sees it' -Skip:(-not $python) -ForEach @{ Python = $python } {
    BeforeAll {
        $folder = Initialize-Folder
        $picture = Copy-Picture -Name baseline.jpg -To $folder -As 'cat.jpg'
        $signature = 'A+b/c==' + ('QUJD' * 250000)
        $moon = [char]::ConvertFromUtf32(0x1F319)
        $answers = Join-Path $folder 'answers.json'
        [IO.File]::WriteAllText($answers, (ConvertTo-Json -Depth 5 @(
                    @{ parts = @(
                            @{ text = 'Let me think.'; thought = $true; thoughtSignature = 'draft' }
                            @{ picture = $true; thought = $true }
                            @{ text = "Here it is:`n$moon"; thoughtSignature = 'first' }
                            @{ picture = $true; thoughtSignature = $signature }
                            @{ text = 'And another:' }
                            @{ picture = $true }
                            @{ text = ''; thoughtSignature = 'last' }
                        )
                    }
                    @{ status = 400 }
                    @{ parts = @(, @{ picture = $true }) }
                )))
        $server = Open-RecordingServer -Picture "$Pictures/plain.png" -Options '--answers', $answers
        Connect-Tokaify -BaseUri $server.BaseUri -ApiKey (ConvertTo-Secret 'sk-recorded')
        $conversation = New-TokaifyConversation -Model $SigningModel -SystemInstruction 'Keep the faces'
        $first = $picture | Invoke-TokaifyImageEdit -Prompt 'Make it evening' -Conversation $conversation
        $null = Invoke-TokaifyImageEdit -Prompt 'This one is refused' -Conversation $conversation `
            -ErrorVariable failure -ErrorAction SilentlyContinue
        $conversation | Save-TokaifyConversation "$folder/c.json"
        $second = Invoke-TokaifyImageEdit -Prompt 'And now snow' -Conversation (Restore-TokaifyConversation "$folder/c.json")
        $recordings = @(Get-Recording $server)
        $jpeg = [Convert]::ToBase64String([IO.File]::ReadAllBytes($picture.FullName))
        $png = [Convert]::ToBase64String([IO.File]::ReadAllBytes("$Pictures/plain.png"))
    }

    AfterAll {
        Close-RecordingServer $server
        Disconnect-Tokaify
    }

    It 'begins like any other edit, with the system instruction' {
        $recordings[0].Leaves | Should -BeExactly @(
            'contents[0].role = user'
            'contents[0].parts[0].text = Make it evening'
            'contents[0].parts[1].inline_data.mime_type = image/jpeg'
            "contents[0].parts[1].inline_data.data = $jpeg"
            'systemInstruction.parts[0].text = Keep the faces'
            'generationConfig.responseModalities[0] = IMAGE'
        )
        $first.Images | Should -HaveCount 2
    }

    It 'repeats everything except drafts, in order and byte for byte, with each signature in its place' {
        $recordings[2].Leaves | Should -BeExactly @(
            'contents[0].role = user'
            'contents[0].parts[0].text = Make it evening'
            'contents[0].parts[1].inline_data.mime_type = image/jpeg'
            "contents[0].parts[1].inline_data.data = $jpeg"
            'contents[1].role = model'
            "contents[1].parts[0].text = Here it is:`n$moon"
            'contents[1].parts[0].thoughtSignature = first'
            'contents[1].parts[1].inline_data.mime_type = image/png'
            "contents[1].parts[1].inline_data.data = $png"
            "contents[1].parts[1].thoughtSignature = $signature"
            'contents[1].parts[2].text = And another:'
            'contents[1].parts[3].inline_data.mime_type = image/png'
            "contents[1].parts[3].inline_data.data = $png"
            'contents[1].parts[4].text = '
            'contents[1].parts[4].thoughtSignature = last'
            'contents[2].role = user'
            'contents[2].parts[0].text = And now snow'
            'systemInstruction.parts[0].text = Keep the faces'
            'generationConfig.responseModalities[0] = IMAGE'
        )
        Get-Header $recordings[2] 'Content-Length' | Should -Be $recordings[2].Bytes.Length
    }

    It 'does not contain turns that were refused' {
        $failure | Get-ErrorId | Should -Be 'InvalidRequest'
        $recordings | Should -HaveCount 3
        $second.Status | Should -Be 'Saved'
        $conversation.Turns | Should -HaveCount 1
    }
}
