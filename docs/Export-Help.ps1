#Requires -Version 5.1
<#
.SYNOPSIS
    Makes the module's help from the pages in docs/en-US: the external help file and the about topics.
.DESCRIPTION
    The help file needs platyPS 0.14 (Install-Module platyPS -RequiredVersion 0.14.2), the topics need nothing. If it is
    not installed, nothing is written, and the exit code is 3. Run the script in a new process: platyPS cannot be loaded
    beside Microsoft.PowerShell.PlatyPS.

    The same pages give the same bytes. The result is committed in module/en-US, for builds without PowerShell or platyPS.
.PARAMETER Destination
    The folder to write to. Default: module/en-US.
.EXAMPLE
    ./docs/Export-Help.ps1
#>
[CmdletBinding()]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'Said to a person, not to a pipeline.')]
param(
    [string] $Destination = "$PSScriptRoot/../module/en-US"
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

$Pages = "$PSScriptRoot/en-US"
$Width = 80
$Foremost = 'Prompt', 'Destination', 'Model', 'Count', 'WhatIf'

#region Text

# PowerShell shows help as plain text, so the marks of Markdown are removed.
function ConvertTo-PlainText {
    param([string] $Markdown)

    $linked = $Markdown -replace '\[([^\]]+)\]\((https?://[^)]+)\)', '$1 ($2)' -replace '\[([^\]]+)\]\([^)]+\)', '$1'
    $linked -replace '`' -replace '\\(?=[\[\]<>*_|])'
}

function Write-Text {
    param([System.Text.StringBuilder] $To, [string] $Text, [int] $Indent, [int] $Hanging)

    $room = $Width - 1
    $line = ' ' * $Indent
    $isEmpty = $true
    foreach ($word in $Text -split '\s+' -ne '') {
        if (-not $isEmpty -and $line.Length + 1 + $word.Length -gt $room) {
            $null = $To.Append($line).Append("`n")
            $line = ' ' * ($Indent + $Hanging)
            $isEmpty = $true
        }
        $line += if ($isEmpty) { $word } else { " $word" }
        $isEmpty = $false
    }
    $null = $To.Append($line).Append("`n")
}

#endregion

#region Topics

# Get-Help expects sections in the first column, and the short description on the fifth line.
function ConvertTo-Topic {
    param([string] $Name, [string] $Markdown)

    $topic = [System.Text.StringBuilder]::new("TOPIC`n    $Name`n")
    # The first heading is the name of the topic.
    $patterns = @(
        '^```[^\n]*\n(?<code>.*?)\n```$'
        '^(?<level>##+) (?<heading>[^\n]+)$'
        '^(?<text>[^#\s].*?)(?=\n\s*\n|\n```|\n#|\n- |\z)'
    )
    $blocks = [regex]::Matches($Markdown, "(?ms)$($patterns -join '|')")
    $previous = ''
    foreach ($block in $blocks) {
        $kind = Get-BlockKind $block
        # There is no empty line after a heading and between the items of a list.
        if ($previous -ne 'heading' -and ($kind -ne 'item' -or $previous -ne 'item')) {
            $null = $topic.Append("`n")
        }
        switch ($kind) {
            'heading' { $null = $topic.Append((ConvertTo-Heading $block)).Append("`n") }
            'code' { $null = $topic.Append(($block.Groups['code'].Value -replace '(?m)^(?=.)', '        ')).Append("`n") }
            'item' { Write-Text $topic (ConvertTo-PlainText $block.Groups['text'].Value) -Indent 4 -Hanging 2 }
            'text' { Write-Text $topic (ConvertTo-PlainText $block.Groups['text'].Value) -Indent 4 -Hanging 0 }
        }
        $previous = $kind
    }
    $topic.ToString()
}

function ConvertTo-Heading {
    param($Block)

    $heading = $Block.Groups['heading'].Value
    if ($Block.Groups['level'].Length -eq 2) { $heading.ToUpperInvariant() } else { "  $heading" }
}

function Get-BlockKind {
    param($Block)

    if ($Block.Groups['code'].Success) {
        'code'
    }
    elseif ($Block.Groups['level'].Success) {
        'heading'
    }
    elseif ($Block.Groups['text'].Value.StartsWith('- ')) {
        'item'
    }
    else {
        'text'
    }
}

#endregion

#region Commands

# A comment with the digests of the pages shows whether a page was changed afterwards, even without platyPS.
function Export-CommandHelp {
    param([System.IO.FileInfo[]] $Page, [string] $Path)

    $folder = Join-Path ([System.IO.Path]::GetTempPath()) ([guid]::NewGuid())
    try {
        $null = New-ExternalHelp -Path $Page.FullName -OutputPath $folder
        $help = [xml]::new()
        $help.Load((Get-ChildItem -LiteralPath $folder -Filter *-Help.xml).FullName)
    }
    finally {
        Remove-Item -LiteralPath $folder -Recurse -ErrorAction Ignore
    }
    Repair-CommandHelp $help
    $digests = Get-Page *.md | ForEach-Object { "`n  $(Get-PageDigest $_) $($_.Name)" }
    $origin = $help.CreateComment(" Made by docs/Export-Help.ps1 from these pages in docs/en-US:$(-join $digests)`n")
    $null = $help.InsertBefore($origin, $help.DocumentElement)

    $settings = [System.Xml.XmlWriterSettings]::new()
    $settings.Indent = $true
    $settings.NewLineChars = "`n"
    $settings.Encoding = [System.Text.UTF8Encoding]::new($false)
    $writer = [System.Xml.XmlWriter]::Create($Path, $settings)
    try {
        $help.Save($writer)
        $writer.WriteRaw("`n")
    }
    finally {
        $writer.Dispose()
    }
}

function Repair-CommandHelp {
    param([xml] $Help)

    $names = [System.Xml.XmlNamespaceManager]::new($Help.NameTable)
    $names.AddNamespace('maml', 'http://schemas.microsoft.com/maml/2004/10')
    $names.AddNamespace('command', 'http://schemas.microsoft.com/maml/dev/command/2004/10')
    $names.AddNamespace('dev', 'http://schemas.microsoft.com/maml/dev/2004/10')
    foreach ($paragraph in $Help.SelectNodes('//maml:para', $names)) {
        # platyPS adds empty ones, which would be shown as gaps.
        if ($paragraph.InnerText) {
            $paragraph.InnerText = $paragraph.InnerText -replace '`'
        }
        else {
            $null = $paragraph.ParentNode.RemoveChild($paragraph)
        }
    }
    foreach ($example in $Help.SelectNodes('//command:example', $names)) {
        $title = $example.SelectSingleNode('maml:title', $names)
        $title.InnerText = $title.InnerText.Trim(' -'.ToCharArray())
        # Otherwise there would be no empty line before the next title.
        $gap = $Help.CreateElement('maml', 'para', $names.LookupNamespace('maml'))
        $null = $example.SelectSingleNode('dev:remarks', $names).AppendChild($gap)
    }
    # For a command with many sets, Get-Help would begin with a screen of syntax. So only the most used parameters are shown.
    foreach ($syntax in $Help.SelectNodes('//command:syntax[count(command:syntaxItem) > 3]', $names)) {
        foreach ($parameter in $syntax.SelectNodes('command:syntaxItem/command:parameter[@required="false"]', $names)) {
            if ($parameter.SelectSingleNode('maml:name', $names).InnerText -notin $Foremost) {
                $null = $parameter.ParentNode.RemoveChild($parameter)
            }
        }
    }
    foreach ($notes in $Help.SelectNodes('//maml:alertSet[not(.//maml:para)]', $names)) {
        $null = $notes.ParentNode.RemoveChild($notes)
    }
}

# The digest of the text with LF, independent of the line ends of the checkout.
function Get-PageDigest {
    param([System.IO.FileInfo] $Page)

    $bytes = [System.Text.Encoding]::UTF8.GetBytes((Read-Page $Page))
    $sha256 = [System.Security.Cryptography.SHA256]::Create()
    try {
        -join ($sha256.ComputeHash($bytes) | ForEach-Object { $_.ToString('x2') })
    }
    finally {
        $sha256.Dispose()
    }
}

# Sorted by the bytes of their names, so that the order is the same everywhere.
function Get-Page {
    param([string] $Filter)

    [string[]] $names = Get-ChildItem -LiteralPath $Pages -Filter $Filter | ForEach-Object Name
    [array]::Sort($names, [System.StringComparer]::Ordinal)
    $names | ForEach-Object { Get-Item -LiteralPath "$Pages/$_" }
}

function Read-Page {
    param([System.IO.FileInfo] $Page)

    [System.IO.File]::ReadAllText($Page.FullName).Replace("`r`n", "`n")
}

#endregion

$platyPS = Get-Module -ListAvailable -Name platyPS |
    Where-Object { $_.Version -ge '0.14.0' -and $_.Version -lt '0.15.0' } |
    Select-Object -First 1
if (-not $platyPS) {
    Write-Host 'platyPS 0.14 is not installed: the help that the repository keeps is used as it is.'
    exit 3
}
Import-Module $platyPS.Path

$Destination = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Destination)
$null = New-Item -ItemType Directory -Path $Destination -Force
Get-Page about_*.md | ForEach-Object {
    [System.IO.File]::WriteAllText((Join-Path $Destination "$($_.BaseName).help.txt"), (ConvertTo-Topic $_.BaseName (Read-Page $_)))
}
Export-CommandHelp (Get-Page *-*.md) (Join-Path $Destination 'Tokaify.PowerShell.dll-Help.xml')
