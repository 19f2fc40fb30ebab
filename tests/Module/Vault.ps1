# Users with vaults: real SecretManagement and SecretStore in a separate PowerShell, if they are installed.

# Returns what is missing for a user with a vault: names of modules, or the reason; nothing if all is installed.
function Find-VaultLack {
    if ($PSEdition -eq 'Desktop' -or $IsWindows) {
        'on Windows the vault is in the user''s own folder'
        return
    }
    'Microsoft.PowerShell.SecretManagement', 'Microsoft.PowerShell.SecretStore' |
        Where-Object { -not (Get-Module -ListAvailable -Name $_) } |
        ForEach-Object { "$_ is not installed" }
}

# Runs a script as a user with a home folder, with the module imported. Returns its exit code and its output.
function Invoke-User {
    param(
        [Parameter(Mandatory)] [string] $HomeFolder,
        [Parameter(Mandatory)] [string] $Script,
        [hashtable] $Environment = @{},
        [string[]] $Switches = @('-NoProfile', '-NonInteractive'),
        [int] $Seconds = 120
    )

    $file = Join-Path $HomeFolder "$([guid]::NewGuid().ToString('N')).ps1"
    Set-Content -LiteralPath $file -Encoding UTF8 -Value "`$ProgressPreference = 'SilentlyContinue'`nImport-Module '$BuiltModule'`n$Script"
    $start = [System.Diagnostics.ProcessStartInfo]::new([System.Diagnostics.Process]::GetCurrentProcess().MainModule.FileName)
    $start.Arguments = "$Switches -File `"$file`""
    $start.WorkingDirectory = $HomeFolder
    $start.UseShellExecute = $false
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $variables = @{ HOME = $HomeFolder; XDG_CONFIG_HOME = $null; XDG_DATA_HOME = $null; NO_COLOR = '1' }
    foreach ($variable in $variables.Keys + $Environment.Keys) {
        $value = if ($Environment.ContainsKey($variable)) { $Environment[$variable] } else { $variables[$variable] }
        $null = $start.EnvironmentVariables.Remove($variable)
        if ($null -ne $value) {
            $start.EnvironmentVariables[$variable] = "$value"
        }
    }
    $process = [System.Diagnostics.Process]::Start($start)
    # The input stays open, as in a session that waits for the user.
    $errors = $process.StandardError.ReadToEndAsync()
    $output = $process.StandardOutput.ReadToEndAsync()
    $ended = $process.WaitForExit($Seconds * 1000)
    if (-not $ended) {
        $process.Kill()
    }
    $process.StandardInput.Close()
    [pscustomobject] @{ Ended = $ended; ExitCode = $process.ExitCode; Output = $output.Result; Errors = $errors.Result }
}

# Returns the result of a user's script, which is JSON in its last line.
function ConvertFrom-LastLine {
    param([Parameter(Mandatory, ValueFromPipeline)] $Run)

    process {
        $line = $Run.Output -split '\r?\n' | Where-Object { $_ } | Select-Object -Last 1
        if ($Run.ExitCode -ne 0 -or "$line" -notlike '{*') {
            throw "The user's session failed: $($Run.Output) $($Run.Errors)"
        }
        $line | ConvertFrom-Json
    }
}

# Creates a user whose vault 'work' is a SecretStore, with the password 'password' or without one. Returns the home folder.
function Initialize-VaultUser {
    param(
        [Parameter(Mandatory)] [string] $Key,
        [switch] $IsLocked
    )

    $user = Initialize-Folder
    $reset = if ($IsLocked) {
        "`$password = ConvertTo-SecureString 'password' -AsPlainText -Force
        Reset-SecretStore -Authentication Password -Interaction Prompt -Password `$password -Force -WarningAction Ignore
        Unlock-SecretStore -Password `$password"
    }
    else {
        'Reset-SecretStore -Authentication None -Interaction None -Force -WarningAction Ignore'
    }
    $run = Invoke-User $user "
        `$ErrorActionPreference = 'Stop'
        Import-Module Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore
        $reset
        Register-SecretVault -Name work -ModuleName Microsoft.PowerShell.SecretStore -DefaultVault
        Set-Secret -Name tokaify -Vault work -SecureStringSecret (ConvertTo-SecureString '$Key' -AsPlainText -Force)
        Set-Secret -Name text -Vault work -Secret '$Key'
        Set-Secret -Name account -Vault work -Secret ([pscredential]::new('name', (ConvertTo-SecureString '$Key' -AsPlainText -Force)))
        Set-Secret -Name broken -Vault work -Secret '$Key and more'"
    if ($run.ExitCode -ne 0) {
        throw "The vault could not be set up: $($run.Output) $($run.Errors)"
    }
    $user
}

# Registers a vault whose extension is a script. Its behaviour depends on the name of the secret.
function Register-ScriptVault {
    param([Parameter(Mandatory)] [string] $HomeFolder)

    $module = Join-Path $HomeFolder 'ScriptVault'
    $null = New-Item -ItemType Directory -Path "$module/ScriptVault.Extension"
    Set-Content -LiteralPath "$module/ScriptVault.psd1" -Value "@{
        ModuleVersion = '1.0'; GUID = 'b7a9f14c-1b4e-4c08-9f6a-3f4f0d2f8a11'
        NestedModules = @('./ScriptVault.Extension'); FunctionsToExport = @() }"
    Set-Content -LiteralPath "$module/ScriptVault.Extension/ScriptVault.Extension.psd1" -Value "@{
        ModuleVersion = '1.0'; RootModule = 'ScriptVault.Extension.psm1'
        FunctionsToExport = @('Get-Secret', 'Get-SecretInfo', 'Set-Secret', 'Remove-Secret', 'Test-SecretVault') }"
    Set-Content -LiteralPath "$module/ScriptVault.Extension/ScriptVault.Extension.psm1" -Value @'
function Get-Secret {
    param([string] $Name, [string] $VaultName, [hashtable] $AdditionalParameters)
    switch ($Name) {
        asks { Read-Host 'The password of the vault' -AsSecureString }
        fails { throw "The server is away.$([char] 27)[31m Come back later." }
        verbose { Write-Verbose 'sk-of-the-script-vault' -Verbose; ConvertTo-SecureString 'sk-of-the-script-vault' -AsPlainText -Force }
    }
}
function Get-SecretInfo { param([string] $Filter, [string] $VaultName, [hashtable] $AdditionalParameters) }
function Set-Secret { param([string] $Name, [object] $Secret, [string] $VaultName, [hashtable] $AdditionalParameters) }
function Remove-Secret { param([string] $Name, [string] $VaultName, [hashtable] $AdditionalParameters) }
function Test-SecretVault { param([string] $VaultName, [hashtable] $AdditionalParameters) $true }
'@
    "Register-SecretVault -Name script -ModuleName '$module/ScriptVault.psd1'"
}
