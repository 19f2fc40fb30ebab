# The parts of a release in addition to packing: its notes, its signing, and the workflow that runs both.

BeforeDiscovery {
    . "$PSScriptRoot/OtherPrograms.ps1"
    $reader = Install-NodeProgram kubernetes
    # The workflow of a release runs in PowerShell 7, and so does its script.
    $isDesktop = $PSEdition -eq 'Desktop'
    $workflows = Get-ChildItem -Path "$PSScriptRoot/../../.github/workflows/*.yml" |
        ForEach-Object { @{ Name = $_.Name; Path = $_.FullName } }
    $forms = @(Get-Item -Path "$PSScriptRoot/../../.github/ISSUE_TEMPLATE/*.yml" | Where-Object Name -NE 'config.yml' |
            ForEach-Object { @{ Name = $_.Name; Path = $_.FullName } })
}

BeforeAll {
    $Root = (Resolve-Path -LiteralPath "$PSScriptRoot/../..").ProviderPath
    $notes = "$Root/module/Get-ReleaseNote.ps1"

    # A change log with a heading and text below it.
    function Initialize-ChangeLog {
        param([string] $Heading, [string] $Text)

        $path = Join-Path $TestDrive "$([guid]::NewGuid().ToString('N')).md"
        $sections = '# Changelog', '## [Unreleased]', '- New', $Heading, $Text, '## [1.2.0] - 2026-01-02', '- Old'
        Set-Content -LiteralPath $path -Value ($sections -join "`n`n")
        $path
    }
}

Describe 'The notes of a release' {
    It 'are the change log of the version, and of no other' {
        $path = Initialize-ChangeLog -Heading '## [1.2.3] - 2026-11-27' -Text "### Added`n`n- This"

        & $notes -Version 1.2.3 -Path $path | Should -BeExactly "### Added`n`n- This"
        & $notes -Version 1.2.0 -Path $path | Should -BeExactly '- Old'
    }

    It 'are not made if <Case>' -ForEach @(
        @{ Case = 'the version is not there'; Heading = '[1.2.30] - 2026-11-27'; Text = '- This'; Message = '*has nothing on 1.2.3.' }
        @{ Case = 'it has no date'; Heading = '[1.2.3] - Unreleased'; Text = '- This'; Message = '*has no date for 1.2.3*Unreleased*' }
        @{ Case = 'nothing is said of it'; Heading = '[1.2.3] - 2026-11-27'; Text = ''; Message = '*says nothing of 1.2.3.' }
    ) {
        $path = Initialize-ChangeLog -Heading "## $Heading" -Text $Text

        { & $notes -Version 1.2.3 -Path $path } | Should -Throw $Message
    }

    It 'of this version can be made once it has its date' {
        $version = ([xml] (Get-Content -LiteralPath "$Root/Directory.Build.props" -Raw)).Project.PropertyGroup.Version
        $dated = Join-Path $TestDrive 'dated.md'
        (Get-Content -LiteralPath "$Root/CHANGELOG.md" -Raw) -replace "(?m)^(## \[$version\] - )Unreleased", '${1}2026-11-27' |
            Set-Content -LiteralPath $dated

        & $notes -Version $version -Path $dated | Should -Match '^### '
    }
}

Describe 'The signing of a release' -Skip:$isDesktop {
    BeforeAll {
        function ConvertTo-Pfx {
            param([datetimeoffset] $Until)

            $key = [System.Security.Cryptography.RSA]::Create(2048)
            $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=Test', $key,
                [System.Security.Cryptography.HashAlgorithmName]::SHA256, [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
            $certificate = $request.CreateSelfSigned($Until.AddYears(-1), $Until)
            [Convert]::ToBase64String($certificate.Export('Pfx', 'password'))
        }

        $settings = 'WITH', 'CERTIFICATE', 'CERTIFICATE_PASSWORD', 'ENDPOINT', 'ACCOUNT', 'PROFILE' | ForEach-Object { "SIGNING_$_" }
        $before = @{}
        $settings | ForEach-Object { $before[$_] = [Environment]::GetEnvironmentVariable($_) }
    }

    AfterEach {
        $settings | ForEach-Object { [Environment]::SetEnvironmentVariable($_, $before[$_]) }
    }

    It 'ends with an error if <Case>' -ForEach @(
        @{ Case = 'nothing is set'; Variables = @{}; Message = "*SIGNING_WITH has to be 'certificate' or 'service', and is ''." }
        @{ Case = 'the certificate is missing'; Variables = @{ WITH = 'certificate' }; Message = '*needs SIGNING_CERTIFICATE and *' }
        @{
            Case      = 'a part of the service is missing'
            Variables = @{ WITH = 'service'; ENDPOINT = 'https://signing.test'; ACCOUNT = 'a' }
            Message   = 'Signing with a service needs SIGNING_PROFILE.'
        }
        @{
            Case      = 'the certificate is none'
            Variables = @{ WITH = 'certificate'; CERTIFICATE = '?'; CERTIFICATE_PASSWORD = 'x' }
            Message   = '*not Base64.'
        }
    ) {
        foreach ($setting in $settings) {
            [Environment]::SetEnvironmentVariable($setting, $Variables[$setting.Substring('SIGNING_'.Length)])
        }

        { & "$Root/module/Sign.ps1" -Path @() } | Should -Throw $Message
    }

    It 'ends with an error if the certificate has expired, and takes one that has not' {
        $env:SIGNING_WITH = 'certificate'
        $env:SIGNING_CERTIFICATE_PASSWORD = 'password'
        $env:SIGNING_CERTIFICATE = ConvertTo-Pfx -Until ([datetimeoffset]::Now.AddDays(-1))
        { & "$Root/module/Sign.ps1" -Path @() } | Should -Throw '*has expired*'

        $env:SIGNING_CERTIFICATE = ConvertTo-Pfx -Until ([datetimeoffset]::Now.AddDays(1))
        { & "$Root/module/Sign.ps1" -Path @() } | Should -Not -Throw
    }
}

Describe 'The workflow <Name>' -ForEach $workflows -Skip:(-not $reader) {
    BeforeAll {
        $node = (Get-Command node -CommandType Application | Select-Object -First 1).Source
        $workflow = (& $node "$Root/artifacts/other-clients/kubernetes/read.mjs" $Path | Out-String | ConvertFrom-Json).documents[0]
        $steps = @($workflow.jobs.PSObject.Properties.Value | ForEach-Object { $_.steps })
    }

    It 'names actions by commit' {
        $used = @($steps | Where-Object { $_.PSObject.Properties['uses'] } | ForEach-Object uses)

        $used | Should -Not -BeNullOrEmpty
        $used | Where-Object { $_ -notmatch '^[\w.-]+/[\w./-]+@[0-9a-f]{40}$' } | Should -BeNullOrEmpty
    }

    It 'gives each job only the rights that it names' {
        $workflow.PSObject.Properties.Name | Should -Contain 'permissions'
        "$($workflow.permissions.PSObject.Properties.Value)" | Should -BeIn '', 'read'
    }

    It 'has scripts for PowerShell that can be read' {
        foreach ($job in $workflow.jobs.PSObject.Properties.Value) {
            $ofJob = if ($job.PSObject.Properties['defaults']) { $job.defaults.run.shell }
            foreach ($step in $job.steps | Where-Object { $_.PSObject.Properties['run'] }) {
                $shell = if ($step.PSObject.Properties['shell']) { $step.shell } else { "$ofJob" }
                $errors = $null
                $null = [System.Management.Automation.Language.Parser]::ParseInput($step.run, [ref] $null, [ref] $errors)
                if ($shell -eq 'pwsh') {
                    $errors | Should -BeNullOrEmpty -Because $step.run
                }
            }
        }
    }
}

Describe 'The issue form <Name>' -ForEach $forms -Skip:(-not $reader) {
    It 'can be read, and has a name, a description and fields with ids and labels' {
        $node = (Get-Command node -CommandType Application | Select-Object -First 1).Source
        $form = (& $node "$Root/artifacts/other-clients/kubernetes/read.mjs" $Path | Out-String | ConvertFrom-Json).documents[0]

        $form.name, $form.description | Should -Not -BeNullOrEmpty
        $fields = @($form.body | Where-Object type -NE 'markdown')
        $fields | Should -Not -BeNullOrEmpty
        $fields.id.Count | Should -Be @($fields.id | Sort-Object -Unique).Count
        $fields | Where-Object { -not $_.attributes.label } | Should -BeNullOrEmpty
    }
}

Describe 'Dependabot' -Skip:(-not $reader) {
    It 'updates every kind of package, and only in folders that have some' {
        $node = (Get-Command node -CommandType Application | Select-Object -First 1).Source
        $reader = "$Root/artifacts/other-clients/kubernetes/read.mjs"
        $updates = (& $node $reader "$Root/.github/dependabot.yml" | Out-String | ConvertFrom-Json).documents[0].updates

        $updates.'package-ecosystem' | Should -Be 'nuget', 'github-actions', 'npm'
        $npm = @(($updates | Where-Object package-ecosystem -EQ 'npm').directories |
                ForEach-Object { Resolve-Path -Path "$Root$_/package.json" })
        $all = Get-ChildItem -Path "$Root/tests", "$Root/benchmarks" -Recurse -Filter package.json |
            Where-Object FullName -NotMatch 'node_modules'
        $npm.Path | Sort-Object | Should -Be ($all.FullName | Sort-Object)
    }
}

Describe 'The editor''s <_>' -ForEach 'launch.json', 'tasks.json' {
    It 'is JSON, and the programs that it starts exist' {
        $settings = Get-Content -LiteralPath "$Root/.vscode/$_" -Raw | ConvertFrom-Json
        $entries = @(if ($_ -eq 'launch.json') { $settings.configurations } else { $settings.tasks })

        $entries.Count | Should -BeGreaterThan 2
        $tasks = (Get-Content -LiteralPath "$Root/.vscode/tasks.json" -Raw | ConvertFrom-Json).tasks.label
        foreach ($entry in $entries) {
            $needed = @($entry.PSObject.Properties['preLaunchTask'], $entry.PSObject.Properties['dependsOn'] | Where-Object { $_ })
            $needed.Value | Where-Object { $_ -notin $tasks } | Should -BeNullOrEmpty
        }
        foreach ($path in [regex]::Matches(($entries | ConvertTo-Json -Depth 9), '"(tests/[^"$]+)"')) {
            "$Root/$($path.Groups[1].Value)" | Should -Exist
        }
    }
}

Describe 'A release' -Skip:(-not $reader) {
    BeforeAll {
        $node = (Get-Command node -CommandType Application | Select-Object -First 1).Source
        $reader = "$Root/artifacts/other-clients/kubernetes/read.mjs"
        $workflow = (& $node $reader "$Root/.github/workflows/release.yml" | Out-String | ConvertFrom-Json).documents[0]
        $steps = @($workflow.jobs.pack.steps | ForEach-Object { "$($_.name) $($_.uses) $($_.run)" })
        function Find-Step {
            param([string] $Pattern)

            $found = @(0..($steps.Count - 1) | Where-Object { $steps[$_] -match $Pattern })
            $found.Count | Should -Be 1 -Because $Pattern
            $found[0]
        }
    }

    It 'first fails if it cannot be signed, then is packed once and signed, verified, attested and kept, in this order' {
        $order = @(
            Find-Step 'Sign\.ps1 -Path @\(\)'
            Find-Step 'build\.ps1 Test'
            Find-Step 'build\.ps1 Pack -Sign \./module/Sign\.ps1'
            Find-Step 'Test-FileCatalog'
            Find-Step '^Attest where it comes from actions/attest@'
            Find-Step '^Attest what is in it actions/attest@'
            Find-Step 'actions/upload-artifact@'
        )

        $order | Should -Be ($order | Sort-Object)
        @($steps -match 'build\.ps1 Pack').Count | Should -Be 1
    }

    It 'has the secrets of signing and of the Gallery in different jobs' {
        $jobs = $workflow.jobs.PSObject.Properties | ForEach-Object { @{ Name = $_.Name; Text = $_.Value | ConvertTo-Json -Depth 9 } }

        ($jobs | Where-Object { $_.Text -match 'secrets\.SIGNING_CERTIFICATE' }).Name | Should -Be 'pack'
        ($jobs | Where-Object { $_.Text -match 'secrets\.GALLERY_API_KEY' }).Name | Should -Be 'publish'
        $workflow.jobs.pack.environment, $workflow.jobs.publish.environment | Should -Be 'signing', 'gallery'
    }
}
