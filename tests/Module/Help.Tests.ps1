BeforeDiscovery {
    . "$PSScriptRoot/HelpPages.ps1"
    $pages = @(Get-HelpPage)
    $commands = @($pages.Name -like '*-*')
    # Windows PowerShell has neither ForEach-Object -Parallel nor Start-ThreadJob.
    $examples = @($pages | ForEach-Object { Get-PageExample $_ }) |
        Where-Object { $PSVersionTable.PSEdition -eq 'Core' -or $_.Code -notmatch '-Parallel|Start-ThreadJob' } |
        # These need a user with a vault: Vault.Tests.ps1 has one.
        Where-Object Code -NotMatch 'Connect-Tokaify -(SecretName|Profile)'
    $platyPS = Get-Module -ListAvailable -Name platyPS |
        Where-Object { $_.Version -ge '0.14.0' -and $_.Version -lt '0.15.0' }
    # PowerShell on Linux passes addresses to a program of this name, which a test can replace.
    $hasOpener = $PSVersionTable.PSEdition -eq 'Core' -and $IsLinux
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/HelpPages.ps1"
    Clear-Session
    $Kept = Join-Path $Root 'module/en-US'
    $Staged = Join-Path (Get-Module Tokaify.PowerShell).ModuleBase 'en-US'
    $Repository = 'https://github.com/tokaify/Tokaify.PowerShell/blob/main'

    function Read-Text {
        param([string] $Path)

        [IO.File]::ReadAllText($Path).Replace("`r`n", "`n")
    }

    # A new session of the shell that runs these tests, with the module on its path.
    function Invoke-NewShell {
        param([string] $Script)

        $before = $env:PSModulePath
        $env:PSModulePath = (Join-Path $Root 'output') + [IO.Path]::PathSeparator + $before
        try {
            $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes("`$ProgressPreference = 'SilentlyContinue'; $Script"))
            & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $encoded
        }
        finally {
            $env:PSModulePath = $before
        }
    }
}

AfterAll {
    Restore-Session
}

Describe 'The pages' {
    It 'are one for each command, and the topics' {
        (Get-HelpPage '*-*').Name | Sort-Object | Should -Be ((Get-Module Tokaify.PowerShell).ExportedCmdlets.Keys | Sort-Object)
        (Get-HelpPage | Where-Object Name -NotLike '*-*').Name | Should -BeLike 'about_*'
    }

    It 'have no unfinished place: <_>' -ForEach $pages.Name {
        (Get-HelpPage $_).Text | Should -Not -Match '\{\{|\}\}|TODO|@@'
    }

    It 'link to pages that exist: <_>' -ForEach $pages.Name {
        $targets = [regex]::Matches(((Get-HelpPage $_).Text -replace '(?ms)^```.*?^```'), '\]\((?!http)([^)]+)\)') |
            ForEach-Object { $_.Groups[1].Value }

        $targets | Where-Object { -not (Test-Path -LiteralPath "$HelpPages/$_") } | Should -BeNullOrEmpty
    }

    It 'name only things of this module that exist: <_>' -ForEach $pages.Name {
        $named = [regex]::Matches((Get-HelpPage $_).Text, '\b[A-Z][a-z]+-Tokaify\w*') | ForEach-Object Value | Sort-Object -Unique

        $named | Where-Object { -not (Get-Command $_ -Module Tokaify.PowerShell -ErrorAction Ignore) } | Should -BeNullOrEmpty
    }
}

Describe 'The page of <_>' -ForEach $commands {
    BeforeAll {
        $Name = $_
        $Page = Get-HelpPage $Name
        $Command = Get-Command $Name -Module Tokaify.PowerShell
        $Documented = Get-PageParameter $Page
        $Own = $Command.Parameters.Values | Where-Object Name -NotIn ([System.Management.Automation.Cmdlet]::CommonParameters)

        # Returns the facts of a parameter in one set, in the form of the pages.
        function Get-Fact {
            param($Parameter, $Set)

            $here = $Set.Parameters | Where-Object Name -EQ $Parameter.Name
            $ways = @(
                if ($here.ValueFromPipelineByPropertyName) { 'ByPropertyName' }
                if ($here.ValueFromPipeline) { 'ByValue' }
            ) -join ', '
            $underlying = [Nullable]::GetUnderlyingType($Parameter.ParameterType)
            $wildcards = $Parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.SupportsWildcardsAttribute] }
            [ordered]@{
                'Type'                       = if ($underlying) { $underlying.Name } else { $Parameter.ParameterType.Name }
                'Aliases'                    = $Parameter.Aliases -join ', '
                'Required'                   = "$($here.IsMandatory)"
                'Position'                   = if ($here.Position -ge 0) { "$($here.Position)" } else { 'Named' }
                'Accept pipeline input'      = if ($ways) { "True ($ways)" } else { 'False' }
                'Accept wildcard characters' = "$([bool] $wildcards)"
            }
        }

        # Returns the facts that a page has for it.
        function Get-DocumentedFact {
            param($Parameter, $Set)

            $facts = @(
                $Documented[$Parameter.Name].Facts |
                    Where-Object { $_['Parameter Sets'] -eq '(All)' -or ($_['Parameter Sets'] -split ', ') -contains $Set.Name }
            )
            if ($facts) { $facts[0] } else { @{} }
        }
    }

    It 'has every section, and no empty one' {
        foreach ($heading in 'SYNOPSIS', 'SYNTAX', 'DESCRIPTION', 'EXAMPLES', 'PARAMETERS', 'INPUTS', 'OUTPUTS', 'RELATED LINKS') {
            Get-PageSection $Page.Text $heading | Should -Not -BeNullOrEmpty -Because $heading
        }
    }

    It 'says what the command costs and what it never does' {
        Get-PageSection $Page.Text 'DESCRIPTION' | Should -Match '(?s)cost.*(never|not )'
    }

    It 'has three examples or more' {
        @(Get-PageExample $Page).Count | Should -BeGreaterOrEqual 3
    }

    It 'names all parameters, and no other' {
        @($Documented.Keys | Sort-Object) | Should -Be @($Own.Name | Sort-Object)
    }

    It 'describes each parameter' {
        $Documented.Keys | Where-Object { $Documented[$_].Text.Length -lt 20 } | Should -BeNullOrEmpty
    }

    It 'has the correct facts of each in every parameter set' {
        foreach ($set in $Command.ParameterSets) {
            foreach ($parameter in $Own | Where-Object Name -In $set.Parameters.Name) {
                $said = Get-DocumentedFact $parameter $set
                $facts = Get-Fact $parameter $set
                foreach ($fact in $facts.Keys) {
                    "$($said[$fact])" | Should -BeExactly $facts[$fact] -Because "$fact of -$($parameter.Name) in $($set.Name)"
                }
            }
        }
    }

    It 'puts no parameter into a set that it is not in' {
        foreach ($parameter in $Own) {
            $sets = @($Command.ParameterSets | Where-Object { $_.Parameters.Name -contains $parameter.Name } | ForEach-Object Name)
            $said = @($Documented[$parameter.Name].Facts | ForEach-Object { $_['Parameter Sets'] -split ', ' })
            if ($said -contains '(All)') {
                $sets.Count | Should -Be $Command.ParameterSets.Count -Because "-$($parameter.Name)"
            }
            else {
                $said | Sort-Object | Should -Be ($sets | Sort-Object) -Because "-$($parameter.Name)"
            }
        }
    }

    It 'gives the defaults that the command has' {
        $new = [Activator]::CreateInstance($Command.ImplementingType)
        $always = $Own | Where-Object { $_.ParameterType.IsValueType -and -not [Nullable]::GetUnderlyingType($_.ParameterType) }
        foreach ($parameter in $always) {
            $property = $Command.ImplementingType.GetProperty($parameter.Name)
            $default = if ($property) { "$($property.GetValue($new))" } else { 'False' }
            $said = $Documented[$parameter.Name].Facts[0]['Default value']
            # Text may follow: "1, if -Fault is given". And text may stand for 0: "The profile's, else no limit".
            if ($default -ne '0' -or $said -match '^\d') {
                $said | Should -Match "^$([regex]::Escape($default))(,| \(|$)" -Because "-$($parameter.Name)"
            }
        }
    }

    It 'gives the limits that the command checks' {
        foreach ($parameter in $Own) {
            foreach ($range in $parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.ValidateRangeAttribute] }) {
                $Documented[$parameter.Name].Text | Should -Match "\b$($range.MinRange)\b" -Because "-$($parameter.Name)"
                if ($range.MaxRange -notin [int]::MaxValue, [long]::MaxValue) {
                    $Documented[$parameter.Name].Text | Should -Match "\b$($range.MaxRange)\b" -Because "-$($parameter.Name)"
                }
            }
        }
    }

    It 'names every value that Tab offers' {
        # For ranges, objects and free texts, Tab offers samples.
        $samples = [Tokaify.PowerShell.ValueCompleter], [Tokaify.PowerShell.ObjectCompleter]
        $words = $Own | Where-Object {
            $_.ParameterType -ne [switch] -and $_.Name -notmatch 'Path$|Destination|ReferenceImage' -and
            -not ($_.Attributes | Where-Object { $_.Type -in $samples })
        }
        foreach ($parameter in $words) {
            $said = $Documented[$parameter.Name]
            $text = "$($said.Text) $($said.Facts[0]['Accepted values'])"
            $lines = if ($parameter.Name -eq 'Model') {
                "$Name -Model "
            }
            else {
                Get-TokaifyModel | ForEach-Object { "$Name -Model $_ -$($parameter.Name) " }
            }
            if (-not $Command.Parameters['Model']) {
                $lines = "$Name -$($parameter.Name) "
            }
            $offered = $lines |
                ForEach-Object { (TabExpansion2 -inputScript $_ -cursorColumn $_.Length).CompletionMatches } |
                Where-Object ResultType -EQ ParameterValue |
                ForEach-Object { [regex]::Matches($_.CompletionText, '[\w.:-]{2,}').Value }
            $offered | Sort-Object -Unique | Where-Object { $text -notmatch "(?<![\w.:-])$([regex]::Escape($_))(?![\w:-])" } |
                Should -BeNullOrEmpty -Because "-$($parameter.Name)"
        }
    }

    It 'shows the syntax of each set' {
        $written = Get-PageSection $Page.Text 'SYNTAX'
        foreach ($set in $Command.ParameterSets) {
            $block = $written
            if ($Command.ParameterSets.Count -gt 1) {
                $block = [regex]::Match($written, "(?ms)^### $($set.Name)( \(Default\))?\n``````\n(.*?)``````").Groups[2].Value
            }
            $names = [regex]::Matches($block, '(?<=[\s\[])-(\w+)') | ForEach-Object { $_.Groups[1].Value }
            $names | Sort-Object | Should -Be (($Own | Where-Object Name -In $set.Parameters.Name).Name | Sort-Object) -Because $set.Name
        }
        if ($Command.ParameterSets.Count -gt 1) {
            [regex]::Match($written, '### (\w+) \(Default\)').Groups[1].Value | Should -BeExactly $Command.DefaultParameterSet
        }
    }

    It 'names the output types' {
        $types = @($Command.OutputType.Name)
        $said = [regex]::Matches((Get-PageSection $Page.Text 'OUTPUTS'), '(?m)^### (.+)$') | ForEach-Object { $_.Groups[1].Value }

        $said | Should -Be $(if ($types) { $types } else { 'None' })
    }
}

Describe 'The errors'' topic' {
    It 'has every error id, and no other' {
        $ids = [regex]::Matches((Get-HelpPage about_Tokaify_Errors).Text, '(?m)^### (\w+)$') | ForEach-Object { $_.Groups[1].Value }

        $ids | Sort-Object | Should -Be ([Enum]::GetNames([Tokaify.TokaifyErrorId]) | Sort-Object)
    }

    It 'says for each whether it was paid for and whether it is tried again' {
        [regex]::Matches((Get-HelpPage about_Tokaify_Errors).Text, '(?m)^Paid: .*\bTried again: ').Count |
            Should -Be ([Enum]::GetNames([Tokaify.TokaifyErrorId])).Count
    }
}

Describe 'An example' {
    BeforeAll {
        # The answers of a user to prompts.
        function global:Read-Host {
            param([string] $Prompt, [switch] $AsSecureString)

            Write-Verbose "$Prompt, $AsSecureString"
            ConvertTo-Secret 'sk-typed-by-somebody'
        }
        if ($PSVersionTable.PSEdition -eq 'Core') {
            $RenderingBefore = $PSStyle.OutputRendering
            $PSStyle.OutputRendering = 'PlainText'
        }
    }

    AfterAll {
        Remove-Item -LiteralPath Function:\Read-Host
        $env:MY_KEY = $null
        if ($PSVersionTable.PSEdition -eq 'Core') {
            $PSStyle.OutputRendering = $RenderingBefore
        }
    }

    It 'runs as it is printed, and does what it says: <Page> <Number>' -ForEach $examples {
        $run = Invoke-PageExample $Code

        $run.Errors | Should -BeNullOrEmpty
        # A terminal that draws images is not required.
        $run.Warnings | Where-Object Message -NotLike 'No picture is drawn: *' | Should -BeNullOrEmpty
        [bool] ($run.Text -or $run.Changed -or $run.IsConnectedAnew) | Should -BeTrue -Because 'an example must have an effect'
        if ($Code -match '-WhatIf') {
            $run.Changed | Should -BeNullOrEmpty
        }
        if ($Shown) {
            Get-Shape $run.Text | Should -Be (Get-Shape $Shown)
        }
    }
}

Describe 'The syntax in Get-Help' {
    It 'of a command with many sets is short: two lines each at the most' {
        $syntax = (Get-Help Invoke-TokaifyImageEdit | Out-String -Width 120) -split 'DESCRIPTION' | Select-Object -First 1
        $lines = ($syntax -split 'SYNTAX')[1] -split '\r?\n' | Where-Object { $_.Trim() }

        $lines | Should -HaveCount (($lines -match 'Invoke-TokaifyImageEdit').Count * 2) -Because $syntax
        $syntax | Should -Match '\[-Prompt\] <String> \[-Path\] <String\[\]>'
        $syntax | Should -Match '-Conversation <Conversation>'
    }

    It 'has all parameters of a command with few sets' {
        # The lines are as wide as the window, and may break within a word.
        (Get-Help New-TokaifyImage | Out-String -Width 120) -replace '\r?\n +' | Should -Match '\[-ThrottleLimit <Int32>\]'
    }
}

Describe 'The help that the repository keeps' {
    It 'was made from the pages as they are now' {
        $listed = [regex]::Matches((Read-Text "$Kept/Tokaify.PowerShell.dll-Help.xml"), '(?m)^  ([0-9a-f]{64}) (.+\.md)$') |
            ForEach-Object { "$($_.Groups[1].Value) $($_.Groups[2].Value)" }
        $sha256 = [Security.Cryptography.SHA256]::Create()
        $pages = Get-HelpPage | ForEach-Object {
            "$(-join ($sha256.ComputeHash([Text.Encoding]::UTF8.GetBytes($_.Text)) | ForEach-Object { $_.ToString('x2') })) $($_.Name).md"
        }

        # Otherwise: run docs/Export-Help.ps1 and commit what it changes.
        Compare-Object @($listed) @($pages) | ForEach-Object InputObject | Should -BeNullOrEmpty
    }

    It 'has every command and every topic' {
        $help = [xml] (Read-Text "$Kept/Tokaify.PowerShell.dll-Help.xml")
        @($help.helpItems.command.details.name | Sort-Object) | Should -Be @((Get-HelpPage '*-*').Name | Sort-Object)
        $help.InnerText | Should -Not -Match '[`]|\{\{' -Because 'Get-Help shows it as it is'
        @((Get-ChildItem -LiteralPath $Kept -Filter *.help.txt).Name | Sort-Object) |
            Should -Be @((Get-HelpPage 'about_*').Name | ForEach-Object { "$_.help.txt" } | Sort-Object)
    }

    It 'is what the build staged' {
        foreach ($file in Get-ChildItem -LiteralPath $Kept) {
            Read-Text (Join-Path $Staged $file.Name) | Should -BeExactly (Read-Text $file.FullName) -Because $file.Name
        }
        (Get-ChildItem -LiteralPath $Staged).Name | Should -Be (Get-ChildItem -LiteralPath $Kept).Name
    }

    # So that the test above compares it with the output of platyPS, and not with itself.
    It 'is not the staged help if platyPS is missing' -Skip:(-not $platyPS) {
        "$Root/artifacts/help/made.stamp" | Should -Exist
    }

    It 'has topics in ASCII, which every edition reads alike, with lines no wider than a console' {
        foreach ($file in Get-ChildItem -LiteralPath $Kept -Filter *.help.txt) {
            $lines = (Read-Text $file.FullName) -split "`n"
            $lines -match '[^\x20-\x7E]' | Should -BeNullOrEmpty -Because $file.Name
            $lines | Where-Object { $_.Length -gt 80 -and $_ -notmatch '^ {8}' } | Should -BeNullOrEmpty -Because $file.Name
            # Get-Help uses only the fifth line as the synopsis.
            $lines[3], $lines[5] | Should -Be 'SHORT DESCRIPTION', ''
        }
    }
}

Describe 'Get-Help in a session that has not loaded the module' {
    BeforeAll {
        $Answer = (Invoke-NewShell @'
$width = 100
$culture = [cultureinfo]::CurrentUICulture
[cultureinfo]::CurrentUICulture = 'de-DE'
$abroad = (Get-Help Stop-TokaifyEmulator).Synopsis
[cultureinfo]::CurrentUICulture = $culture
$answer = [ordered]@{
    Abroad = $abroad
    Full = Get-Help Invoke-TokaifyImageEdit -Full | Out-String -Width $width
    Examples = Get-Help Invoke-TokaifyImageEdit -Examples | Out-String -Width $width
    Parameters = @((Get-Help Invoke-TokaifyImageEdit -Parameter *).Name)
    Path = (Get-Help Invoke-TokaifyImageEdit -Parameter Path | Out-String -Width $width)
    Synopses = @(Get-Command -Module Tokaify.PowerShell | ForEach-Object { (Get-Help $_.Name).Synopsis })
    Links = @(Get-Command -Module Tokaify.PowerShell | ForEach-Object { @((Get-Help $_.Name -Full).relatedLinks.navigationLink)[0].uri })
    Topics = @('about_Tokaify', 'about_Tokaify_Batches', 'about_Tokaify_Errors' | ForEach-Object { Get-Help $_ | Out-String -Width $width })
    TopicSynopsis = (Get-Help about_Tokaify*).Synopsis
}
'<<<' + ($answer | ConvertTo-Json -Compress) + '>>>'
'@) -join "`n" -replace '(?s)^.*<<<|>>>.*$' | ConvertFrom-Json
    }

    It 'shows all of Invoke-TokaifyImageEdit' {
        $parts = @(
            'Edits each image that is piped in, and saves the new images.'
            'What it never does'
            '-ThrottleLimit <Int32>'
            'Default value                4'
            'RELATED LINKS'
        )
        foreach ($part in $parts) {
            $Answer.Full | Should -BeLike "*$part*"
        }
    }

    It 'shows its examples, each with its code and its text' {
        $Answer.Examples | Should -BeLike '*Get-ChildItem `*.png | Invoke-TokaifyImageEdit -Prompt*'
        $Answer.Examples | Should -BeLike '*Example 9*'
    }

    It 'shows all its parameters, and a single one' {
        $own = (Get-Command Invoke-TokaifyImageEdit).Parameters.Keys |
            Where-Object { $_ -notin [System.Management.Automation.Cmdlet]::CommonParameters }

        @($Answer.Parameters | Sort-Object) | Should -Be @($own | Sort-Object)
        $Answer.Path | Should -BeLike '*known by their bytes*'
    }

    It 'has a synopsis and an address of each command' {
        $commands = @((Get-Module Tokaify.PowerShell).ExportedCmdlets.Keys)

        $Answer.Synopses | Should -HaveCount $commands.Count
        $Answer.Synopses | Should -Match '^[A-Z].*\.$'
        $Answer.Links | Sort-Object | Should -Be ($commands | ForEach-Object { "$Repository/docs/en-US/$_.md" } | Sort-Object)
    }

    It 'is in English if the session has another language' {
        $Answer.Abroad | Should -Be 'Stops the emulator of this session.'
    }

    It 'shows the topics' {
        $Answer.Topics | Should -HaveCount 3
        $Answer.Topics | Should -BeLike 'TOPIC*about_Tokaify*SHORT DESCRIPTION*LONG DESCRIPTION*SEE ALSO*'
        $Answer.TopicSynopsis | Should -Match '^\S.*\S$'
    }

    It 'opens the page of a command with -Online' -Skip:(-not $hasOpener) {
        $folder = Initialize-Folder
        "#!/bin/sh`necho `"`$1`" > '$folder/opened.part' && mv '$folder/opened.part' '$folder/opened'`n" |
            Set-Content -LiteralPath "$folder/xdg-open" -NoNewline
        chmod +x "$folder/xdg-open"
        $before = $env:PATH
        $env:PATH = "$folder$([IO.Path]::PathSeparator)$before"
        try {
            Invoke-NewShell 'Get-Help Invoke-TokaifyImageEdit -Online'
        }
        finally {
            $env:PATH = $before
        }

        Wait-Condition { Test-Path -LiteralPath "$folder/opened" } | Should -BeTrue
        Get-Content -LiteralPath "$folder/opened" | Should -Be "$Repository/docs/en-US/Invoke-TokaifyImageEdit.md"
    }
}
