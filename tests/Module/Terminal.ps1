# Shared by the tests of the output to a terminal.

# A Python with pseudo-terminals. If there is none, returns nothing and writes why.
function Find-TerminalPython {
    $python = Get-Command python3 -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    $missing = if ($python) {
        & $python.Source -c 'import os, pty, termios; os.waitstatus_to_exitcode(0)' 2>&1
    }
    else {
        'it is not installed'
    }
    if ($missing) {
        Write-Information -InformationAction Continue `
            'Python 3.9 with its module pty is needed to look at what a terminal gets: those tests are left out.'
        return
    }
    $python.Source
}

# Runs a script in a separate PowerShell, in a terminal of the kind that the environment names. The module is imported there.
# Returns the whole output to the terminal, one character for each byte.
function Get-TerminalOutput {
    param(
        [Parameter(Mandatory)] [string] $Script,
        [hashtable] $Environment = @{},
        [string[]] $Switches = @('-NoProfile'),
        [int] $Columns = 80,
        [int] $Rows = 40,
        # The script is broken off, so its exit code has no meaning.
        [switch] $AnyExit
    )

    $folder = Initialize-Folder
    $command = "`$ProgressPreference = 'SilentlyContinue'; Import-Module '$BuiltModule'; $Script"
    $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($command))
    $before = Set-TerminalEnvironment $Environment
    try {
        $shell = (Get-Process -Id $PID).Path
        $null = & (Find-TerminalPython) "$Root/tests/terminal/run.py" "$folder/log" $Columns $Rows 60 $shell @Switches `
            -EncodedCommand $encoded
        if ($LASTEXITCODE -eq 124 -or ($LASTEXITCODE -ne 0 -and -not $AnyExit)) {
            throw "The session ended with $LASTEXITCODE."
        }
    }
    finally {
        $null = Set-TerminalEnvironment $before
    }
    [Text.Encoding]::GetEncoding(28591).GetString([IO.File]::ReadAllBytes("$folder/log"))
}

# Sets the environment of an unknown terminal, with the given variables. Returns the earlier values.
function Set-TerminalEnvironment {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
    param([Parameter(Mandatory)] [hashtable] $Environment)

    $names = @(
        'TERM', 'TERM_PROGRAM', 'TERM_PROGRAM_VERSION', 'LC_TERMINAL', 'KONSOLE_VERSION', 'KITTY_WINDOW_ID', 'WEZTERM_PANE', 'WT_SESSION'
        'VTE_VERSION', 'TMUX', 'STY', 'SSH_CONNECTION', 'SSH_TTY', 'WSL_DISTRO_NAME', 'NO_COLOR', 'COLORTERM'
        'TERMINAL_ATTRIBUTES'
    )
    $before = @{ TERM = 'xterm-256color' }
    foreach ($name in $names) {
        $before[$name] = [Environment]::GetEnvironmentVariable($name)
        $value = if ($Environment.ContainsKey($name)) { $Environment[$name] } elseif ($name -eq 'TERM') { 'xterm-256color' }
        [Environment]::SetEnvironmentVariable($name, $value)
    }
    $before
}

# The text between two lines of the script that consist of these words.
function Get-Between {
    param([Parameter(Mandatory)] [string] $Text, [string] $Start = 'start', [string] $End = 'end')

    [regex]::Match($Text, "(?s)(?<=$Start\r\n).*(?=$End\r\n)").Value
}
