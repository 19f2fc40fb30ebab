# Text of a relay or a proxy in every output for a user: it has no part of a secret, and no control character.

BeforeDiscovery {
    # A row for each place of a response; {0} is the relay's text there. In JSON, it is escaped.
    $picture = '{{"inlineData":{{"mimeType":"image/png","data":"{1}"}}}}'
    $places = @(
        @{ Place = 'the status line'; Response = "HTTP/1.1 {0}`r`n`r`n" }
        @{ Place = 'a header'; Response = "HTTP/1.1 400 Bad`r`n{0}`r`n`r`n" }
        @{ Place = 'the request id'; Response = "HTTP/1.1 400 Bad`r`nX-Request-Id: {0}`r`nContent-Length: 0`r`n`r`n" }
        @{ Place = 'a page'; Response = "HTTP/1.1 502 Bad`r`nConnection: close`r`n`r`n<html><title>{0}</title></html>" }
        @{ Place = 'an error''s message'; IsJson = $true; Status = 401; Response = '{{"error":{{"message":"{0}","code":"{0}"}}}}' }
        @{
            Place    = 'a finish reason'
            IsJson   = $true
            Status   = 200
            Response = '{{"candidates":[{{"finishReason":"{0}","finishMessage":"{0}"}}]}}'
        }
        @{ Place = 'a block reason'; IsJson = $true; Status = 200; Response = '{{"promptFeedback":{{"blockReason":"{0}"}}}}' }
        @{ Place = 'a literal'; Status = 200; Response = '{{"a":t{0}}}' }
        @{
            Place    = 'a good response'
            IsJson   = $true
            Status   = 200
            Response = '{{"candidates":[{{"content":{{"parts":[{{"text":"{0}"}},' + $picture +
            ']}},"finishReason":"{0}"}}],"responseId":"{0}","modelVersion":"{0}"}}'
        }
        @{ Place = 'the list of models'; IsJson = $true; Status = 200; Response = '{{"models":[{{"name":"models/{0}"}}]}}' }
    )
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session

    $Key = 'sk-9fK/2q+Zr7Lw=Xc_4Vb~8Nm'
    $Png = [Convert]::ToBase64String([IO.File]::ReadAllBytes("$Pictures/palette.png"))
    $Control = '[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]'

    # Finds any eight consecutive characters of a secret, or of its Base64.
    function Get-PartPattern {
        param([string] $Secret)

        $forms = @($Secret) + @('', 'x', 'xx' | ForEach-Object {
                $base64 = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($_ + $Secret)).TrimEnd('=')
                $base64.Substring(4, $base64.Length - 6)
            })
        $parts = foreach ($form in $forms) {
            0..($form.Length - 8) | ForEach-Object { [regex]::Escape($form.Substring($_, 8)) }
        }
        $parts -join '|'
    }

    # Returns the response of a row with a text in its place.
    function Get-Response {
        param([hashtable] $Row, [string] $Text)

        if ($Row.IsJson) {
            $Text = ($Text | ConvertTo-Json -Compress).Trim('"')
        }
        $response = $Row.Response -f $Text, $Png
        if ($Row.Status) {
            $length = [Text.Encoding]::UTF8.GetByteCount($response)
            $response = "HTTP/1.1 $($Row.Status) Fine`r`nContent-Type: application/json`r`nContent-Length: $length`r`n`r`n$response"
        }
        $response
    }

    # Returns all output that a user sees for a response, in streams, objects and files: of edits, and of a list of models.
    function Get-Seen {
        param([string] $Response, [switch] $ListsModels)

        $folder = Initialize-Folder
        $cat = (Copy-Picture -Name plain.png -To $folder -As cat.png).FullName
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('raw'))
        $relay.Raw = $Response
        $talk = New-TokaifyConversation
        $connection = @{ BaseUri = $relay.BaseUri; ApiKey = ConvertTo-Secret $Key }
        $edit = $connection + @{ Prompt = 'Sunset'; Path = $cat; MaximumRetryCount = 0; Verbose = $true }
        $edit.JournalPath = "$folder/edits.jsonl"
        # PowerShell keeps only 256 errors, so the count of a full list is not usable.
        $Error.Clear()
        try {
            $null = Start-Transcript -Path "$folder/transcript.txt"
            $said = & {
                param($Lists)
                Invoke-TokaifyImageEdit @edit -EmbedMetadata -Summary
                Invoke-TokaifyImageEdit @edit -Conversation $talk
                # A list is requested several times if the error is transient.
                if ($Lists) {
                    try { Get-TokaifyModel -Online @connection -Verbose } catch { $_ }
                }
            } $ListsModels *>&1 | ForEach-Object { $_ | Out-Host; $_ }
            $null = Stop-Transcript
            $Error | ForEach-Object { $said += $_ }
        }
        finally {
            $relay.Dispose()
        }

        Read-Seen -Said $said -Talk $talk -Folder $folder
    }

    # Returns the texts of the commands' output, and of the files that they and the following commands wrote.
    function Read-Seen {
        param([object[]] $Said, $Talk, [string] $Folder)

        $Said | Where-Object { $_ -isnot [string] } | Export-TokaifyReport -Path "$Folder/report.html" -WarningAction Ignore
        Save-TokaifyConversation $Talk "$Folder/talk.json"
        $objects = @($Said) + @($Talk.Turns) + @(Get-Cause $Said)
        @(
            $objects | Out-String -Width 4096
            $objects | Format-List -Property * -Force | Out-String -Width 4096
            $objects | ForEach-Object { "$_" }
            $objects | ConvertTo-Json -Depth 3 -WarningAction SilentlyContinue
            # Windows PowerShell does not accept -Include with -LiteralPath, and reads a file without a byte order mark as ANSI.
            Get-ChildItem -LiteralPath $Folder -Recurse -File | Where-Object Extension -In '.txt', '.jsonl', '.html', '.json' |
                Get-Content -Raw -Encoding UTF8
            Get-ChildItem -LiteralPath $Folder -Filter cat-edited*.png | ForEach-Object { (Get-PngText -Path $_.FullName).Values }
        )
    }

    # Returns the exceptions of error records, and their inner exceptions.
    function Get-Cause {
        param($Records)

        foreach ($record in @($Records) | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }) {
            for ($cause = $record.Exception; $cause; $cause = $cause.InnerException) {
                $cause
            }
        }
    }
}

AfterAll {
    Restore-Session
}

Describe 'Text from a relay' {
    It 'shows no part of the key in any stream, object or file: <Place>' -ForEach $places {
        $escaped = ($Key.ToCharArray() | ForEach-Object { '%{0:x2}' -f [int] $_ }) -join ''
        $base64 = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes("joe:$Key"))
        $seen = (Get-Seen (Get-Response $_ "$Key, $escaped, Basic $base64") -ListsModels:([bool] $_.IsJson)) -join "`n"

        $seen | Should -Match '\*\*\*\*|''sk-'''
        $seen | Should -Not -Match (Get-PartPattern $Key)
        $seen | Should -Not -Match ([regex]::Escape($escaped.Substring(24, 24)))
    }

    It 'has no control characters: <Place>' -ForEach $places {
        $before = if ($PSStyle) { $PSStyle.OutputRendering }
        try {
            if ($PSStyle) { $PSStyle.OutputRendering = 'PlainText' }
            $steering = "ab$([char] 0x1B)[31mc$([char] 0x9B)1m$([char] 0x202E)d$([char] 0x2066)e$([char] 7)f"
            # The file of a conversation has the service's text unchanged, because it is sent back.
            $seen = (Get-Seen (Get-Response $_ $steering) -ListsModels:([bool] $_.IsJson) |
                    Where-Object { $_ -notmatch '"format": "Tokaify.Conversation"' }) -join "`n"

            # .NET shows three characters of a status line.
            $seen | Should -Match '''ab''|abc'
            $seen | Should -Not -Match $Control
        }
        finally {
            if ($PSStyle) { $PSStyle.OutputRendering = $before }
        }
    }

    It 'is decoded from the entities of a page, and then sanitized again' {
        $seen = (Get-Seen "HTTP/1.1 502 Bad`r`nConnection: close`r`n`r`n<html><title>a&#27;[31mb &amp; &#8238;c</title></html>") -join "`n"

        $seen | Should -Match ': ab & c\. '
    }
}

Describe 'A run of all faults' {
    It 'shows no part of the key in any stream, object or file' {
        $folder = Initialize-Folder
        $cat = (Copy-Picture -Name plain.png -To $folder -As cat.png).FullName
        $talk = New-TokaifyConversation
        $edit = @{ Prompt = 'Sunset'; Path = $cat; ApiKey = ConvertTo-Secret $Key; Conversation = $talk }
        $edit += @{ JournalPath = "$folder/edits.jsonl"; TimeoutSec = 2; MaximumRetryCount = 0; Verbose = $true }
        $faults = [enum]::GetValues([Tokaify.Emulation.EmulatorFault]) | Where-Object { $_ -gt [Tokaify.Emulation.EmulatorFault]::Odd }
        $null = Start-Transcript -Path "$folder/transcript.txt"
        $said = foreach ($fault in $faults) {
            Start-TokaifyEmulator -Fault $fault
            Invoke-TokaifyImageEdit @edit *>&1 | ForEach-Object { $_ | Out-Host; $_ }
            Stop-TokaifyEmulator
        }
        $null = Stop-Transcript
        $seen = (Read-Seen -Said $said -Talk $talk -Folder $folder) -join "`n"

        @($said | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }).Count | Should -BeGreaterThan 40
        @($said | Where-Object { $_ -is [Tokaify.ImageEditResult] }).Count | Should -BeGreaterThan 9
        $seen | Should -Match 'Incorrect token provided: \*\*\*\*'
        $seen | Should -Not -Match (Get-PartPattern $Key)
    }
}

Describe 'A report of objects from elsewhere' {
    It 'has no bidirectional and no control characters' {
        $folder = Initialize-Folder
        $text = "a$([char] 0x1B)[31mb$([char] 0x202E)c$([char] 0x85)d"
        [pscustomobject] @{ Status = 'Saved'; SourcePath = "$folder/$text.png"; Images = @(); Prompt = $text; Text = $text } |
            Export-Clixml -Path "$folder/results.xml"
        Import-Clixml -Path "$folder/results.xml" | Export-TokaifyReport -Path "$folder/report.html"

        [IO.File]::ReadAllText("$folder/report.html") | Should -Not -Match $Control
    }
}

Describe 'A journal of another program' {
    It 'with half of a surrogate pair in its options is in the report' {
        $folder = Initialize-Folder
        $line = '{"outcome":"failed","sourcePath":"/a.png","prompt":"Sunset","model":"m","isTurn":false,' +
        '"options":{"systemInstruction":{"parts":[{"text":"\ud800"}]}}}'
        Set-Content -LiteralPath "$folder/edits.jsonl" -Value $line
        Get-TokaifyJournal "$folder/edits.jsonl" | Export-TokaifyReport -Path "$folder/report.html"

        [IO.File]::ReadAllText("$folder/report.html") | Should -Match 'Sunset'
    }
}

# .NET Framework reads the proxy from the user's Internet settings, not from the environment.
Describe 'A proxy of the environment' -Skip:($PSEdition -eq 'Desktop') {
    It 'does not show its password when it fails: <Password>' -ForEach @(
        @{ Password = 'Tr0ub4dor-and-3-horses' }
        @{ Password = 'hunter2' }
    ) {
        $folder = Initialize-Folder
        $proxy = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('raw'))
        $proxy.Raw = "HTTP/1.1 500 No`r`nContent-Length: 0`r`n`r`n"
        # In a separate process, because a process reads the environment's proxies once.
        $script = @"
            Import-Module '$BuiltModule'
            `$null = Start-Transcript -Path '$folder/transcript.txt'
            `$edit = @{ Prompt = 'Sunset'; Path = '$Pictures/plain.png'; Destination = '$folder'; JournalPath = '$folder/edits.jsonl' }
            `$edit += @{ BaseUri = 'https://relay.test'; MaximumRetryCount = 0; Verbose = `$true }
            `$edit.ApiKey = [System.Net.NetworkCredential]::new('', 'a-key').SecurePassword
            Invoke-TokaifyImageEdit @edit *>&1 | ForEach-Object { `$_; `$_ | Format-List * -Force; "`$(`$_.Exception)" }
            `$null = Stop-Transcript
"@
        $saved = $env:HTTPS_PROXY, $env:NO_PROXY
        try {
            $env:HTTPS_PROXY = "http://joe:$Password@$($proxy.BaseUri.Authority)"
            $env:NO_PROXY = $null
            $seen = @(& (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command $script 2>&1 | Out-String -Width 4096)
        }
        finally {
            $env:HTTPS_PROXY, $env:NO_PROXY = $saved
            $proxy.Dispose()
        }

        $seen += Get-ChildItem -LiteralPath $folder | Get-Content -Raw
        $proxy.LastHead | Should -BeLike 'CONNECT relay.test:443*'
        $seen -join "`n" | Should -Match 'ConnectionFailed'
        $seen -join "`n" | Should -Match 'joe:\*\*\*\*@'
        $seen -join "`n" | Should -Not -Match $Password
    }
}
