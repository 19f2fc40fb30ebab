# Responses with a link in place of the image.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'A response with a link in place of the image' {
    BeforeEach {
        $folder = Initialize-Folder
        $journal = Join-Path $folder 'edits.jsonl'
        $source = Copy-Picture plain.png -To $folder
        $edit = @{ Prompt = 'Sunset'; JournalPath = $journal; RetryIntervalSec = 1 }
    }

    AfterEach {
        Stop-TokaifyEmulator
    }

    It 'gives a normal result and a journal line, and is not sent again' {
        Start-TokaifyEmulator -Fault Link
        $result = $source | Invoke-TokaifyImageEdit @edit

        $result.Path | Should -Be (Join-Path $folder 'plain-edited.png')
        $result.Status, $result.Attempts, $result.Images[0].MimeType | Should -Be 'Saved', 1, 'image/png'
        $result.Images[0].Width | Should -BeGreaterThan 0
        $line = Get-Content -LiteralPath $journal | ConvertFrom-Json | Where-Object outcome -NE 'sent'
        $line.outcome, $line.attempts, $line.errorId | Should -Be 'saved', 1, $null
        $line.images.sha256 | Should -Be (Get-FileHash -LiteralPath $result.Path).Hash.ToLowerInvariant()
        ($source | Invoke-TokaifyImageEdit @edit -Resume).Status | Should -Be 'Skipped'
    }

    It 'is an error with the link if the link is dead, also in the journal, after one request' {
        Start-TokaifyEmulator -Fault DeadLink
        $source | Invoke-TokaifyImageEdit @edit -ErrorAction SilentlyContinue -ErrorVariable failures

        $failures | Should -HaveCount 1
        $failures | Get-ErrorId | Should -Be 'LinkFailed'
        $failures[0].CategoryInfo.Category | Should -Be 'ReadError'
        $failures[0].Exception.Attempts, $failures[0].Exception.StatusCode | Should -Be 1, 404
        $failures[0].Exception.Message | Should -Match "'http://127\.0\.0\.1:\d+/images/[0-9a-f]+\.png'"
        $lines = Get-Content -LiteralPath $journal | ConvertFrom-Json
        $lines.outcome | Should -Be 'sent', 'failed'
        $lines[1].errorId, $lines[1].errorMessage | Should -Be 'LinkFailed', $failures[0].Exception.Message
        @($lines[1].requests).Count | Should -Be 1
        Get-ChildItem -LiteralPath $folder -Filter '*edited*' -Force | Should -BeNullOrEmpty
    }

    It 'does not end the batch, even with many dead links' {
        Start-TokaifyEmulator -Fault DeadLink
        $sources = 'plain.png', 'palette.png', 'interlaced.png', 'grayscale.jpg', 'lossy.webp' |
            ForEach-Object { Copy-Picture $_ -To (Initialize-Folder) }
        $sources | Invoke-TokaifyImageEdit @edit -ThrottleLimit 1 -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures | Get-ErrorId | Should -Be (@('LinkFailed') * 5)
    }

    It 'is not followed to <_>' -ForEach 'http://169.254.169.254/latest/meta-data/', 'https://2130706433/a.png' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('raw'))
        try {
            $body = '{"candidates":[{"content":{"parts":[{"fileData":{"fileUri":"' + $_ + '"}}]}}]}'
            $relay.Raw = "HTTP/1.1 200 OK`r`nContent-Type: application/json`r`nContent-Length: $($body.Length)`r`n`r`n$body"
            $source | Invoke-TokaifyImageEdit @edit -BaseUri $relay.BaseUri -ApiKey (ConvertTo-Secret 'key') `
                -ErrorAction SilentlyContinue -ErrorVariable failures

            $failures | Get-ErrorId | Should -Be 'LinkFailed'
            $failures[0].Exception.Message | Should -BeLike "*the link is refused: *'$_'."
            $relay.Received | Should -Be 1
        }
        finally {
            $relay.Dispose()
        }
    }
}
