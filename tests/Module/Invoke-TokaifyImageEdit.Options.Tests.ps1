BeforeDiscovery {
    # Ratios: the relay's page of each model. Pixels: Google's image generation guide.
    $sizes = @{
        'gemini-2.5-flash-image'         = [ordered]@{
            '1:1' = '1024x1024'; '3:2' = '1248x832'; '2:3' = '832x1248'; '3:4' = '864x1184'; '4:3' = '1184x864'
            '4:5' = '896x1152'; '5:4' = '1152x896'; '9:16' = '768x1344'; '16:9' = '1344x768'; '21:9' = '1536x672'
        }
        'gemini-3.1-flash-image-preview' = [ordered]@{
            '1:1' = '1024x1024'; '1:4' = '512x2048'; '1:8' = '384x3072'; '2:3' = '848x1264'; '3:2' = '1264x848'
            '3:4' = '896x1200'; '4:1' = '2048x512'; '4:3' = '1200x896'; '4:5' = '928x1152'; '5:4' = '1152x928'
            '8:1' = '3072x384'; '9:16' = '768x1376'; '16:9' = '1376x768'; '21:9' = '1584x672'
        }
    }
    $ratios = foreach ($model in $sizes.Keys) {
        foreach ($ratio in $sizes[$model].Keys) {
            @{ Model = $model; Ratio = $ratio; Size = $sizes[$model][$ratio] }
        }
    }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator
}

AfterAll {
    Restore-Session
}

Describe 'Choosing a model and an aspect ratio' {
    BeforeEach {
        $folder = Initialize-Folder
        $picture = Copy-Picture -Name plain.png -To $folder
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'gives an image of <Size> pixels for <Ratio> with <Model>' -ForEach $ratios {
        $image = ($picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Model $Model -AspectRatio $Ratio -WarningAction Ignore).Images[0]

        '{0}x{1}' -f $image.Width, $image.Height | Should -Be $Size
    }

    It 'uses 2.5 if no model is named' {
        $result = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset'

        $result.Model | Should -Be 'gemini-2.5-flash-image'
        (Get-PngText $result.Path)['Model'] | Should -Be 'gemini-2.5-flash-image'
    }

    It 'accepts a model with the prefix of model lists' {
        $result = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Model 'models/gemini-3.1-flash-image-preview' -AspectRatio 21:9

        (Get-PngText $result.Path)['Model'] | Should -Be 'gemini-3.1-flash-image-preview'
    }

    It 'refuses <Ratio> with <Model> before anything is sent' -ForEach @(
        @{ Model = 'gemini-2.5-flash-image'; Ratio = '1:8' }
        @{ Model = 'gemini-2.5-flash-image'; Ratio = '4:1' }
        @{ Model = 'gemini-2.5-flash-image'; Ratio = '16x9' }
        @{ Model = 'gemini-3.1-flash-image-preview'; Ratio = '7:3' }
        @{ Model = 'models/gemini-3.1-flash-image-preview'; Ratio = 'wide' }
    ) {
        $failure = Get-TerminatingError {
            $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Model $Model -AspectRatio $Ratio -BaseUri $relay.BaseUri `
                -ErrorAction SilentlyContinue
        }

        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        $failure.Exception.Message | Should -BeLike '*16:9*'
        $relay.Received | Should -Be 0
    }

    It 'sends an unknown model with any ratio' {
        $result = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Model 'gemini-9-image' -AspectRatio 7:3 -BaseUri $relay.BaseUri

        $result.Status | Should -Be 'Saved'
        $result.Model | Should -Be 'gemini-9-image'
        $relay.LastHead | Should -MatchExactly '^POST /v1beta/models/gemini-9-image:generateContent HTTP/1\.1\r\n'
        ($relay.LastBody | ConvertFrom-Json).generationConfig.imageConfig.aspectRatio | Should -Be '7:3'
    }

    It 'is an error with the service''s message if the service has no such model' {
        $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Model 'gemini-9-image' -ErrorAction SilentlyContinue -ErrorVariable failures

        $failures | Get-ErrorId | Should -Be 'ModelNotFound'
        $failures[0].TargetObject | Should -Be $picture.FullName
        $exception = $failures[0].Exception
        $exception.StatusCode | Should -Be 404
        $exception.Code | Should -Be 'NOT_FOUND'
        $exception.RequestId | Should -Not -BeNullOrEmpty
        $exception.ResponseText | Should -Not -BeNullOrEmpty
        $exception.Attempts | Should -Be 1
        $exception.Message | Should -BeLike '*models/gemini-9-image is not found*Get-TokaifyModel*'
    }
}

Describe 'A prompt' {
    BeforeEach {
        $picture = Copy-Picture -Name plain.png -To (Initialize-Folder)
    }

    It 'is sent unchanged: <Kind>' -ForEach @(
        @{ Kind = 'quotes and backslashes'; Prompt = 'Write "C:\new" on the sign' }
        @{ Kind = 'line breaks and tabs'; Prompt = "First this`nthen`tthat" }
        @{
            Kind   = 'letters of many scripts'
            Prompt = "Caf$([char]0xE9), $([char]0x65E5)$([char]0x843D), $([char]0x43C)$([char]0x43E)$([char]0x440)$([char]0x435)"
        }
        @{ Kind = 'an emoji'; Prompt = "More $([char]::ConvertFromUtf32(0x1F305))" }
        @{ Kind = 'signs that mean something to the web'; Prompt = '<b>Sun & sea</b> + 100%' }
    ) {
        $result = $picture | Invoke-TokaifyImageEdit -Prompt $Prompt

        (Get-PngText $result.Path)['Prompt'] | Should -BeExactly $Prompt
    }

    It 'that is only white space ends the command' {
        Get-TerminatingError { $picture | Invoke-TokaifyImageEdit -Prompt '  ' -ErrorAction SilentlyContinue } |
            Get-ErrorId | Should -Be 'InvalidArgument'
    }
}

Describe '-WhatIf and -Confirm' {
    BeforeEach {
        $folder = Initialize-Folder
        $picture = Copy-Picture -Name plain.png -To $folder
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'sends nothing with -WhatIf and makes no folder' {
        # In a new runspace, whose host does not show the text of -WhatIf.
        $run = Invoke-InBackground -Arguments $picture, "$folder/output", $relay.BaseUri, (ConvertTo-Secret 'key') -Script {
            param($Picture, $Destination, $BaseUri, $Key)
            $Picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Destination $Destination -BaseUri $BaseUri -ApiKey $Key -WhatIf
        }

        Receive-Background $run | Should -BeNullOrEmpty
        $relay.Received | Should -Be 0
        Join-Path $folder 'output' | Should -Not -Exist
    }

    It 'says with -WhatIf which files are not images' {
        Set-Content -LiteralPath "$folder/text.png" -Value 'This is no picture.'
        $run = Invoke-InBackground -Arguments "$folder/text.png" -Script {
            param($Path)
            Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path $Path -WhatIf -ErrorAction SilentlyContinue
            $Error[0].FullyQualifiedErrorId
        }

        Receive-Background $run | Should -BeLike 'UnsupportedImage,*'
    }

    It 'sends nothing if $WhatIfPreference is set' {
        $run = Invoke-InBackground -Arguments $picture, $relay.BaseUri -Script {
            param($Picture, $BaseUri)
            $WhatIfPreference = $true
            $Picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -BaseUri $BaseUri
        }

        Receive-Background $run | Should -BeNullOrEmpty
        $relay.Received | Should -Be 0
    }

    It 'edits with -WhatIf:$false, for any $WhatIfPreference' {
        $WhatIfPreference = $true

        ($picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -WhatIf:$false).Status | Should -Be 'Saved'
    }

    It 'edits with -Confirm:$false, for any $ConfirmPreference' {
        $ConfirmPreference = 'Low'

        ($picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Confirm:$false).Status | Should -Be 'Saved'
    }

    It 'does not ask <Where>' -ForEach @(
        @{ Where = 'by itself'; Preference = 'High' }
        @{ Where = 'where $ConfirmPreference is None'; Preference = 'None' }
    ) {
        $ConfirmPreference = $Preference

        ($picture | Invoke-TokaifyImageEdit -Prompt 'Sunset').Status | Should -Be 'Saved'
    }

    # The host of that runspace cannot ask.
    It 'asks first <Where>, and sends nothing if the host cannot ask' -ForEach @(
        @{ Where = 'with -Confirm'; Preference = 'High'; More = @{ Confirm = $true } }
        @{ Where = 'where $ConfirmPreference is Medium'; Preference = 'Medium'; More = @{} }
        @{ Where = 'where $ConfirmPreference is Low'; Preference = 'Low'; More = @{} }
    ) {
        $run = Invoke-InBackground -Arguments $picture, $relay.BaseUri, (ConvertTo-Secret 'key'), $Preference, $More -Script {
            param($Picture, $BaseUri, $Key, $Preference, $More)
            $ConfirmPreference = $Preference
            try {
                Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path $Picture -BaseUri $BaseUri -ApiKey $Key @More
            }
            catch {
                $_.FullyQualifiedErrorId
            }
        }

        Receive-Background $run | Should -BeLike '*,Tokaify.PowerShell.Commands.InvokeTokaifyImageEditCommand'
        $relay.Received | Should -Be 0
    }

    It 'asks in a sentence that says what is sent and where it is saved, and follows the answer: <Answer>' -ForEach @(
        @{ Answer = 'y'; Sent = 1 }
        @{ Answer = 'n'; Sent = 0 }
    ) {
        $script = "`$ProgressPreference = 'SilentlyContinue'; `$env:TOKAIFY_API_KEY = 'key'; Import-Module '$BuiltModule'
            `$null = Invoke-TokaifyImageEdit Sunset '$picture' -BaseUri $($relay.BaseUri) -Confirm"
        $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($script))
        $shown = $Answer | & (Get-Process -Id $PID).Path -NoProfile -InputFormat Text -OutputFormat Text -EncodedCommand $encoded

        # The width depends on the screen.
        $question = 'Edit''.*png,.*-image,prompt''Sunset'',estimatedcost0\.039USDatlistprices,about1,290outputtokens,saveas''.*-edited''\?'
        -join $shown -replace '\s' | Should -Match $question
        $relay.Received | Should -Be $Sent
    }
}

Describe 'Requests in flight' {
    BeforeEach {
        $folder = Initialize-Folder
        foreach ($number in 1..6) {
            $null = Copy-Picture -Name plain.png -To $folder -As "$number.png"
        }
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('hold'))
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'are <Limit> at once<With>' -ForEach @(
        @{ Limit = 4; With = ', where nothing is said'; Options = @{} }
        @{ Limit = 1; With = ' with -ThrottleLimit 1'; Options = @{ ThrottleLimit = 1 } }
        @{ Limit = 3; With = ' with -ThrottleLimit 3'; Options = @{ ThrottleLimit = 3 } }
    ) {
        $run = Invoke-InBackground -Arguments $folder, $relay.BaseUri, (ConvertTo-Secret 'key'), $Options -Script {
            param($Folder, $BaseUri, $Key, $Options)
            Get-ChildItem -LiteralPath $Folder |
                Invoke-TokaifyImageEdit -Prompt 'Sunset' -BaseUri $BaseUri -ApiKey $Key -Destination "$Folder/output" @Options
        }

        $relay.WaitForHeld($Limit, 20) | Should -BeTrue
        $relay.WaitForHeld($Limit + 1, 0.3) | Should -BeFalse
        $relay.Release()

        Receive-Background $run | Should -HaveCount 6
        $relay.Received | Should -Be 6
        $relay.MostHeld | Should -Be $Limit
    }

    It 'cannot be <_> at once' -ForEach 0, -1, 1025 {
        $limit = $_

        Get-TerminatingError { Invoke-TokaifyImageEdit -Prompt 'Sunset' -Path "$folder/1.png" -ThrottleLimit $limit } |
            Get-ErrorId | Should -Be 'ParameterArgumentValidationError'
    }
}

Describe 'An edit that takes too long' {
    BeforeEach {
        $picture = Copy-Picture -Name plain.png -To (Initialize-Folder)
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('hold'))
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'is cancelled after -TimeoutSec seconds and tried again, with a verbose message' {
        $verbose = $picture |
            Invoke-TokaifyImageEdit -Prompt 'Sunset' -TimeoutSec 1 -BaseUri $relay.BaseUri -Verbose 4>&1 |
            Where-Object Message -Like 'Retrying*' |
            Select-Object -First 1

        $verbose.Message | Should -BeLike "Retrying '*plain.png' * error=Timeout * message=*longer than 1 second*"
        $relay.WaitForHangUps(1) | Should -BeTrue
    }

    It 'ends in an error Timeout' {
        $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -TimeoutSec 1 -MaximumRetryCount 0 -BaseUri $relay.BaseUri `
            -ErrorAction SilentlyContinue -ErrorVariable failures

        $failures | Get-ErrorId | Should -Be 'Timeout'
    }
}
