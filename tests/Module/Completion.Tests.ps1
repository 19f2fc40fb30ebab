BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session

    # Returns the completions at the end of a line.
    function Get-Completion {
        param([Parameter(Mandatory)] [string] $Line)

        (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches
    }

    # Returns the whole line after a completion. The cursor is at the bar, or at the end.
    function Get-CompletedLine {
        param([Parameter(Mandatory)] [string] $Line)

        $text = $Line.Replace('|', '')
        $cursor = if ($Line.Contains('|')) { $Line.IndexOf('|') } else { $Line.Length }
        $completion = TabExpansion2 -inputScript $text -cursorColumn $cursor
        foreach ($match in $completion.CompletionMatches) {
            $kept = $text.Remove($completion.ReplacementIndex, $completion.ReplacementLength)
            $kept.Insert($completion.ReplacementIndex, $match.CompletionText)
        }
    }

    $Models = (Get-TokaifyModel).Name
}

AfterAll {
    Restore-Session
}

Describe 'Completion of -Model' {
    It 'offers every model of the catalogue to <_>' -ForEach @(
        'Invoke-TokaifyImageEdit -Model ', 'Connect-Tokaify -Model ', 'Get-TokaifyModel -Name ', 'Get-TokaifyModel '
    ) {
        (Get-Completion $_).CompletionText | Should -Be $Models
    }

    It 'offers those that begin with the typed text: <_>' -ForEach 'gemini-3', 'GEMINI-3', '''gemini-3' {
        (Get-Completion "Invoke-TokaifyImageEdit -Model $_").CompletionText | Should -Be (Get-TokaifyModel gemini-3*).Name
    }

    It 'offers those that contain the typed text, to <_>' -ForEach @(
        'Invoke-TokaifyImageEdit -Model ', 'New-TokaifyImage -Model ', 'New-TokaifyConversation -Model ', 'Connect-Tokaify -Model '
        'Get-TokaifyModel '
    ) {
        (Get-Completion "${_}3.1").CompletionText | Should -Be ($Models -like '*3.1*')
        (Get-Completion "${_}'3.1").CompletionText | Should -Be ($Models -like '*3.1*')
        (Get-Completion "${_}BANANA").CompletionText | Should -Be ($Models -like '*banana*')
        (Get-Completion "${_}*flash*").CompletionText | Should -Be ($Models -like '*flash*')
    }

    It 'does not change a name that no model has' {
        Get-CompletedLine 'Invoke-TokaifyImageEdit -Model own-model' | Should -Be 'Invoke-TokaifyImageEdit -Model own-model'
    }

    It 'has a description of each' {
        (Get-Completion 'Invoke-TokaifyImageEdit -Model gemini-2').ToolTip | Should -BeLike 'Gemini 2.5 Flash Image: *'
    }
}

Describe 'Completion of -AspectRatio' {
    AfterEach {
        Disconnect-Tokaify
    }

    It 'offers the ratios of <_> if the line names it' -ForEach 'gemini-2.5-flash-image', 'gemini-3.1-flash-image-preview' {
        (Get-Completion "Invoke-TokaifyImageEdit -Model $_ -AspectRatio ").CompletionText |
            Should -Be @('Source'; (Get-TokaifyModel $_).AspectRatios)
    }

    It 'offers the ratios of the default model if no model is named' {
        (Get-Completion 'Invoke-TokaifyImageEdit -AspectRatio ').CompletionText |
            Should -Be @('Source'; (Get-TokaifyModel gemini-2.5*).AspectRatios)
    }

    It 'offers the ratios of the session''s model if the line names none' {
        Connect-Tokaify -ApiKey (ConvertTo-Secret 'key-of-the-session') -Model 'gemini-3.1-flash-image-preview'

        (Get-Completion 'Invoke-TokaifyImageEdit -AspectRatio ').CompletionText |
            Should -Be @('Source'; (Get-TokaifyModel gemini-3.1-flash-image-preview).AspectRatios)
    }

    It 'offers those that begin with the typed text' {
        (Get-Completion 'Invoke-TokaifyImageEdit -Model gemini-3.1-flash-image-preview -AspectRatio 1:').CompletionText |
            Should -Be '1:1', '1:4', '1:8'
    }

    It 'says how many pixels each is' {
        (Get-Completion 'Invoke-TokaifyImageEdit -AspectRatio 16:9').ToolTip | Should -BeLike "*1344$([char]0xD7)768 pixels*"
    }

    It 'describes each ratio in words' {
        (Get-Completion 'New-TokaifyImage -AspectRatio ').ToolTip |
            Should -Match '^\d+:\d+, [a-z ,]+; \d+.\d+ pixels with gemini-2\.5-flash-image$'
    }

    It 'offers the ratios of the model of the conversation on the line' {
        # Completion sees the variables of the session.
        Set-Variable -Name TokaifyTalk -Scope Global -Value (New-TokaifyConversation -Model gemini-3.1-flash-image-preview)
        try {
            (Get-Completion 'Invoke-TokaifyImageEdit -Conversation $TokaifyTalk -AspectRatio ').CompletionText |
                Should -Be @('Source'; (Get-TokaifyModel gemini-3.1-flash-image-preview).AspectRatios)
        }
        finally {
            Remove-Variable -Name TokaifyTalk -Scope Global
        }
    }

    It 'offers every known ratio if the catalogue lacks the model, and says that it does not know' {
        $completions = Get-Completion 'Invoke-TokaifyImageEdit -Model gemini-9-image -AspectRatio '

        $completions.CompletionText | Sort-Object | Should -Be (@(Get-TokaifyModel).AspectRatios | Sort-Object -Unique)
        $completions.ToolTip | Should -BeLike '*it is not known whether gemini-9-image takes it'
    }

    It 'gives a value that the parameter accepts' {
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

    It 'says how many pixels each is, by the aspect ratio on the line' {
        $times = [char] 0xD7
        (Get-Completion 'Invoke-TokaifyImageEdit -Model gemini-3.1-flash-image-preview -ImageSize 2').ToolTip |
            Should -BeLike "2K: about 2048${times}2048 pixels at 1:1 *"
        (Get-Completion 'Invoke-TokaifyImageEdit -Model gemini-3.1-flash-image-preview -AspectRatio 16:9 -ImageSize 2').ToolTip |
            Should -BeLike "2K: about 2752${times}1536 pixels at 16:9 *"
    }

    It 'offers all sizes with the models that take them if the model takes none: <_>' -ForEach '', '-Model gemini-2.5-flash-image' {
        $completions = Get-Completion "Invoke-TokaifyImageEdit $_ -ImageSize "

        $completions.CompletionText | Should -Be '512', '1K', '2K', '4K'
        $completions[0].ToolTip | Should -BeLike '512: with gemini-3.1-flash-image, *; gemini-2.5-flash-image takes no size'
        $completions[0].ToolTip | Should -Not -BeLike '*gemini-3-pro-image*'
    }

    It 'offers the known values if the environment is invalid' {
        $env:TOKAIFY_BASE_URL = 'no address'
        try {
            Get-Completion 'Invoke-TokaifyImageEdit -Model gemini-3.1-flash-image-preview -ImageSize ' | Should -HaveCount 4
        }
        finally {
            $env:TOKAIFY_BASE_URL = $null
        }
    }
}

Describe 'Completion of -SafetySetting' {
    It 'offers each category with each threshold, as a table that the parameter accepts' {
        $completions = (Get-Completion 'Invoke-TokaifyImageEdit -SafetySetting ').CompletionText

        $completions | Should -Contain "@{ HARM_CATEGORY_HARASSMENT = 'BLOCK_NONE' }"
        $completions | Should -Contain "@{ HARM_CATEGORY_HATE_SPEECH = 'OFF' }"
        & ([scriptblock]::Create($completions[0])) | Should -BeOfType [hashtable]
    }

    It 'offers those of the category whose beginning is typed' {
        (Get-Completion 'Invoke-TokaifyImageEdit -SafetySetting hate').CompletionText |
            Where-Object { $_ -notlike '@{ HARM_CATEGORY_*HATE* = *' } | Should -BeNullOrEmpty
    }

    # Windows PowerShell calls no completer inside the braces of a table.
    It 'offers the categories inside the braces: <Typed>' -Skip:($PSVersionTable.PSEdition -ne 'Core') -ForEach @(
        @{ Typed = '@{ '; Offered = 'HateSpeech' }
        @{ Typed = '@{ Har'; Offered = 'Harassment' }
        @{ Typed = "@{ Harassment = 'None'; "; Offered = 'HateSpeech' }
        @{ Typed = '@'; Offered = "@{ HARM_CATEGORY_HATE_SPEECH = 'OFF' }" }
    ) {
        (Get-Completion "Invoke-TokaifyImageEdit -SafetySetting $Typed").CompletionText | Should -Contain $Offered
    }

    It 'offers every category inside the braces, by a name that is accepted' -Skip:($PSVersionTable.PSEdition -ne 'Core') {
        $names = (Get-Completion 'New-TokaifyImage -SafetySetting @{ ').CompletionText

        $names | ForEach-Object { [Tokaify.SafetySetting]::Of($_, 'None').Category } | Sort-Object |
            Should -Be ([Tokaify.SafetySetting]::Categories | Sort-Object)
    }

    It 'describes each category and each threshold' {
        $completions = Get-Completion 'Invoke-TokaifyImageEdit -SafetySetting '

        $completions.ToolTip | Where-Object { $_ -notmatch '^[A-Za-z ()]+: [a-z :()]+$' } | Should -BeNullOrEmpty
        $completions[2].ToolTip | Should -Be 'harassment: blocked only if harm is likely'
    }

    It 'says which categories are for Vertex AI only' {
        $vertex = Get-Completion 'Invoke-TokaifyImageEdit -SafetySetting ' | Where-Object ToolTip -Like '*(Vertex AI only): *'

        $vertex.CompletionText -replace '^@{ HARM_CATEGORY_| = .*' | Select-Object -Unique |
            Should -Be 'IMAGE_HATE', 'IMAGE_DANGEROUS_CONTENT', 'IMAGE_HARASSMENT', 'IMAGE_SEXUALLY_EXPLICIT', 'JAILBREAK'
    }
}

Describe 'Completion of -OutputName' {
    It 'offers every token, in quotes, to <_>' -ForEach 'Invoke-TokaifyImageEdit', 'New-TokaifyImage' {
        (Get-Completion "$_ -OutputName ").CompletionText | Should -Be "'{name}'", "'{index}'", "'{model}'", "'{time}'"
    }

    It 'completes <Typed> to <Completed>' -ForEach @(
        @{ Typed = "'{name}-{i"; Completed = "'{name}-{index}'" }
        @{ Typed = "'{name}-{i'"; Completed = "'{name}-{index}'" }
        @{ Typed = "'{name}-{i|' -Force"; Completed = "'{name}-{index}' -Force" }
        @{ Typed = '"{name}-{T'; Completed = '"{name}-{time}"' }
        @{ Typed = "'it''s-{m"; Completed = "'it''s-{model}'" }
        @{ Typed = "'{"; Completed = "'{name}'", "'{index}'", "'{model}'", "'{time}'" }
        @{ Typed = 'pic-'; Completed = "'pic-{name}'", "'pic-{index}'", "'pic-{model}'", "'pic-{time}'" }
        @{ Typed = "'{name}-"; Completed = "'{name}-{name}'", "'{name}-{index}'", "'{name}-{model}'", "'{name}-{time}'" }
    ) {
        Get-CompletedLine "Invoke-TokaifyImageEdit -OutputName $Typed" |
            Should -Be ($Completed | ForEach-Object { "Invoke-TokaifyImageEdit -OutputName $_" })
    }

    It 'describes each token' {
        (Get-Completion 'Invoke-TokaifyImageEdit -OutputName ').ToolTip | Should -Match '^\{[a-z]+\}: .{20,}'
    }
}

Describe 'Completion of -Tool' {
    It 'offers tools as tables that the parameter accepts, each with a description' {
        $completion, $images = Get-Completion 'Invoke-TokaifyImageEdit -Tool g'

        $completion.CompletionText | Should -Be '@{ googleSearch = @{} }'
        $completion.ToolTip | Should -BeLike 'googleSearch: *Google*'
        (& ([scriptblock]::Create($completion.CompletionText))).googleSearch | Should -BeOfType [hashtable]
        (& ([scriptblock]::Create($images.CompletionText))).googleSearch.searchTypes.Keys | Should -Contain 'imageSearch'
    }
}

Describe 'Completion of -ThinkingLevel' {
    It 'offers the levels of the model, and for a model without levels all levels with their models' {
        (Get-Completion 'Invoke-TokaifyImageEdit -Model gemini-3.1-flash-image -ThinkingLevel ').CompletionText |
            Should -Be 'minimal', 'high'
        $all = Get-Completion 'New-TokaifyImage -ThinkingLevel m'
        $all.CompletionText | Should -Be 'minimal', 'medium'
        $all[1].ToolTip | Should -BeLike 'medium: with *gemini-nano-banana-2.1*'
    }
}

Describe 'Completion of -Fault' {
    It 'offers the faults, also after a comma' {
        (Get-Completion 'Start-TokaifyEmulator -Fault Rate').CompletionText | Should -Be 'RateLimit', 'RateLimitDate'
        (Get-Completion 'Start-TokaifyEmulator -Fault RateLimit, Una').CompletionText | Should -Be 'Unauthorized', 'Unavailable'
    }
}

Describe 'Completion of parameters that do not take files' {
    BeforeDiscovery {
        . "$PSScriptRoot/Common.ps1"
        $parameters = foreach ($command in Get-Command -Module Tokaify.PowerShell) {
            foreach ($parameter in $command.Parameters.Values) {
                $isFile = $parameter.Name -match 'Path$' -or $parameter.Name -in 'ReferenceImage', 'Destination'
                if (-not $isFile -and -not $parameter.SwitchParameter -and
                    $parameter.Name -notin [System.Management.Automation.Cmdlet]::CommonParameters) {
                    @{ Command = $command.Name; Parameter = $parameter.Name }
                }
            }
        }
    }

    BeforeAll {
        $folder = Initialize-Folder
        'afile.png', '1.txt', '4.txt', 'image.png', 'gemini.txt' | ForEach-Object { Set-Content -LiteralPath "$folder/$_" -Value '' }
        $null = New-Item -ItemType Directory -Path "$folder/one", "$folder/one two"
        Push-Location -LiteralPath $folder
    }

    AfterAll {
        Pop-Location
    }

    It 'offers no file: <Command> -<Parameter>' -ForEach $parameters {
        $files = (Get-ChildItem).Name -join '|' -replace '\.', '\.'
        foreach ($typed in '', 'a', '1', "'a", 'image') {
            @(Get-Completion "$Command -$Parameter $typed").CompletionText | Where-Object { $_ -match "^['""]?(\.[\\/])?($files)['""]?$" } |
                Should -BeNullOrEmpty -Because "'$typed' is typed"
        }
        Get-Completion "$Command -$Parameter " | Should -Not -BeNullOrEmpty
    }

    It 'the conversations of the session are offered, each with its last image' {
        Set-Variable -Name TokaifyTalk -Scope Global -Value (New-TokaifyConversation)
        try {
            $offered = Get-Completion 'Invoke-TokaifyImageEdit -Conversation '

            $offered.CompletionText | Should -Be '$TokaifyTalk'
            $offered.ToolTip | Should -Be '$TokaifyTalk: 0 turns with gemini-2.5-flash-image'
        }
        finally {
            Remove-Variable -Name TokaifyTalk -Scope Global
        }
    }

    It 'a new conversation is offered if there is none, as an expression that the parameter accepts' {
        $offered = (Get-Completion 'Invoke-TokaifyImageEdit -Conversation ').CompletionText

        $offered | Should -Be '($talk = New-TokaifyConversation)'
        & ([scriptblock]::Create("$offered; `$talk")) | Should -BeOfType [Tokaify.Conversation]
    }

    It 'a typed number stays: <_>' -ForEach 5, 3 {
        Get-CompletedLine "Invoke-TokaifyImageEdit -ThrottleLimit $_" | Should -Be "Invoke-TokaifyImageEdit -ThrottleLimit $_"
    }

    It 'only folders are offered for -Destination, to <_>' -ForEach 'Invoke-TokaifyImageEdit', 'New-TokaifyImage' {
        (Get-Completion "$_ -Destination ").CompletionText -replace '[''"]|^\.[\\/]' -replace '^\.[\\/]' | Should -Be 'one', 'one two'
        (Get-Completion "$_ -Destination afi").CompletionText | Should -Be 'afi'
    }

    It 'a new folder is offered for -Destination if there is none' {
        Push-Location -LiteralPath "$folder/one"
        try {
            (Get-Completion 'Invoke-TokaifyImageEdit -Destination ').CompletionText | Should -Be 'edited'
        }
        finally {
            Pop-Location
        }
    }

    It 'files are offered for paths: <_>' -ForEach 'Sunset ', '-Path ', '-LiteralPath ', '-ReferenceImage ', '-JournalPath ' {
        (Get-Completion "Invoke-TokaifyImageEdit ${_}af").CompletionText | Should -Match 'afile\.png'
    }
}
