# The output after Ctrl+C, in a real terminal.

BeforeDiscovery {
    . "$PSScriptRoot/Terminal.ps1"
    $hasTerminal = $PSVersionTable.PSVersion.Major -ge 7 -and (Find-TerminalPython)
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Terminal.ps1"
}

Describe 'Ctrl+C in a terminal' -Skip:(-not $hasTerminal) {
    BeforeAll {
        # Stops a command by Ctrl+C once one image is saved and three are in flight. Returns the terminal's output as text.
        function Get-StoppedOutput {
            param([string] $Parameters)

            $folder = Initialize-Folder
            1..5 | ForEach-Object { $null = Copy-Picture -Name plain.png -To $folder -As "$_.png" }
            $script = @"
Add-Type -Path '$PSScriptRoot/StubRelay.cs'
`$relay = [Tokaify.Tests.StubRelay]::new('$Pictures/plain.png', @('answer', 'hold'))
`$null = [powershell]::Create().AddScript({
    `$null = `$args[0].WaitForHeld(3, 20)
    [Console]::WriteLine('press ctrl+c')
}).AddArgument(`$relay).BeginInvoke()
try {
    Get-ChildItem '$folder/*.png' | Invoke-TokaifyImageEdit 'Sunset' -Destination '$folder/out' -BaseUri `$relay.BaseUri ``
        -ApiKey (ConvertTo-SecureString key -AsPlainText -Force) -ThrottleLimit 3 $Parameters
}
finally {
    `$relay.Dispose()
}
"@
            $output = Get-TerminalOutput $script -Columns 400 -Environment @{ NO_COLOR = '1' } -AnyExit
            $output -replace '\x1b\[[\d;?]*[a-zA-Z]'
        }
    }

    It 'reports saved and cancelled images, possible cost, and how to go on' {
        $stopped = Get-StoppedOutput

        $stopped | Should -Match ('WARNING: Stopped: 1 saved, 0 failed, 3 cancelled, which may have been billed; 0\.039 USD at list ' +
            'prices without what was cancelled\. The same command with -SkipExisting goes on where this one ended\.')
    }

    It 'reports this after the summary as well' {
        $stopped = Get-StoppedOutput "-Summary -Resume -JournalPath '$(Initialize-Folder)/edits.jsonl'"

        $stopped | Should -Match '(?s)Not finished: 1 saved.*WARNING: Stopped: .* The same command goes on where this one ended\.'
    }

    It 'reports nothing if warnings are turned off' {
        $stopped = Get-StoppedOutput '-WarningAction SilentlyContinue'

        $stopped | Should -Match '\^C'
        $stopped | Should -Not -Match 'Stopped:'
    }
}
