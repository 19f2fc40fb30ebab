# The text of -WhatIf goes to the host, not to a stream, so each dry run is a separate process.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    $Program = (Get-Process -Id $PID).Path

    # Returns the lines that a dry run shows.
    function Get-Plan {
        param([Parameter(Mandatory)] [string] $Line, [string] $Before = '$env:TOKAIFY_API_KEY = ''key''')

        $script = "$Before; `$env:TOKAIFY_BASE_URL = '$($relay.BaseUri)'; Import-Module '$BuiltModule'
            Set-Location -LiteralPath '$folder'
            $Line -ErrorVariable failures -ErrorAction SilentlyContinue
            `$failures | ForEach-Object { 'Error ' + (`$_.FullyQualifiedErrorId -split ',')[0] + ' ' + `$_.TargetObject }"
        $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($script))
        & $Program -NoProfile -NonInteractive -InputFormat Text -OutputFormat Text -EncodedCommand $encoded
    }
}

AfterAll {
    Restore-Session
}

Describe 'A dry run' {
    BeforeEach {
        $folder = Initialize-Folder
        $null = Copy-Picture -Name plain.png -To $folder -As 'cat.png'
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('refuse'))
    }

    AfterEach {
        $relay.Received | Should -Be 0
        $relay.Dispose()
    }

    It 'says what would be sent, where it would be saved and the totals, and creates nothing' {
        $null = Copy-Picture -Name lossy.webp -To $folder -As 'dog.png'
        $options = '-Destination out -AspectRatio 16:9 -Model gemini-3.1-flash-image'
        $plan = Get-Plan "Get-ChildItem -File | Invoke-TokaifyImageEdit Sunset -WhatIf $options"

        $plan | Should -HaveCount 3
        $saved = [regex]::Escape((Join-Path $folder 'out/cat-edited.png'))
        $edit = ('Edit ''.*cat\.png'' \(image/png, 3\.7 kB\) with gemini-3\.1-flash-image as 16:9, prompt ''Sunset'', estimated cost ' +
            "0\.067 USD at list prices, about 2,241 tokens, save as '$saved'")
        $plan[0] | Should -Match "^What if: $edit$"
        $plan[1] | Should -Match "Edit '.*dog\.png' \(image/webp, .*dog-edited\.png'$"
        $plan[2] | Should -Match ('^What if: Send 2 requests with [\d.]+ kB of pictures, skip 0, refuse 0\. Estimated cost: 0\.134 ' +
            'USD at list prices\.$')
        (Get-ChildItem -LiteralPath $folder -Recurse -Force).Name | Should -Be 'cat.png', 'dog.png'
    }

    It 'gives each its own name, as the real run does: <_>' -ForEach '', '-Force', '-SkipExisting' {
        'a', 'b' | ForEach-Object {
            $null = New-Item -ItemType Directory -Path "$folder/$_"
            $null = Copy-Picture -Name plain.png -To "$folder/$_" -As 'dog.png'
        }
        $null = New-Item -ItemType Directory -Path "$folder/out"
        $null = Copy-Picture -Name plain.png -To "$folder/out" -As 'dog-edited.png'
        $line = "Get-ChildItem a, b -File | Invoke-TokaifyImageEdit Sunset -Destination out $_"
        $planned = Get-Plan "$line -WhatIf" | Where-Object { $_ -match 'save as ''.*[/\\]out[/\\]([^'']+)''$' } |
            ForEach-Object { $Matches[1] }

        $serving = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        Push-Location -LiteralPath $folder
        try {
            $results = & ([scriptblock]::Create("$line -ThrottleLimit 1 -BaseUri $($serving.BaseUri) -ApiKey (ConvertTo-Secret key)"))
        }
        finally {
            Pop-Location
            $serving.Dispose()
        }
        $planned | Should -Be ($results | Where-Object Status -EQ Saved | ForEach-Object { Split-Path -Leaf $_.Path })
        $planned | Should -Not -BeNullOrEmpty
    }

    It 'does not overwrite an image of a conversation, like the real run' {
        $serving = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $connection = @{ BaseUri = $serving.BaseUri; ApiKey = ConvertTo-Secret key }
        $conversation = New-TokaifyConversation
        $null = Invoke-TokaifyImageEdit Sunset "$folder/cat.png" -Conversation $conversation @connection
        Save-TokaifyConversation $conversation "$folder/talk.json"
        $plan = Get-Plan 'Invoke-TokaifyImageEdit Darker -Conversation (Restore-TokaifyConversation talk.json) -Force -WhatIf'
        $result = Invoke-TokaifyImageEdit Darker -Conversation $conversation -Force @connection
        $serving.Dispose()

        Split-Path -Leaf $result.Path | Should -Be 'cat-edited-2.png'
        $plan[0] | Should -BeLike "*save as '$($result.Path)'"
    }

    It 'shows the request and the cost of each row' {
        $line = ('''Path,Prompt,Model,ImageSize'', ''cat.png,Make it night.,gemini-3.1-flash-image,2K'', ''cat.png,it''''s a ' +
            'day,no-such-model,'' | ConvertFrom-Csv')
        $plan = Get-Plan "$line | Invoke-TokaifyImageEdit -Count 2 -WhatIf"
        $plan[0] | Should -Match (' 2 times with gemini-3\.1-flash-image in 2K, prompt ''Make it night\.'', estimated cost 0\.\d+ USD ' +
            'at list prices, about 5,606 tokens, save as')
        $plan[1] | Should -BeLike "* 2 times with no-such-model, prompt 'it''s a day', estimated cost unknown, save as*"
    }

    It 'names each variation' {
        (Get-Plan 'Invoke-TokaifyImageEdit Sunset cat.png -Count 2 -WhatIf')[0] |
            Should -Match " 2 times with .* save as '.*cat-edited\.png', '.*cat-edited-2\.png'$"
    }

    It 'says which images are skipped, and why' {
        $null = Copy-Picture -Name plain.png -To $folder -As 'cat-edited.png'
        $plan = Get-Plan 'Invoke-TokaifyImageEdit Sunset cat.png -SkipExisting -WhatIf | Out-Null'

        $plan[0] | Should -Match "^What if: Skip '.*cat\.png': '.*cat-edited\.png' exists\.$"
        $plan[1] | Should -Be 'What if: Send 0 requests with 0 bytes of pictures, skip 1, refuse 0.'
    }

    It 'says which images are skipped because of the journal' {
        $serving = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $null = Invoke-TokaifyImageEdit Sunset "$folder/cat.png" -JournalPath "$folder/edits.jsonl" `
            -BaseUri $serving.BaseUri -ApiKey (ConvertTo-Secret key)
        $serving.Dispose()

        (Get-Plan 'Invoke-TokaifyImageEdit Sunset cat.png -JournalPath edits.jsonl -Resume -WhatIf | Out-Null')[0] |
            Should -Match "^What if: Skip '.*cat\.png': it is saved according to the journal\.$"
    }

    It 'refuses the same requests as the real run, with the same errors' {
        Set-Content -LiteralPath "$folder/text.png" -Value 'This is no picture.'
        $null = New-Item -ItemType File -Path "$folder/file"
        $badRatio = '[pscustomobject]@{ Path = ''cat.png''; AspectRatio = ''9:99'' }'
        $badSize = '[pscustomobject]@{ Path = ''cat.png''; ImageSize = ''9K'' }'
        foreach ($line in @(
                '''text.png'', ''none.png'', ''cat.png'' | Invoke-TokaifyImageEdit Sunset'
                'Invoke-TokaifyImageEdit Sunset cat.png -Destination file'
                'Invoke-TokaifyImageEdit Sunset cat.png -Destination file/deeper'
                "$badRatio, $badSize | Invoke-TokaifyImageEdit Sunset"
            )) {
            $refused = Get-Plan "$line -WhatIf" | Where-Object { $_ -like 'Error *' }
            $refused | Should -Not -BeNullOrEmpty
            $really = Get-Plan $line | Where-Object { $_ -like 'Error *' -and $_ -notlike 'Error InvalidRequest *' }
            # Only the one good image reached the relay.
            $relay.Dispose()
            $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('refuse'))

            $refused | Should -Be $really
        }
    }

    # Windows has other permissions than those of chmod, and root may do everything.
    It 'refuses a folder that cannot be written to' -Skip:($env:OS -eq 'Windows_NT' -or (id -u) -eq 0) {
        $null = New-Item -ItemType Directory -Path "$folder/out"
        chmod 500 "$folder/out"
        Get-Plan 'Invoke-TokaifyImageEdit Sunset cat.png -Destination out/new -WhatIf' |
            Should -Contain "Error SaveFailed $(Join-Path $folder 'cat.png')"
        chmod 700 "$folder/out"
    }

    It 'counts refused requests by error id' {
        Set-Content -LiteralPath "$folder/text.png" -Value 'This is no picture.'

        Get-Plan '''text.png'', ''none.png'', ''cat.png'' | Invoke-TokaifyImageEdit Sunset -WhatIf' |
            Should -Contain ('What if: Send 1 request with 3.7 kB of pictures, skip 0, refuse 2 (FileNotFound 1, UnsupportedImage ' +
                '1). Estimated cost: 0.039 USD at list prices.')
    }

    It 'warns about images that may be too large for the service' {
        $large = [IO.File]::Open("$folder/cat.png", 'Append')
        $large.SetLength(21MB)
        $large.Dispose()

        (Get-Plan 'Invoke-TokaifyImageEdit Sunset cat.png -WhatIf') -join ' ' |
            Should -Match 'WARNING: cat\.png: The pictures of this request take 28\.0 MB on the wire'
    }

    It 'needs no key, and warns that the real run does' {
        $plan = Get-Plan 'Invoke-TokaifyImageEdit Sunset cat.png -WhatIf' -Before '$env:TOKAIFY_API_KEY = $null'

        $plan -join ' ' | Should -Match 'WARNING: Without -WhatIf, this would send nothing: There is no API key\.'
        $plan[-1] | Should -BeLike 'What if: Send 1 request with *'
    }

    It 'says what images would be made from text' {
        $plan = Get-Plan '''A fox'', ''A fox'' | New-TokaifyImage -WhatIf'

        $plan[0] | Should -Match ('^What if: Make a picture of ''A fox'' with gemini-2\.5-flash-image, estimated cost 0\.039 USD at ' +
            "list prices, about 1,290 output tokens, save as '.*a-fox\.png'$")
        $plan[1] | Should -Match 'a-fox-2\.png''$'
        $plan[2] | Should -Be ('What if: Send 2 requests with 0 bytes of pictures, skip 0, refuse 0. Estimated cost: 0.078 USD at ' +
            'list prices.')
    }

    It 'shows the -Summary in place of its last line' {
        $plan = Get-Plan 'Invoke-TokaifyImageEdit Sunset cat.png -WhatIf -Summary -InformationVariable info'

        $plan | Should -HaveCount 2
        $plan[1] | Should -Be 'Send 1 request with 3.7 kB of pictures, skip 0, refuse 0. Estimated cost: 0.039 USD at list prices.'
    }
}
