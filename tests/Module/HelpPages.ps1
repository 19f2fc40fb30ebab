# Reads the pages in docs/en-US, from which the help is made, and runs their examples.

$HelpPages = "$PSScriptRoot/../../docs/en-US"

# Returns the pages: Name (of a command or a topic) and Text.
function Get-HelpPage {
    param([string] $Name = '*')

    foreach ($file in Get-ChildItem -LiteralPath $HelpPages -Filter *.md | Where-Object BaseName -Like $Name) {
        $text = [IO.File]::ReadAllText($file.FullName).Replace("`r`n", "`n")
        [pscustomobject]@{ Name = $file.BaseName; Path = $file.FullName; Text = $text }
    }
}

# A section of a page, without its heading.
function Get-PageSection {
    param([string] $Text, [string] $Heading)

    [regex]::Match($Text, "(?ms)^## $([regex]::Escape($Heading))\n(.*?)(?=^## |\z)").Groups[1].Value.Trim()
}

# The fenced examples of a page, each with the output that follows it, if any.
function Get-PageExample {
    param($Page)

    $number = 0
    foreach ($match in [regex]::Matches($Page.Text, '(?ms)^```powershell\n(?<code>.*?)\n```(?:\n+```Output\n(?<shown>.*?)\n```)?')) {
        $number++
        @{ Page = $Page.Name; Number = $number; Code = $match.Groups['code'].Value; Shown = $match.Groups['shown'].Value }
    }
}

# The parameters on a command's page: for each its text, and the facts of each of its parameter sets.
function Get-PageParameter {
    param($Page)

    $parameters = [ordered]@{}
    $section = Get-PageSection $Page.Text 'PARAMETERS'
    foreach ($match in [regex]::Matches($section, '(?ms)^### -(?<name>\w+)\n(?<body>.*?)(?=^### |\z)')) {
        $facts = foreach ($block in [regex]::Matches($match.Groups['body'].Value, '(?ms)^```yaml\n(.*?)\n```')) {
            $table = @{}
            $block.Groups[1].Value -split "`n" -ne '' | ForEach-Object {
                $key, $value = $_ -split ':', 2
                $table[$key] = $value.Trim()
            }
            $table
        }
        $text = ($match.Groups['body'].Value -replace '(?ms)^```yaml.*?^```').Trim()
        $parameters[$match.Groups['name'].Value] = [pscustomobject]@{ Text = $text; Facts = @($facts) }
    }
    $parameters
}

# Runs an example as it is printed, as a script, in a new folder with the sample images. Returns its output and its changes.
function Invoke-PageExample {
    param([string] $Code)

    $folder = Initialize-ExampleFolder
    $file = "$folder.ps1"
    # With a byte order mark, because Windows PowerShell reads a file without one as ANSI.
    [IO.File]::WriteAllText($file, $Code, [Text.UTF8Encoding]::new($true))
    $before = Get-FolderState $folder
    # Other runspaces import the module by its name.
    $pathBefore = $env:PSModulePath
    # Profiles are the example's own.
    $configBefore = $env:XDG_CONFIG_HOME, $env:APPDATA
    $env:XDG_CONFIG_HOME = $env:APPDATA = "$folder.config"
    $env:PSModulePath = (Join-Path $Root 'output') + [IO.Path]::PathSeparator + $pathBefore
    Push-Location -LiteralPath $folder
    try {
        Initialize-ExampleSession $Code
        $contextBefore = Get-TokaifyContext | Out-String
        $written = if ($Code -match '-WhatIf') { Invoke-Transcribed $file } else { & $file 2>&1 3>&1 }
        $contextAfter = Get-TokaifyContext | Out-String
    }
    finally {
        Pop-Location
        Stop-TokaifyEmulator
        Disconnect-Tokaify
        $env:TOKAIFY_API_KEY = $null
        $env:PSModulePath = $pathBefore
        $env:XDG_CONFIG_HOME, $env:APPDATA = $configBefore
    }
    $failures, $other = @($written).Where({ $_ -is [System.Management.Automation.ErrorRecord] }, 'Split')
    $warnings, $output = $other.Where({ $_ -is [System.Management.Automation.WarningRecord] }, 'Split')
    [pscustomobject]@{
        Text            = ($output | Out-String -Width 120).Replace($folder, '/pictures').Trim("`r", "`n")
        Errors          = @($failures)
        Warnings        = @($warnings)
        Changed         = @(Compare-Object $before @(Get-FolderState $folder))
        IsConnectedAnew = $contextBefore -ne $contextAfter
    }
}

# The emulator replaces the relay, except for examples about the session's connection.
function Initialize-ExampleSession {
    param([string] $Code)

    $env:MY_KEY = 'sk-for-examples-2468'
    if ($Code -notmatch '-Tokaify(Emulator|Context)|Connect-Tokaify') {
        Start-TokaifyEmulator
    }
}

function Initialize-ExampleFolder {
    $folder = Initialize-Folder
    $null = Copy-Picture -Name cat.png -To $folder
    $null = Copy-Picture -Name lighthouse.jpg -To $folder
    $null = Copy-Picture -Name 'bottle [front].png' -To $folder
    $folder
}

function Get-FolderState {
    param([string] $Folder)

    Get-ChildItem -LiteralPath $Folder -Recurse -Force | ForEach-Object { "$($_.FullName) $($_.LastWriteTimeUtc.Ticks)" }
}

# The text of -WhatIf goes only to the host, so a transcript is needed.
function Invoke-Transcribed {
    param([string] $File)

    $null = Start-Transcript -LiteralPath "$File.txt"
    try {
        & $File 2>&1 3>&1
    }
    finally {
        $null = Stop-Transcript
        Get-Content -LiteralPath "$File.txt" | Where-Object { $_ -like 'What if:*' }
    }
}

# The lines of an output without the parts that differ from run to run: numbers, gaps, the order of parallel edits.
function Get-Shape {
    param([string] $Text)

    # Colours, and links if the terminal supports them.
    $plain = $Text -replace '\x1b\[[0-9;]*m' -replace '\x1b\]8;.*?(\x1b\\|\x07)'
    $plain.Replace('\', '/') -split '\r?\n' -replace '\d+([.,:]\d+)*', '0' -replace '-{2,}', '--' -replace '\s+', ' ' |
        ForEach-Object Trim | Where-Object { $_ } | Sort-Object
}
