# Returns the public surface of the module as lines: its commands, their parameter sets, parameters and output types.

# The common parameters.
$CommonParameters = @([System.Management.Automation.Cmdlet]::CommonParameters) + @(
    [System.Management.Automation.Cmdlet]::OptionalCommonParameters) + 'ProgressAction'

function Get-PublicApi {
    param([Parameter(Mandatory)] [string] $Module)

    $aliases = @((Get-Module $Module).ExportedAliases.Values | ForEach-Object { "alias $($_.Name) -> $($_.Definition)" })
    $commands = foreach ($command in Get-Command -Module $Module -CommandType Cmdlet, Function) {
        $sets = @($command.ParameterSets | Where-Object Name -NE '__AllParameterSets' | ForEach-Object Name)
        if ($sets) {
            "$($command.Name) : sets $((Sort-Ordinal $sets) -join ', '); default $($command.DefaultParameterSet)"
        }
        "$($command.Name) : supports ShouldProcess $($command.Parameters.ContainsKey('WhatIf'))"
        foreach ($type in $command.OutputType) {
            "$($command.Name) -> $($type.Name)"
        }
        foreach ($parameter in $command.Parameters.Values | Where-Object Name -NotIn $CommonParameters) {
            "$($command.Name) -$(Format-Parameter $parameter)"
        }
    }
    Sort-Ordinal ($aliases + $commands)
}

function Format-Parameter {
    param([Parameter(Mandatory)] $Parameter)

    $aliases = if ($Parameter.Aliases) { ", aliases $((Sort-Ordinal $Parameter.Aliases) -join ' ')" }
    $sets = foreach ($name in Sort-Ordinal $Parameter.ParameterSets.Keys) {
        $set = $Parameter.ParameterSets[$name]
        $facts = @(
            if ($name -ne '__AllParameterSets') { "in $name" }
            if ($set.IsMandatory) { 'mandatory' }
            if ($set.Position -ge 0) { "position $($set.Position)" }
            if ($set.ValueFromPipeline) { 'by value' }
            if ($set.ValueFromPipelineByPropertyName) { 'by name' }
            if ($set.ValueFromRemainingArguments) { 'the rest' }
        )
        if ($facts) { "; $($facts -join ' ')" }
    }
    $values = $Parameter.Attributes | Where-Object { $_ -is [ValidateSet] } | ForEach-Object { ", one of $($_.ValidValues -join ' ')" }
    "$($Parameter.Name) <$($Parameter.ParameterType)>$aliases$values$(-join $sets)"
}

# The same order in every language.
function Sort-Ordinal {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseApprovedVerbs', '', Justification = 'Sort is what it does.')]
    param([string[]] $Text)

    [Array]::Sort($Text, [System.StringComparer]::Ordinal)
    $Text
}

# The lines in which two surfaces differ: "- " removed, "+ " added.
function Compare-PublicApi {
    param([string[]] $Kept, [string[]] $Surface)

    $Kept | Where-Object { $_ -cnotin $Surface } | ForEach-Object { "- $_" }
    $Surface | Where-Object { $_ -cnotin $Kept } | ForEach-Object { "+ $_" }
}
