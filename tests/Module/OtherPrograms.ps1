# Shared by the tests that run third-party programs.

# Installs the packages of tests/other-clients/<Name>/package.json, or of another folder, into artifacts/other-clients/<Name>.
# They are kept, so only the first time needs the registry. Returns that folder, with the scripts beside package.json in it. If
# they are not available, returns nothing and writes why.
function Install-NodeProgram {
    param([Parameter(Mandatory)] [string] $Name, [string] $From = "tests/other-clients/$Name")

    $root = (Resolve-Path -LiteralPath "$PSScriptRoot/../..").ProviderPath
    $source = Join-Path $root $From
    $folder = Join-Path $root "artifacts/other-clients/$Name"
    $node = Get-Command node -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    if (-not $node -or "$(& $node.Source --version)" -notmatch '^v(2[0-9]|[3-9][0-9])\.') {
        Write-Information "Node.js 20 or later is not installed: $Name is left out." -InformationAction Continue
        return
    }
    $null = New-Item -ItemType Directory -Path $folder -Force
    Copy-Item -Path "$source/*" -Destination $folder -Force
    if (-not (Test-NodeProgram $folder)) {
        Invoke-NpmInstall $folder
    }
    if (Test-NodeProgram $folder) {
        $folder
    }
    else {
        Write-Information -InformationAction Continue `
            "npm cannot install what $source/package.json names (see $folder/npm.log): $Name is left out."
    }
}

# Whether the pinned versions are installed.
function Test-NodeProgram {
    param([Parameter(Mandatory)] [string] $Folder)

    $pins = (Get-Content -LiteralPath "$Folder/package.json" -Raw | ConvertFrom-Json).dependencies.PSObject.Properties
    foreach ($pin in $pins) {
        $installed = "$Folder/node_modules/$($pin.Name)/package.json"
        if (-not (Test-Path -LiteralPath $installed) -or
            (Get-Content -LiteralPath $installed -Raw | ConvertFrom-Json).version -ne $pin.Value) {
            return $false
        }
    }
    $true
}

# A registry that does not respond must not delay the tests.
function Invoke-NpmInstall {
    param([Parameter(Mandatory)] [string] $Folder)

    # On Windows, npm is a script for sh; the program is npm.cmd beside it.
    $npm = Get-Command npm.cmd, npm -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    if (-not $npm) {
        Set-Content -LiteralPath "$Folder/npm.log" -Value 'npm is not installed.'
        return
    }
    $install = if (Test-Path -LiteralPath "$Folder/package-lock.json") { 'ci' } else { 'install', '--no-package-lock' }
    $options = @($install) + '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--fetch-retries=0', '--fetch-timeout=15000'
    $installing = Start-Process -FilePath $npm.Source -ArgumentList $options -WorkingDirectory $Folder -PassThru -NoNewWindow `
        -RedirectStandardOutput "$Folder/npm.log" -RedirectStandardError "$Folder/npm.errors.log"
    if (-not $installing.WaitForExit(60000)) {
        $installing.Kill()
    }
}

# Starts a script of an installed program; its error output goes to a file in the folder.
function Open-NodeProgram {
    param([Parameter(Mandatory)] [string] $Folder, [Parameter(Mandatory)] [string] $Script, [string[]] $Arguments = @())

    $start = [System.Diagnostics.ProcessStartInfo]::new((Get-Command node -CommandType Application | Select-Object -First 1).Source)
    $start.WorkingDirectory = $Folder
    $start.Arguments = (@($Script) + $Arguments | ForEach-Object { '"{0}"' -f $_ }) -join ' '
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    # Windows would read it with the code page of its console.
    $start.StandardOutputEncoding = $start.StandardErrorEncoding = [System.Text.UTF8Encoding]::new($false)
    $start.UseShellExecute = $false
    $start.EnvironmentVariables['NO_PROXY'] = '127.0.0.1'
    [System.Diagnostics.Process]::Start($start)
}

# Runs a script of an installed program to its end. Returns the JSON that it printed, as objects.
function Invoke-NodeProgram {
    param(
        [Parameter(Mandatory)] [string] $Folder,
        [Parameter(Mandatory)] [string] $Script,
        [string[]] $Arguments = @(),
        [int] $Seconds = 600
    )

    $node = Open-NodeProgram -Folder $Folder -Script $Script -Arguments $Arguments
    $errors = $node.StandardError.ReadToEndAsync()
    $output = $node.StandardOutput.ReadToEndAsync()
    if (-not $node.WaitForExit($Seconds * 1000)) {
        $node.Kill()
    }
    $node.ExitCode | Should -Be 0 -Because $errors.Result
    $output.Result | ConvertFrom-Json
}

# The path of an installed browser of the Chromium family, by its usual names and places; or nothing.
function Find-Browser {
    $installed = @(
        foreach ($name in 'google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'microsoft-edge') {
            Get-Command $name -CommandType Application -ErrorAction Ignore | ForEach-Object Source
        }
        foreach ($folder in $env:ProgramFiles, ${env:ProgramFiles(x86)}, $env:LOCALAPPDATA | Where-Object { $_ }) {
            "$folder/Google/Chrome/Application/chrome.exe", "$folder/Microsoft/Edge/Application/msedge.exe"
        }
        foreach ($name in 'Google Chrome', 'Chromium', 'Microsoft Edge') {
            "/Applications/$name.app/Contents/MacOS/$name"
        }
    )
    $installed | Where-Object { Test-Path -LiteralPath $_ } | Select-Object -First 1
}
