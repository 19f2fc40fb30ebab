BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator
    $folder = Initialize-Folder
    $source = Copy-Picture plain.png -To $folder -As 'a [cat].png'

    $conversation = New-TokaifyConversation -SystemInstruction 'Be brief.'
    $null = Invoke-TokaifyImageEdit 'Add a red hat.' $source -Conversation $conversation
    $result = $source, "$folder/nowhere.png" |
        Invoke-TokaifyImageEdit 'Sunset' -Summary -InformationVariable information -ErrorAction SilentlyContinue 6> $null
    $objects = @{
        Result       = $result
        Image        = $result.Images
        Model        = Get-TokaifyModel
        Conversation = $conversation
        Turn         = $conversation.Turns
        Context      = Get-TokaifyContext
        Connection   = Test-TokaifyConnection
        Summary      = $information.MessageData
    }

    # As an administrator's policy makes it, and not as a session makes it for itself: the module is loaded under it, too.
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
    Restore-Session
}

Describe 'In Constrained Language Mode' {
    It 'the session is constrained' {
        Invoke-Constrained '$ExecutionContext.SessionState.LanguageMode' 0 | Should -Be 'ConstrainedLanguage'
    }

    It 'a <Kind> shows all that it shows elsewhere, with <View>' -ForEach @(
        foreach ($kind in 'Result', 'Image', 'Model', 'Conversation', 'Turn', 'Context', 'Connection', 'Summary') {
            foreach ($view in 'Format-Table', 'Format-List', 'Format-Wide') {
                # Its ratios are laid out by a method.
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

    It 'edits as elsewhere' {
        $null = Invoke-Constrained 'Connect-Tokaify -Context $value' $objects.Context
        $another = Invoke-Constrained 'Invoke-TokaifyImageEdit ''Sunset'' -LiteralPath $value' $source.FullName

        $another.Status | Should -Be 'Saved'
    }
}
