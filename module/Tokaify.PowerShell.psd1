@{
    ModuleVersion          = '0.1.0'
    GUID                   = 'dbf873e4-468c-4ed6-ab5f-a776b54c2665'
    Author                 = 'Tokaify.PowerShell contributors'
    CompanyName            = 'Tokaify.PowerShell contributors'
    Copyright              = '(c) Tokaify.PowerShell contributors. MIT licence.'
    Description            = @'
Edits pictures with Gemini image models through the Tokaify relay: pictures go in through the pipeline, edited pictures are saved,
typed results come out. Holds an emulator of the relay, so that scripts can be written and tested offline and without a key.
'@

    PowerShellVersion      = '5.1'
    CompatiblePSEditions   = @('Desktop', 'Core')
    DotNetFrameworkVersion = '4.7.2'

    RootModule             = if ($PSEdition -eq 'Core') {
        'net8.0/Tokaify.PowerShell.dll'
    }
    else {
        'netstandard2.0/Tokaify.PowerShell.dll'
    }
    TypesToProcess         = @('Tokaify.PowerShell.Types.ps1xml')
    FormatsToProcess       = @('Tokaify.PowerShell.Format.ps1xml')

    CmdletsToExport        = @(
        'Connect-Tokaify'
        'Disconnect-Tokaify'
        'Export-TokaifyReport'
        'Get-TokaifyContext'
        'Get-TokaifyDiagnostic'
        'Get-TokaifyJournal'
        'Get-TokaifyModel'
        'Get-TokaifyProfile'
        'Invoke-TokaifyImageEdit'
        'New-TokaifyConversation'
        'New-TokaifyImage'
        'Remove-TokaifyProfile'
        'Restore-TokaifyConversation'
        'Save-TokaifyConversation'
        'Set-TokaifyProfile'
        'Show-TokaifyImage'
        'Start-TokaifyEmulator'
        'Stop-TokaifyEmulator'
        'Test-TokaifyConnection'
    )
    FunctionsToExport      = @()
    AliasesToExport        = @()
    VariablesToExport      = @()

    # No FileList: with each import, PowerShell looks for every file in it, which is a fifth of the time.

    PrivateData            = @{
        PSData = @{
            Tags         = @(
                'PSEdition_Core', 'PSEdition_Desktop', 'Windows', 'Linux', 'MacOS'
                'ai', 'gemini', 'image', 'image-editing', 'image-generation', 'nano-banana', 'photo', 'tokaify'
            )
            LicenseUri   = 'https://github.com/tokaify/Tokaify.PowerShell/blob/main/LICENSE'
            ProjectUri   = 'https://github.com/tokaify/Tokaify.PowerShell'
            IconUri      = 'https://raw.githubusercontent.com/tokaify/Tokaify.PowerShell/main/docs/images/icon.png'
            ReleaseNotes = 'https://github.com/tokaify/Tokaify.PowerShell/blob/main/CHANGELOG.md'
        }
    }
}
