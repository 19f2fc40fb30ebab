BeforeDiscovery {
    $commands = @(
        'Connect-Tokaify'
        'Disconnect-Tokaify'
        'Export-TokaifyReport'
        'Get-TokaifyContext'
        'Get-TokaifyDiagnostic'
        'Get-TokaifyModel'
        'Invoke-TokaifyImageEdit'
        'New-TokaifyConversation'
        'New-TokaifyImage'
        'Restore-TokaifyConversation'
        'Save-TokaifyConversation'
        'Show-TokaifyImage'
        'Start-TokaifyEmulator'
        'Stop-TokaifyEmulator'
        'Test-TokaifyConnection'
    )
}

BeforeAll {
    $script:Root = (Resolve-Path -LiteralPath "$PSScriptRoot/../..").Path
    $script:Version = ([xml](Get-Content -LiteralPath "$Root/Directory.Build.props" -Raw)).Project.PropertyGroup.Version
    $script:ModuleFolder = (Resolve-Path -LiteralPath "$Root/output/Tokaify.PowerShell/$Version").Path
    $script:ManifestPath = "$ModuleFolder/Tokaify.PowerShell.psd1"
    $script:Module = Import-Module -Name "$Root/output/Tokaify.PowerShell" -PassThru -Force
}

Describe 'The manifest' {
    BeforeAll {
        $script:Manifest = Test-ModuleManifest -Path $ManifestPath -ErrorAction Stop -WarningVariable script:Warnings
    }

    It 'is valid and raises no warning' {
        $Manifest.Name | Should -BeExactly 'Tokaify.PowerShell'
        $Warnings | Should -BeNullOrEmpty
    }

    It 'has the version of the build' {
        $Manifest.Version | Should -Be ([version] $Version)
    }

    It 'is for both editions of PowerShell' {
        $Manifest.CompatiblePSEditions | Sort-Object | Should -Be 'Core', 'Desktop'
        $Manifest.PowerShellVersion | Should -Be ([version] '5.1')
        $Manifest.DotNetFrameworkVersion | Should -Be ([version] '4.7.2')
    }

    It 'has the fields that the Gallery needs: <_>' -ForEach @(
        'Author', 'Description', 'Copyright', 'LicenseUri', 'ProjectUri', 'IconUri', 'ReleaseNotes', 'Tags'
    ) {
        $Manifest.$_ | Should -Not -BeNullOrEmpty
    }

    It 'exports commands by name, and nothing else' {
        $Manifest.ExportedCmdlets.Keys | Should -Not -Contain '*'
        $Manifest.ExportedFunctions.Keys | Should -BeNullOrEmpty
        $Manifest.ExportedAliases.Keys | Should -BeNullOrEmpty
        $Manifest.ExportedVariables.Keys | Should -BeNullOrEmpty
    }
}

Describe 'The imported module' {
    It 'is the one that was built' {
        $Module.ModuleBase | Should -Be $ModuleFolder
    }

    It 'has <_>' -ForEach $commands {
        $Module.ExportedCmdlets.Keys | Should -Contain $_
    }

    It 'has every command that its assembly defines' {
        $assembly = [System.AppDomain]::CurrentDomain.GetAssemblies() |
            Where-Object { $_.GetName().Name -eq 'Tokaify.PowerShell' }
        $defined = $assembly.GetExportedTypes() |
            ForEach-Object { $_.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false) } |
            ForEach-Object { "$($_.VerbName)-$($_.NounName)" }

        $defined | Sort-Object | Should -Be ($Module.ExportedCmdlets.Keys | Sort-Object)
    }

    It 'has only cmdlets' {
        $Module.ExportedCommands.Values.CommandType | Sort-Object -Unique | Should -Be 'Cmdlet'
    }
}

Describe 'The module folder' {
    It 'contains no other file' {
        $belongs = @(
            '^Tokaify\.PowerShell\.psd1$'
            '^Tokaify\.PowerShell\.(Format|Types)\.ps1xml$'
            '^LICENSE$'
            '^THIRD-PARTY-NOTICES\.txt$'
            '^en-US/[^/]+\.(xml|help\.txt)$'
            '^(net8\.0|netstandard2\.0)/Tokaify\.(PowerShell|Client|Emulator)\.dll$'
            '^(net8\.0|netstandard2\.0)/dependencies/(Tokaify\.Resilience|Polly\.Core)\.dll$'
            '^netstandard2\.0/dependencies/(System|Microsoft\.Bcl)\.[A-Za-z.]+\.dll$'
        ) -join '|'
        $files = Get-ChildItem -LiteralPath $ModuleFolder -Recurse -File |
            ForEach-Object { $_.FullName.Substring($ModuleFolder.Length + 1).Replace('\', '/') }

        $files -notmatch $belongs | Should -BeNullOrEmpty
        $files -match 'System\.Management\.Automation|\.(pdb|deps\.json)$' | Should -BeNullOrEmpty
    }

    It 'contains an assembly for each edition: <_>' -ForEach 'net8.0/Tokaify.PowerShell.dll', 'netstandard2.0/Tokaify.PowerShell.dll' {
        Join-Path $ModuleFolder $_ | Should -Exist
    }

    It 'names every library that it ships in the notices' {
        $notices = Get-Content -LiteralPath "$ModuleFolder/THIRD-PARTY-NOTICES.txt"
        $shipped = Get-ChildItem -Path "$ModuleFolder/*/dependencies/*.dll" -Exclude Tokaify.* |
            ForEach-Object BaseName | Sort-Object -Unique

        $shipped | Where-Object { $name = $_; -not ($notices -match "^$([regex]::Escape($name))\b") } | Should -BeNullOrEmpty
    }
}
