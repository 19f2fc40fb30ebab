BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session

    # What Tab offers at the end of a line.
    function Get-Completion {
        param([Parameter(Mandatory)] [string] $Line)

        (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches
    }

    $Models = 'gemini-2.5-flash-image', 'gemini-3.1-flash-image-preview'
}

AfterAll {
    Restore-Session
}

Describe 'Completion of -Model' {
    It 'offers every model of the catalogue to <_>' -ForEach 'Invoke-TokaifyImageEdit -Model ', 'Connect-Tokaify -Model ', 'Get-TokaifyModel -Name ', 'Get-TokaifyModel ' {
        (Get-Completion $_).CompletionText | Should -Be $Models
    }

    It 'offers those that begin with what is typed: <_>' -ForEach 'gemini-3', 'GEMINI-3', '''gemini-3' {
        (Get-Completion "Invoke-TokaifyImageEdit -Model $_").CompletionText | Should -Be 'gemini-3.1-flash-image-preview'
    }

    It 'says what each is for' {
        (Get-Completion 'Invoke-TokaifyImageEdit -Model gemini-2').ToolTip | Should -BeLike 'Gemini 2.5 Flash Image: *'
    }
}

Describe 'Completion of -AspectRatio' {
    AfterEach {
        Disconnect-Tokaify
    }

    It 'offers the ratios of <_> where the line names it' -ForEach 'gemini-2.5-flash-image', 'gemini-3.1-flash-image-preview' {
        (Get-Completion "Invoke-TokaifyImageEdit -Model $_ -AspectRatio ").CompletionText | Should -Be (Get-TokaifyModel $_).AspectRatios
    }

    It 'offers the ratios of the default where nobody names a model' {
        (Get-Completion 'Invoke-TokaifyImageEdit -AspectRatio ').CompletionText | Should -Be (Get-TokaifyModel gemini-2.5*).AspectRatios
    }

    It 'offers the ratios of the session''s model where the line names none' {
        Connect-Tokaify -ApiKey (ConvertTo-Secret 'key-of-the-session') -Model 'gemini-3.1-flash-image-preview'

        (Get-Completion 'Invoke-TokaifyImageEdit -AspectRatio ').CompletionText | Should -Be (Get-TokaifyModel gemini-3.1*).AspectRatios
    }

    It 'offers those that begin with what is typed' {
        (Get-Completion 'Invoke-TokaifyImageEdit -Model gemini-3.1-flash-image-preview -AspectRatio 1:').CompletionText | Should -Be '1:1', '1:4', '1:8'
    }

    It 'says how many pixels each is' {
        (Get-Completion 'Invoke-TokaifyImageEdit -AspectRatio 16:9').ToolTip | Should -BeLike "*1344$([char]0xD7)768 pixels*"
    }

    It 'gives a value that binds as it stands' {
        $picture = Copy-Picture -Name plain.png -To (Initialize-Folder)
        Start-TokaifyEmulator
        try {
            $ratio = (Get-Completion 'Invoke-TokaifyImageEdit -AspectRatio 21').CompletionText
            $line = "Invoke-TokaifyImageEdit -Prompt Sunset -LiteralPath '$($picture.FullName)' -AspectRatio $ratio"

            (& ([scriptblock]::Create($line))).AspectRatio | Should -Be '21:9'
        }
        finally {
            Stop-TokaifyEmulator
        }
    }
}

Describe 'Completion of -ImageSize' {
    It 'offers the sizes of the model on the line to <_>' -ForEach 'Invoke-TokaifyImageEdit', 'New-TokaifyImage' {
        (Get-Completion "$_ -Model gemini-3.1-flash-image-preview -ImageSize ").CompletionText | Should -Be '512', '1K', '2K', '4K'
    }
}

Describe 'Completion of -SafetySetting' {
    It 'offers each category with each threshold, as a table that binds as it stands' {
        $completions = (Get-Completion 'Invoke-TokaifyImageEdit -SafetySetting ').CompletionText

        $completions | Should -Contain "@{ HARM_CATEGORY_HARASSMENT = 'BLOCK_NONE' }"
        $completions | Should -Contain "@{ HARM_CATEGORY_HATE_SPEECH = 'OFF' }"
        & ([scriptblock]::Create($completions[0])) | Should -BeOfType [hashtable]
    }

    It 'offers those of the category that is begun' {
        (Get-Completion 'Invoke-TokaifyImageEdit -SafetySetting hate').CompletionText |
            Where-Object { $_ -notlike '@{ HARM_CATEGORY_*HATE* = *' } | Should -BeNullOrEmpty
    }
}
