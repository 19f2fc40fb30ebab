# The module's way through the Gallery: packed, published, found, installed, used, updated. The Gallery is a folder.

BeforeDiscovery {
    $reason = if (-not (Get-Module -ListAvailable -Name Microsoft.PowerShell.PSResourceGet)) {
        'Microsoft.PowerShell.PSResourceGet is not installed'
    }
    if ($reason) {
        Write-Information "The test of the Gallery's commands is left out: $reason." -InformationAction Continue
    }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Package.ps1"
    Clear-Session
    $package = ConvertTo-Package
}

AfterAll {
    Restore-Session
}

Describe 'From the Gallery' -Skip:([bool] $reason) {
    BeforeAll {
        Start-TokaifyEmulator
        $user = Initialize-Folder
        $gallery = Initialize-Folder
        $packages = $package.FullName, (ConvertTo-Package -Module (Copy-Module -As '99.0.0')).FullName
        $album = Initialize-Folder
        $null = Copy-Picture -Name plain.png -To $album

        # Registered under a name that nobody has, and forgotten again.
        $found = Invoke-AsNewUser -UserFolder $user `
            -Arguments $gallery, (Join-Path $user 'Modules'), $version, $packages[0], $packages[1] -Script @'
param($Gallery, $Modules, $Version, $First, $Second)
$name = [guid]::NewGuid().ToString('N')
Register-PSResourceRepository -Name $name -Uri $Gallery -Trusted
try {
    Publish-PSResource -NupkgPath $First -Repository $name
    Publish-PSResource -NupkgPath $Second -Repository $name
    $found = Find-PSResource -Name Tokaify.PowerShell -Version * -Repository $name
    $null = New-Item -ItemType Directory -Path $Modules -Force
    Save-PSResource -Name Tokaify.PowerShell -Version $Version -Repository $name -Path $Modules
    $installed = @()
    # Elsewhere the user's folder is the test's own.
    if ($PSVersionTable.PSVersion.Major -ge 6 -and -not $IsWindows) {
        Install-PSResource -Name Tokaify.PowerShell -Version $Version -Repository $name
        Update-PSResource -Name Tokaify.PowerShell -Repository $name
        $installed = Get-InstalledPSResource -Name Tokaify.PowerShell | ForEach-Object { "$($_.Version)" }
    }
}
finally {
    Unregister-PSResourceRepository -Name $name
}
@{ Found = @($found | ForEach-Object { "$($_.Version)" }); Installed = @($installed); Author = $found[0].Author } | ConvertTo-Json -Compress
'@
        # Runs the main job by its name alone.
        $job = @'
param($Pictures)
$result = Get-ChildItem $Pictures -Filter plain.png | Invoke-TokaifyImageEdit 'Change the background to a seaside sunset.'
$module = (Get-Command Invoke-TokaifyImageEdit).Module
@{ Status = "$($result.Status)"; Path = $result.Path; Version = "$($module.Version)"; Base = $module.ModuleBase } | ConvertTo-Json -Compress
'@
    }

    It 'it is published and found, in both versions' {
        $found.Found | Sort-Object | Should -Be "$version", '99.0.0'
        $found.Author | Should -Be 'Tokaify.PowerShell contributors'
    }

    It 'it is saved as it was packed' {
        $saved = Join-Path $user "Modules/Tokaify.PowerShell/$version"
        foreach ($file in Get-ChildItem -LiteralPath $laid -Recurse -File) {
            Get-Sha256 (Join-Path $saved $file.FullName.Substring($laid.Length)) | Should -Be (Get-Sha256 $file.FullName)
        }
    }

    It 'it edits in a fresh session that has only its name' {
        $other = Initialize-Folder
        $null = New-Item -ItemType Directory -Path "$other/Modules"
        Copy-Item -LiteralPath "$user/Modules/Tokaify.PowerShell" -Destination "$other/Modules" -Recurse

        $run = Invoke-AsNewUser -UserFolder $other -Script $job -Arguments $album

        $run.Status | Should -Be 'Saved'
        $run.Path | Should -Exist
        $run.Version | Should -Be "$version"
        $run.Base | Should -Be (Join-Path $other "Modules/Tokaify.PowerShell/$version")
    }

    It 'an update stands beside the version before, and a new session takes the newer' -Skip:($PSEdition -eq 'Desktop' -or $IsWindows) {
        $found.Installed | Sort-Object | Should -Be "$version", '99.0.0'

        $run = Invoke-AsNewUser -UserFolder $user -Script $job -Arguments $album

        $run.Status | Should -Be 'Saved'
        $run.Version | Should -Be '99.0.0'
    }

    It 'the version before is still there for who asks for it' -Skip:($PSEdition -eq 'Desktop' -or $IsWindows) {
        $run = Invoke-AsNewUser -UserFolder $user -Arguments $album, $version `
            -Script "param(`$Pictures, `$Version) Import-Module Tokaify.PowerShell -RequiredVersion `$Version`n& {$job} `$Pictures"

        $run.Status | Should -Be 'Saved'
        $run.Version | Should -Be "$version"
    }

    It 'a session that has one version keeps it when the other is asked for, and goes on' -Skip:($PSEdition -eq 'Desktop' -or $IsWindows) {
        $run = Invoke-AsNewUser -UserFolder $user -Arguments $album, $version -Script @'
param($Pictures, $Version)
Import-Module Tokaify.PowerShell -RequiredVersion $Version
$refused = try { Import-Module Tokaify.PowerShell -RequiredVersion 99.0.0; $false } catch { $true }
$result = Get-ChildItem $Pictures -Filter plain.png | Invoke-TokaifyImageEdit 'Sunset'
@{ Refused = $refused; Version = "$((Get-Module Tokaify.PowerShell).Version)"; Status = "$($result.Status)" } | ConvertTo-Json -Compress
'@

        $run.Refused | Should -BeTrue
        $run.Version | Should -Be "$version"
        $run.Status | Should -Be 'Saved'
    }
}
