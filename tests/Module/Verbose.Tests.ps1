# The log lines of -Verbose for each image. Scripts search them, so their form must not change.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    $Key = 'sk-nobody-may-see-this-0123456789'
    $Line = '^(Planned|Sending|Retrying|Saved|Skipped|Failed) ''(?:[^'']|'''')+''(?: [a-z]+=(?:''(?:[^'']|'''')*''|[^ '']*))+$'

    function Get-Line {
        param($Relay, [hashtable] $More = @{}, [Parameter(ValueFromPipeline)] $Path)

        begin { $paths = @() }
        process { $paths += $Path }
        end {
            $paths |
                Invoke-TokaifyImageEdit 'Sunset' -BaseUri $Relay.BaseUri -ApiKey (ConvertTo-Secret $Key) `
                    -Verbose -ErrorAction SilentlyContinue @More 4>&1 |
                Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } |
                ForEach-Object Message
        }
    }
}

AfterAll {
    Restore-Session
}

Describe 'The verbose lines of a batch' {
    BeforeEach {
        $folder = Initialize-Folder
        $picture = (Copy-Picture -Name plain.png -To $folder -As 'it''s a cat.png').FullName
        $quoted = $picture.Replace("'", "''")
        $length = (Get-Item -LiteralPath $picture).Length
        $target = Join-Path $folder 'it''''s a cat-edited'
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'report a saved image' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $lines = $picture | Get-Line $relay

        $lines | Should -HaveCount 3
        $lines[0] | Should -Be "Planned '$quoted' requests=1 model=gemini-2.5-flash-image to='$target'"
        $lines[1] | Should -Be "Sending '$quoted' index=1 model=gemini-2.5-flash-image bytes=$length to='$target'"
        $from, $to = $quoted, $target | ForEach-Object { [regex]::Escape($_) }
        $lines[2] | Should -Match ("^Saved '$from' index=1 attempts=1 seconds=\d+\.\d tokens= cost=0\.039 currency=USD bytes=$length " +
            "to='$to.png'$")
    }

    It 'report a failed one' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('refuse'))

        ($picture | Get-Line $relay)[-1] |
            Should -BeLike ("Failed '$quoted' index=1 error=InvalidRequest status=400 attempts=1 cost=0 currency=USD message='*This " +
                'one is refused*''')
    }

    It 'report one that is refused before it is sent' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))

        Join-Path $folder nothing.png | Get-Line $relay |
            Should -BeLike ('Failed ''*nothing.png'' index= error=FileNotFound status= attempts=0 cost= currency= ' +
                'message=''nothing.png: There is no file ''''*''')
    }

    It 'report a further attempt' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('hold', 'answer'))
        $lines = $picture | Get-Line $relay @{ TimeoutSec = 1 }

        $from = [regex]::Escape($quoted)
        $lines[2] |
            Should -Match "^Retrying '$from' index=1 attempt=2 wait=\d\.\d error=Timeout status= message='.*longer than 1 second.*'$"
        $lines[3] | Should -BeLike "Saved '$quoted' index=1 attempts=2 *"
    }

    It 'report a skipped one: <Reason>' -ForEach @(
        @{ Reason = 'exists'; More = @{ SkipExisting = $true } }
        @{ Reason = 'journal'; More = @{ Resume = $true } }
    ) {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $More = $More + @{ JournalPath = Join-Path $folder journal.jsonl }
        $null = $picture | Get-Line $relay $More

        $picture | Get-Line $relay $More | Should -Be "Skipped '$quoted' index=1 reason=$Reason to='$target.png'"
    }

    It 'are one line each, in one form, without the key, and name the image, also if many edits run at once' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', 'refuse', 'answer'))
        $pictures = 1..12 | ForEach-Object { (Copy-Picture -Name plain.png -To $folder -As "$_.png").FullName }
        $lines = $pictures | Get-Line $relay @{ Count = 2 }

        $lines | Should -HaveCount (12 + 24 + 24)
        $lines | Should -Match $Line
        $lines | Should -Not -Match $Key
        foreach ($picture in $pictures) {
            $own = $lines -like "*'$picture'*"
            ($own -replace ' .*') | Sort-Object -Unique | Should -Contain 'Sending'
            @($own -match '^(Saved|Failed) ') | Should -HaveCount 2
            @($own -match ' index=2 ') | Should -HaveCount 2
        }
    }

    It 'have the beginning of the prompt if there is no image, in one line' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $lines = New-TokaifyImage "A fox`nin snow, $('very ' * 50)cold" -Destination $folder `
            -BaseUri $relay.BaseUri -ApiKey (ConvertTo-Secret $Key) -Verbose 4>&1 |
            Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }

        $lines.Message | Should -Match "^\w+ 'A fox in snow, very [^']{0,70}$([char] 0x2026)' "
        $lines.Message | Should -Match $Line
    }
}

Describe 'Verbose lines' {
    BeforeEach {
        $picture = (Copy-Picture -Name plain.png -To (Initialize-Folder)).FullName
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $edit = @{ Prompt = 'Sunset'; Path = $picture; BaseUri = $relay.BaseUri; ApiKey = ConvertTo-Secret $Key; SkipExisting = $true }
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'are written <Where>' -ForEach @(
        @{ Where = 'with -Verbose'; Script = { param($Edit) Invoke-TokaifyImageEdit @Edit -Verbose } }
        @{
            Where  = 'with -Verbose, whatever $VerbosePreference says'
            Script = { param($Edit) $VerbosePreference = 'Ignore'; Invoke-TokaifyImageEdit @Edit -Verbose }
        }
        @{
            Where  = 'where $VerbosePreference says so'
            Script = { param($Edit) $VerbosePreference = 'Continue'; Invoke-TokaifyImageEdit @Edit }
        }
        @{
            Where  = 'where that of the module that calls says so'
            Script = {
                param($Edit)
                $caller = New-Module { $VerbosePreference = 'Continue'; function Edit { param($Edit) Invoke-TokaifyImageEdit @Edit } }
                & $caller { param($Edit) Edit $Edit } $Edit
            }
        }
        @{
            Where  = 'where $PSDefaultParameterValues says so'
            Script = {
                param($Edit)
                $PSDefaultParameterValues = @{ '*-TokaifyImageEdit:Verbose' = $true }
                Invoke-TokaifyImageEdit @Edit
            }
        }
    ) {
        $lines = & $Script $edit 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } | ForEach-Object Message

        $lines -replace ' .*' | Where-Object { $_ -ne 'Planned' } | Should -Be 'Sending', 'Saved'
        & $Script $edit 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } | Should -BeLike 'Skipped *'
    }

    It 'are not written <Where>' -ForEach @(
        @{ Where = 'unasked'; Script = { param($Edit) Invoke-TokaifyImageEdit @Edit } }
        @{
            Where  = 'where $VerbosePreference says Ignore'
            Script = { param($Edit) $VerbosePreference = 'Ignore'; Invoke-TokaifyImageEdit @Edit }
        }
        @{
            Where  = 'with -Verbose:$false, whatever $VerbosePreference says'
            Script = { param($Edit) $VerbosePreference = 'Continue'; Invoke-TokaifyImageEdit @Edit -Verbose:$false }
        }
        @{
            Where  = 'where that of the module that calls says so, whatever the session''s says'
            Script = {
                param($Edit)
                $VerbosePreference = 'Continue'
                $caller = New-Module -Verbose:$false -ScriptBlock {
                    $VerbosePreference = 'SilentlyContinue'
                    function Edit { param($Edit) Invoke-TokaifyImageEdit @Edit }
                }
                & $caller { param($Edit) Edit $Edit } $Edit
            }
        }
    ) {
        & $Script $edit 4>&1 | Should -BeOfType [Tokaify.ImageEditResult]
        & $Script $edit 4>&1 | Should -BeOfType [Tokaify.ImageEditResult]
    }
}
