@{
    Severity = @('Error', 'Warning')
    ExcludeRules = @(
        # Scripts that talk to a person at a console, not to a pipeline.
        'PSAvoidUsingWriteHost'
        # Knows nothing of Pester, whose blocks share variables.
        'PSUseDeclaredVarsMoreThanAssignments'
    )
    Rules = @{
        PSUseCompatibleSyntax = @{
            Enable = $true
            TargetVersions = @('5.1', '7.4')
        }
    }
}
