# The files of examples/cluster for engines that do not run here: they are checked against the engine's schema, and their commands are run
# with the variables that the engine sets.

BeforeDiscovery {
    . "$PSScriptRoot/OtherPrograms.ps1"
    # The commands are those of Linux images.
    $noShell = $IsWindows -or $PSEdition -eq 'Desktop'
    $yaml = if (-not $noShell) { Install-NodeProgram kubernetes }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/OtherPrograms.ps1"
    . "$PSScriptRoot/Journal.ps1"
    . "$PSScriptRoot/Cluster.ps1"
    Clear-Session

    function Read-Yaml {
        param([string] $Name, [switch] $Check)

        $folder = "$Root/artifacts/other-clients/kubernetes"
        $process = Open-NodeProgram -Folder $folder -Script read.mjs -Arguments (@("$Cluster/$Name") + $(if ($Check) { '--check' }))
        $errors = $process.StandardError.ReadToEndAsync()
        $json = $process.StandardOutput.ReadToEnd()
        if (-not $json) {
            throw $errors.Result
        }
        $json | ConvertFrom-Json
    }

    # Runs a command of an image, with the script of this repository and a folder of the test as its mount.
    function Invoke-Task {
        param([string[]] $Command, [string] $Folder, [hashtable] $Variable = @{})

        $start = [System.Diagnostics.ProcessStartInfo]::new($Command[0])
        $Command | Select-Object -Skip 1 | ForEach-Object {
            $start.ArgumentList.Add($_.Replace('/app/', "$Cluster/").Replace('/data/', "$Folder/"))
        }
        $start.WorkingDirectory = $Folder
        $start.RedirectStandardOutput = $true
        $start.RedirectStandardError = $true
        $own = @{ TOKAIFY_API_KEY = 'key'; PSModulePath = "$Root/output"; NO_COLOR = '1' }
        $own.TOKAIFY_BASE_URL = "$((Get-TokaifyContext).BaseUri)"
        foreach ($table in $own, $Variable) {
            $table.Keys | ForEach-Object { $start.Environment[$_] = $table[$_] }
        }
        $process = [System.Diagnostics.Process]::Start($start)
        $errors = $process.StandardError.ReadToEndAsync()
        $output = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        [pscustomobject] @{ ExitCode = $process.ExitCode; Output = $output; Errors = $errors.Result }
    }

    function Initialize-Data {
        param([int] $Count)

        $folder = Initialize-Folder
        $null = New-Item -ItemType Directory -Path "$folder/pictures"
        Initialize-Source "$folder/pictures" $Count
        $folder
    }
}

AfterAll {
    Restore-Session
}

Describe 'Edit-Share.ps1' -Skip:$noShell {
    BeforeAll {
        $edit = 'pwsh', '-NoProfile', '-NonInteractive', '-File', '/app/Edit-Share.ps1', '-Shard', '1/1'
        $edit += '-Path', 'pictures', '-Destination', 'out'
    }

    BeforeEach {
        $folder = Initialize-Data 3
    }

    AfterEach {
        Stop-TokaifyEmulator
    }

    It 'ends with 0 if all images are edited, and sends nothing twice' {
        Start-TokaifyEmulator -LogPath "$folder/log"

        $first = Invoke-Task $edit $folder
        $second = Invoke-Task $edit $folder

        $first.ExitCode | Should -Be 0 -Because $first.Errors
        $second.ExitCode | Should -Be 0 -Because $second.Errors
        Get-Content -LiteralPath "$folder/log" | Should -HaveCount 3
        Get-ChildItem -LiteralPath "$folder/out" -Filter *.png | Should -HaveCount 3
        Get-ChildItem -LiteralPath "$folder/out/journals" -Filter *.jsonl | Should -HaveCount 2
    }

    It 'ends with 1 if some are permanently refused, and edits the others' {
        Start-TokaifyEmulator
        Set-Content -LiteralPath "$folder/pictures/2.png" -Value 'no picture'

        $run = Invoke-Task $edit $folder

        $run.ExitCode | Should -Be 1
        $run.Errors | Should -Match '2\.png'
        Get-ChildItem -LiteralPath "$folder/out" -Filter *.png | Should -HaveCount 2
    }

    It 'ends with 75 if the relay is unavailable' {
        $run = Invoke-Task $edit $folder -Variable @{ TOKAIFY_BASE_URL = "http://127.0.0.1:$(Get-FreePort)" }

        $run.ExitCode | Should -Be 75 -Because $run.Errors
        "$folder/out" | Should -Not -Exist
    }

    It 'ends with 75 if some may succeed later, even if others were refused' {
        # The wait of two hours is skipped.
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer', '429 limit|Retry-After: 7200'))
        $relay.Models = 'gemini-2.5-flash-image'

        $run = Invoke-Task $edit $folder -Variable @{ TOKAIFY_BASE_URL = "$($relay.BaseUri)" }

        $relay.Dispose()
        $run.ExitCode | Should -Be 75 -Because $run.Errors
        Get-TokaifyJournal "$folder/out/journals" -Outcome Saved | Should -HaveCount 1
    }

    It 'ends with 78 if <Reason>' -ForEach @(
        @{ Reason = 'the budget is reached'; Fault = $null; Arguments = '-MaximumCost', '0.05' }
        @{ Reason = 'the account is empty'; Fault = 'PaymentRequired'; Arguments = @() }
        @{ Reason = 'no engine numbers the task'; Fault = $null; Arguments = '-Shard', 'Auto' }
        @{ Reason = 'others can read the key'; Fault = $null; Arguments = '-KeyPath', 'key' }
        @{ Reason = 'there is no such folder'; Fault = $null; Arguments = '-Path', 'none' }
    ) {
        $fault = if ($Fault) { @{ Fault = $Fault } } else { @{} }
        Start-TokaifyEmulator @fault
        Set-Content -LiteralPath "$folder/key" -Value 'key'
        [System.IO.File]::SetUnixFileMode("$folder/key", 'UserRead, UserWrite, GroupRead')
        $names = @($Arguments | Where-Object { $_ -like '-*' })
        $others = for ($index = 5; $index -lt $edit.Count; $index += 2) {
            if ($edit[$index] -notin $names) {
                $edit[$index], $edit[$index + 1]
            }
        }

        $run = Invoke-Task ($edit[0..4] + $others + $Arguments) $folder

        $run.ExitCode | Should -Be 78 -Because $run.Errors
        $run.Errors | Should -Not -BeNullOrEmpty
    }
}

Describe 'kubernetes.yaml' -Skip:(-not $yaml) {
    BeforeAll {
        $manifest = Read-Yaml kubernetes.yaml -Check
        $container = $manifest.documents[0].spec.template.spec.containers[0]
    }

    AfterEach {
        Stop-TokaifyEmulator
    }

    It 'is valid by the schema of the API, without unknown fields' {
        $manifest.problems | Should -BeNullOrEmpty
        $manifest.documents.kind | Should -Be 'Job'
    }

    It 'starts a share again except for codes that exclude it, and has as many pods as shares' {
        $spec = $manifest.documents[0].spec
        $spec.completionMode | Should -Be 'Indexed'
        $container.args | Should -Contain "Auto/$($spec.completions)"
        $spec.template.spec.restartPolicy | Should -Be 'Never' -Because 'podFailurePolicy and backoffLimitPerIndex ask for it'
        $spec.template.spec.terminationGracePeriodSeconds | Should -BeGreaterThan 20
        $rules = @{}
        $spec.podFailurePolicy.rules | Where-Object { $_.PSObject.Properties['onExitCodes'] } | ForEach-Object {
            $_.onExitCodes.containerName | Should -Be $container.name
            $action = $_.action
            $_.onExitCodes.values | ForEach-Object { $rules["$_"] = $action }
        }
        $rules['78'] | Should -Be 'FailJob'
        $rules['1'] | Should -Be 'FailIndex'
        $rules.Keys | Should -Not -Contain '75'
    }

    It 'runs the image of the Dockerfile beside it' {
        $dockerfile = Get-Content -LiteralPath "$Cluster/Dockerfile" -Raw
        [regex]::Match($dockerfile, 'ENTRYPOINT (\[.*\])').Groups[1].Value | ConvertFrom-Json | Should -Be $container.command
        [regex]::Match($dockerfile, 'COPY (\S+) /app/').Groups[1].Value | ForEach-Object { "$Cluster/$_" } | Should -Exist
    }

    It 'edits the share of the pod, by the index that Kubernetes sets, and no share beyond the last' {
        $folder = Initialize-Data 12
        Start-TokaifyEmulator

        $runs = foreach ($index in 0, 11, 12) {
            Invoke-Task ($container.command + $container.args) $folder -Variable @{ JOB_COMPLETION_INDEX = "$index" }
        }

        $runs.ExitCode | Should -Be 0, 0, 78 -Because "$($runs.Errors)"
        $runs[0].Output | Should -Match 'Share 1/12'
        $runs[1].Output | Should -Match 'Share 12/12'
        $runs[2].Errors | Should -Match 'JOB_COMPLETION_INDEX'
    }
}

Describe 'aws-batch.json' -Skip:$noShell {
    BeforeAll {
        $definition = Get-Content -LiteralPath "$Cluster/aws-batch.json" -Raw | ConvertFrom-Json
    }

    AfterEach {
        Stop-TokaifyEmulator
    }

    It 'tries again for exit codes that allow it, in the form of Batch' {
        $rules = $definition.retryStrategy.evaluateOnExit
        $rules.Count | Should -BeLessOrEqual 5
        $rules[-1].action | Should -Be 'EXIT' -Because 'what no rule takes is tried again'
        $rules.onExitCode | Where-Object { $_ } | Should -Match '^\d+\*?$'
        ($rules | Where-Object onExitCode -EQ '75').action | Should -Be 'RETRY'
        $rules.onExitCode | Should -Not -Contain '78'
        $definition.retryStrategy.attempts | Should -BeLessOrEqual 10
    }

    It 'edits the share of each task, by the variables that Batch sets' {
        $folder = Initialize-Data 6
        Start-TokaifyEmulator

        $runs = foreach ($index in 0, 1) {
            Invoke-Task $definition.containerProperties.command $folder -Variable @{
                AWS_BATCH_JOB_ARRAY_INDEX = "$index"
                AWS_BATCH_JOB_ARRAY_SIZE  = '2'
                AWS_BATCH_JOB_ATTEMPT     = '1'
            }
        }

        $runs.ExitCode | Should -Be 0, 0 -Because "$($runs.Errors)"
        Get-ChildItem -LiteralPath "$folder/night" -Filter *.png | Should -HaveCount 6
        Get-TokaifyJournal -LiteralPath "$folder/journals" -Outcome Saved | Should -HaveCount 6
    }
}

Describe 'gitlab-ci.yml' -Skip:(-not $yaml) {
    AfterEach {
        Stop-TokaifyEmulator
    }

    It 'edits the share of each job, by the variables that GitLab sets, and writes one report' {
        $pipeline = (Read-Yaml gitlab-ci.yml).documents[0]
        $folder = Initialize-Data 6
        Start-TokaifyEmulator

        $runs = foreach ($index in 1, 2) {
            Invoke-Task ('bash', '-c', $pipeline.edit.script[0]) $folder -Variable @{ CI_NODE_INDEX = "$index"; CI_NODE_TOTAL = '2' }
        }
        $gather = Invoke-Task ('bash', '-c', $pipeline.gather.script[0]) $folder

        $runs.ExitCode | Should -Be 0, 0 -Because "$($runs.Errors)"
        $gather.ExitCode | Should -Be 0 -Because $gather.Errors
        $report = Get-Content -LiteralPath "$folder/report.html" -Raw
        1..6 | Where-Object { -not $report.Contains("$_-edited.png") } | Should -BeNullOrEmpty
        $pipeline.edit.retry.exit_codes | Should -Contain 75
    }
}
