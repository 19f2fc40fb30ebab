BeforeDiscovery {
    . "$PSScriptRoot/OtherPrograms.ps1"
    $genai = Install-NodeProgram genai
    $aimock = Install-NodeProgram aimock
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/OtherPrograms.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'Google''s own JavaScript client against the emulator' -Skip:(-not $genai) -ForEach @{ Folder = $genai } {
    BeforeAll {
        $emulator = Start-TokaifyEmulator -PassThru
        $client = Open-NodeProgram $Folder 'converse.mjs' $emulator.BaseUri.GetLeftPart('Authority'), "$Pictures/plain.png"
        $errors = $client.StandardError.ReadToEndAsync()
        $output = $client.StandardOutput.ReadToEndAsync()
        if (-not $client.WaitForExit(60000)) {
            $client.Kill()
        }
        $client.ExitCode | Should -Be 0 -Because $errors.Result
        $outcome = $output.Result | ConvertFrom-Json
    }

    AfterAll {
        Stop-TokaifyEmulator
    }

    It 'gets an image, and reads the rest of the response' {
        $outcome.edit.picture.signature | Should -BeExactly 'PNG'
        $outcome.edit.text | Should -BeExactly 'Here is your picture: Make it blue.'
        $outcome.edit.finishReason | Should -BeExactly 'STOP'
        $outcome.edit.modelVersion | Should -BeExactly 'gemini-2.5-flash-image'
        $outcome.edit.totalTokenCount | Should -BeGreaterThan 1290
        $outcome.edit.responseId | Should -Not -BeNullOrEmpty
    }

    It 'has a conversation of two turns, signatures included' {
        $outcome.conversation.roles | Should -BeExactly @('user', 'model', 'user', 'model')
        $outcome.conversation.signed | Should -Be @($true, $true)
        $outcome.conversation.pictures.sha256 | Sort-Object -Unique | Should -HaveCount 2
    }

    It 'is refused a turn without its signature' {
        $outcome.conversation.withoutSignature.status | Should -Be 400
        $outcome.conversation.withoutSignature.message |
            Should -BeLike '*missing a thought_signature in content position 2, part position 1*'
    }

    It 'lists the models, and finds one by name' {
        $outcome.models.names | Should -Contain 'models/gemini-2.5-flash-image'
        $outcome.models.names | Should -Contain 'models/gemini-3.1-flash-image-preview'
        $outcome.models.one | Should -BeExactly 'Gemini 2.5 Flash Image'
    }

    It 'gets an error of its own type' {
        $outcome.error.name | Should -BeExactly 'ApiError'
        $outcome.error.status | Should -Be 404
        $outcome.error.message | Should -BeLike '*models/no-such-model is not found*'
    }
}

Describe 'The module against a mock of Gemini from another project' -Skip:(-not $aimock) -ForEach @{ Folder = $aimock } {
    BeforeAll {
        $server = Open-NodeProgram $Folder 'serve.mjs' "$Samples/cat.png"
        $address = $server.StandardOutput.ReadLineAsync()
        $address.Wait(30000) | Should -BeTrue
        Connect-Tokaify -BaseUri $address.Result -ApiKey (ConvertTo-Secret 'sk-test-1234')
    }

    AfterAll {
        $server.StandardInput.Close()
        if (-not $server.WaitForExit(5000)) {
            $server.Kill()
        }
        Disconnect-Tokaify
    }

    It 'saves the image of its response, byte for byte' {
        $result = Copy-Picture -Name baseline.jpg -To (Initialize-Folder) | Invoke-TokaifyImageEdit -Prompt 'Make it evening'

        $result.Status | Should -Be 'Saved'
        $result.Attempts | Should -Be 1
        Get-Sha256 $result.Path | Should -Be (Get-Sha256 "$Samples/cat.png")
    }

    It 'edits a folder of images' {
        $folder = Initialize-Folder
        'plain.png', 'baseline.jpg', 'lossy.webp', 'plain.heic' | ForEach-Object { $null = Copy-Picture -Name $_ -To $folder }

        $results = Get-ChildItem -LiteralPath $folder -File | Invoke-TokaifyImageEdit -Prompt 'Make it evening'

        $results.Status | Should -Be @('Saved', 'Saved', 'Saved', 'Saved')
    }

    It 'has a conversation with it' {
        $conversation = New-TokaifyConversation
        $null = Copy-Picture -Name plain.png -To (Initialize-Folder) | Invoke-TokaifyImageEdit 'Make it evening' -Conversation $conversation

        (Invoke-TokaifyImageEdit 'And now snow' -Conversation $conversation).Status | Should -Be 'Saved'

        $conversation.Turns | Should -HaveCount 2
    }

    It 'reports its refusals' {
        $null = Copy-Picture -Name plain.png -To (Initialize-Folder) |
            Invoke-TokaifyImageEdit -Prompt 'Please refuse' -ErrorVariable failure -ErrorAction SilentlyContinue

        $failure | Get-ErrorId | Should -Be 'InvalidRequest'
        $failure[0].Exception.Message | Should -BeLike '*This one is refused*'
    }
}
