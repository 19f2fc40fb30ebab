BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator
    $folder = Initialize-Folder
    $configBefore = $env:XDG_CONFIG_HOME, $env:APPDATA
    $env:XDG_CONFIG_HOME = $env:APPDATA = Join-Path $folder 'config'
    Set-TokaifyProfile studio -SecretName tokaify -Vault work
    $source = Copy-Picture plain.png -To $folder -As 'a [cat].png'
    $journal = Join-Path $folder 'edits.jsonl'

    $conversation = New-TokaifyConversation -SystemInstruction 'Be brief.'
    $null = Invoke-TokaifyImageEdit 'Add a red hat.' $source -Conversation $conversation
    $result = $source, "$folder/nowhere.png" |
        Invoke-TokaifyImageEdit 'Sunset' -JournalPath $journal -Summary -InformationVariable information -ErrorAction Ignore 6>$null
    $objects = @{
        Result       = $result
        Image        = $result.Images
        Model        = Get-TokaifyModel
        Conversation = $conversation
        Turn         = $conversation.Turns
        Context      = Get-TokaifyContext
        Connection   = Test-TokaifyConnection
        Summary      = $information.MessageData
        Entry        = Get-TokaifyJournal $journal
        Profile      = Get-TokaifyProfile
        Diagnostic   = Get-TokaifyDiagnostic
    }

    # As set by an administrator's policy, not by the session itself: the module is also loaded in this mode.
    $session = [initialsessionstate]::CreateDefault()
    $session.LanguageMode = 'ConstrainedLanguage'
    $session.ImportPSModule($BuiltModule)
    $constrained = [runspacefactory]::CreateRunspace($session)
    $constrained.Open()

    function Invoke-Constrained {
        param([Parameter(Mandatory)] [string] $Script, [Parameter(Mandatory)] $Argument)

        $powershell = [powershell]::Create()
        try {
            $powershell.Runspace = $constrained
            $null = $powershell.AddScript("param(`$value) $Script").AddArgument($Argument)
            $powershell.Invoke()
            $powershell.Streams.Error | Should -BeNullOrEmpty
        }
        finally {
            $powershell.Dispose()
        }
    }
}

AfterAll {
    $constrained.Dispose()
    $env:XDG_CONFIG_HOME, $env:APPDATA = $configBefore
    Restore-Session
}

Describe 'In Constrained Language Mode' {
    It 'the session is constrained' {
        Invoke-Constrained '$ExecutionContext.SessionState.LanguageMode' 0 | Should -Be 'ConstrainedLanguage'
    }

    It 'a <Kind> shows the same as in full language mode, with <View>' -ForEach @(
        $kinds = 'Result', 'Image', 'Model', 'Conversation', 'Turn', 'Context', 'Connection', 'Summary', 'Entry', 'Profile', 'Diagnostic'
        foreach ($kind in $kinds) {
            foreach ($view in 'Format-Table', 'Format-List', 'Format-Wide') {
                # Its ratios are formatted by a method.
                if ("$kind $view" -ne 'Model Format-Table') {
                    @{ Kind = $kind; View = $view }
                }
            }
        }
    ) {
        $script = "`$value | $View | Out-String -Width 160"
        $expected = & ([scriptblock]::Create("param(`$value) $script")) $objects[$Kind]

        $expected.Trim() | Should -Not -BeNullOrEmpty
        Invoke-Constrained $script $objects[$Kind] | Should -Be $expected
    }

    It 'the models'' table has a cell in each column' {
        $lines = (Invoke-Constrained '$value | Format-Table | Out-String -Width 160' $objects.Model[0]) -split '\r?\n' | Where-Object { $_ }

        $lines[0] | Should -Match '^Name +State +Retires +Price +ImageSizes +Ratios$'
        $lines[2] | Should -Match "^$($objects.Model[0].Name) +default .+ $($objects.Model[0].AspectRatios[0]) "
    }

    It 'no cell needs a method that has no plain cell beside it' {
        $views = [xml] (Get-Content -LiteralPath (Get-ChildItem -LiteralPath $BuiltModule -Recurse -Filter *.Format.ps1xml).FullName -Raw)
        $scripts = $views.SelectNodes('//ScriptBlock').InnerText
        $scripts.Count | Should -BeGreaterThan 20
        foreach ($script in $scripts) {
            $tree = [System.Management.Automation.Language.Parser]::ParseInput($script, [ref] $null, [ref] $null)
            $calls = $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.InvokeMemberExpressionAst] }, $true)
            if ($calls) {
                $script | Should -BeLike 'if ($ExecutionContext.SessionState.LanguageMode -eq ''FullLanguage'') { * } else { * }'
                $calls.Count | Should -Be 1 -Because $script
            }
        }
    }

    It 'edits as in full language mode' {
        $null = Invoke-Constrained 'Connect-Tokaify -Context $value' $objects.Context
        $another = Invoke-Constrained 'Invoke-TokaifyImageEdit ''Sunset'' -LiteralPath $value' $source.FullName

        $another.Status | Should -Be 'Saved'
    }

    It 'each type that has a view is among those shown' {
        $views = [xml] (Get-Content -LiteralPath (Get-ChildItem -LiteralPath $BuiltModule -Recurse -Filter *.Format.ps1xml).FullName -Raw)
        $shown = $objects.Values | ForEach-Object { $_ } | ForEach-Object { $_.PSObject.TypeNames }

        $views.SelectNodes('//ViewSelectedBy/TypeName').InnerText | Where-Object { $_ -notin $shown } | Should -BeNullOrEmpty
    }

    It 'completes as in full language mode: <_>' -ForEach @(
        'Invoke-TokaifyImageEdit -Sa'
        'Invoke-TokaifyImageEdit Night -Model '
        'Invoke-TokaifyImageEdit Night -Model gemini-3.1-flash-image -AspectRatio '
        'New-TokaifyImage Night -Model gemini-3.1-flash-image -ImageSize '
        # Windows PowerShell calls no completer inside the braces of a table.
        if ($PSEdition -eq 'Core') { 'New-TokaifyImage Night -SafetySetting @{' }
        'Get-TokaifyModel '
        'Start-TokaifyEmulator -Fault '
    ) {
        $script = '(TabExpansion2 -inputScript $value -cursorColumn {0}).CompletionMatches.CompletionText' -f $_.Length
        $expected = & ([scriptblock]::Create("param(`$value) $script")) $_

        $expected | Should -Not -BeNullOrEmpty
        Invoke-Constrained $script $_ | Should -Be $expected
    }
}

# One after the other, in the same session.
Describe 'In Constrained Language Mode, each command' {
    BeforeDiscovery {
        $calls = @(
            @{ Name = 'Start-TokaifyEmulator'; Call = 'Start-TokaifyEmulator -PassThru'; Expected = { $_.BaseUri.IsLoopback } }
            @{ Name = 'Get-TokaifyContext'; Call = 'Get-TokaifyContext'; Expected = { $_.BaseUri.IsLoopback } }
            @{ Name = 'Test-TokaifyConnection'; Call = 'Test-TokaifyConnection -Quiet'; Expected = { $_ } }
            @{ Name = 'Get-TokaifyDiagnostic'; Call = 'Get-TokaifyDiagnostic'; Expected = { $_.Test.Succeeded } }
            @{ Name = 'Get-TokaifyModel'; Call = 'Get-TokaifyModel gemini-3.1-flash-image'; Expected = { $_.AspectRatios } }
            @{
                Name     = 'Invoke-TokaifyImageEdit'
                Call     = '$edit = @{ Destination = "$value/night"; JournalPath = "$value/night.jsonl" }
                            Invoke-TokaifyImageEdit Night -LiteralPath "$value/a [cat].png" @edit'
                Expected = { $_.Status -eq 'Saved' }
            }
            @{ Name = 'New-TokaifyImage'; Call = 'New-TokaifyImage Fox -Destination "$value/new"'; Expected = { $_.Status -eq 'Saved' } }
            @{ Name = 'Get-TokaifyJournal'; Call = 'Get-TokaifyJournal "$value/night.jsonl"'; Expected = { $_.Outcome -eq 'Saved' } }
            @{
                Name     = 'Export-TokaifyReport'
                Call     = 'Get-TokaifyJournal "$value/night.jsonl" | Export-TokaifyReport "$value/night.html" -Embed -PassThru'
                Expected = { $_.Length -gt 10KB }
            }
            @{ Name = 'New-TokaifyConversation'; Call = '$talk = New-TokaifyConversation; $talk'; Expected = { $_.Model } }
            @{
                Name     = 'Save-TokaifyConversation'
                Call     = '$talk = New-TokaifyConversation
                            $null = Invoke-TokaifyImageEdit Hat -LiteralPath "$value/a [cat].png" -Conversation $talk
                            Save-TokaifyConversation "$value/talk.json" -Conversation $talk -PassThru'
                Expected = { $_ }
            }
            @{
                Name     = 'Restore-TokaifyConversation'
                Call     = 'Restore-TokaifyConversation "$value/talk.json"'
                Expected = { $_.Turns.Count }
            }
            @{ Name = 'Show-TokaifyImage'; Call = 'Show-TokaifyImage -LiteralPath "$value/a [cat].png" -PassThru'; Expected = { $_ } }
            @{
                Name     = 'Set-TokaifyProfile'
                Call     = 'Set-TokaifyProfile night -SecretName tokaify -MaximumCost 5 -PassThru'
                Expected = { $_.MaximumCost -eq 5 }
            }
            @{ Name = 'Get-TokaifyProfile'; Call = 'Get-TokaifyProfile nig*'; Expected = { $_.SecretName -eq 'tokaify' } }
            @{
                Name     = 'Remove-TokaifyProfile'
                Call     = 'Remove-TokaifyProfile night; (Get-TokaifyProfile).Name'
                Expected = { $_ -eq 'studio' }
            }
            @{ Name = 'Connect-Tokaify'; Call = 'Connect-Tokaify -Context (Get-TokaifyContext) -PassThru'; Expected = { $_.BaseUri } }
            @{ Name = 'Disconnect-Tokaify'; Call = 'Disconnect-Tokaify; Get-TokaifyContext'; Expected = { -not $_.BaseUri.IsLoopback } }
            @{ Name = 'Stop-TokaifyEmulator'; Call = 'Stop-TokaifyEmulator; $true'; Expected = { $_ } }
        )
    }

    It '<Name> does its work' -ForEach $calls {
        Invoke-Constrained $Call $folder | Where-Object $Expected | Should -Not -BeNullOrEmpty
    }

    It 'is among these' -ForEach @{ Names = $calls.Name } {
        (Get-Module Tokaify.PowerShell).ExportedCmdlets.Keys | Sort-Object | Should -Be ($Names | Sort-Object)
    }
}
