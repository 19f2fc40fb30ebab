# Every rule is on, those too that are off by default, but for those that stand here with a reason.
@{
    Severity     = @('Error', 'Warning', 'Information')
    ExcludeRules = @(
        # Knows nothing of Pester, whose blocks share variables. tests/Invoke-ScriptAnalysis.ps1 holds all other scripts to it.
        'PSUseDeclaredVarsMoreThanAssignments'
        # The constrained language mode forbids calling .NET, which is what the build and the tests do.
        'PSUseConstrainedLanguageMode'
        # Their lists of what each PowerShell has are not in every build of the analyzer, and know nothing of the types
        # that the module and the tests bring. That Windows PowerShell 5.1 runs the scripts is tested by running them there.
        'PSUseCompatibleCommands'
        'PSUseCompatibleTypes'
    )
    Rules        = @{
        PSAlignAssignmentStatement                = @{
            Enable         = $true
            CheckHashtable = $true
        }
        PSAvoidExclaimOperator                    = @{
            Enable = $true
        }
        PSAvoidLongLines                          = @{
            Enable            = $true
            # As for the C# files, in .editorconfig.
            MaximumLineLength = 140
        }
        PSAvoidSemicolonsAsLineTerminators        = @{
            Enable = $true
        }
        PSAvoidUsingDoubleQuotesForConstantString = @{
            Enable = $true
        }
        PSAvoidUsingPositionalParameters          = @{
            # The tests' own way to start a script, in a line that reads like the one it starts.
            CommandAllowList = @('Invoke-Example', 'Open-Example', 'Open-Child')
        }
        PSPlaceOpenBrace                          = @{
            Enable             = $true
            OnSameLine         = $true
            NewLineAfter       = $true
            IgnoreOneLineBlock = $true
        }
        PSPlaceCloseBrace                         = @{
            Enable             = $true
            NewLineAfter       = $true
            IgnoreOneLineBlock = $true
            NoEmptyLineBefore  = $true
        }
        PSUseCompatibleCmdlets                    = @{
            # What PowerShell 6.1 has and Windows PowerShell has not: the rule looks in one direction only.
            compatibility = @('desktop-5.1.14393.206-windows')
        }
        PSProvideCommentHelp                      = @{
            Enable       = $true
            # A script's own help is tested. Its functions are for who reads on: a comment says why they are there.
            ExportedOnly = $true
        }
        PSUseCompatibleSyntax                     = @{
            Enable         = $true
            TargetVersions = @('5.1', '7.4')
        }
        PSUseConsistentIndentation                = @{
            Enable              = $true
            IndentationSize     = 4
            Kind                = 'space'
            PipelineIndentation = 'IncreaseIndentationForFirstPipeline'
        }
        PSUseConsistentWhitespace                 = @{
            Enable                                  = $true
            CheckInnerBrace                         = $true
            # PSAlignAssignmentStatement sets them under each other.
            IgnoreAssignmentOperatorInsideHashTable = $true
            CheckOpenBrace                          = $true
            CheckOpenParen                          = $true
            CheckOperator                           = $true
            CheckParameter                          = $true
            CheckPipe                               = $true
            CheckPipeForRedundantWhitespace         = $true
            CheckSeparator                          = $true
        }
        PSUseConsistentParameterSetName           = @{
            Enable = $true
        }
        PSUseConsistentParametersKind             = @{
            Enable         = $true
            ParametersKind = 'ParamBlock'
        }
        PSUseCorrectCasing                        = @{
            Enable        = $true
            CheckCommands = $true
            CheckKeyword  = $true
            CheckOperator = $true
        }
        PSUseSingleValueFromPipelineParameter     = @{
            Enable = $true
        }
    }
}
