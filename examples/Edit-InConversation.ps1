#Requires -Version 5.1

<#
.SYNOPSIS
    Edits one image step by step. Each step builds on the ones before.
.DESCRIPTION
    The conversation is saved in a file after each step. If the file exists, the conversation continues from its
    last step. A step that fails, or cannot be saved, ends the run, because the next ones would build on it.

    Exit codes: 0 all steps are done; 1 a step failed, those before it are saved; 2 it could not begin.
.PARAMETER Path
    The image. Default: the sample cat.
.PARAMETER Prompt
    The steps, in order.
.PARAMETER Destination
    The folder to save in. Default: the folder "conversation" here.
.PARAMETER ConversationPath
    The conversation's file. Default: conversation.json in the destination.
.PARAMETER Model
    The model of a new conversation.
.EXAMPLE
    ./Edit-InConversation.ps1 -Path cat.png -Prompt 'Add a red hat.', 'Make the hat smaller.'

.EXAMPLE
    ./Edit-InConversation.ps1 -Prompt 'Now make it night.'

    Continues from the last step of the run before.
#>
[CmdletBinding()]
param(
    [string] $Path = "$PSScriptRoot/pictures/cat.png",

    [string[]] $Prompt = @('Add a red hat.', 'Make the hat smaller.', 'Let it snow.'),

    [string] $Destination = 'conversation',

    [string] $ConversationPath = (Join-Path $Destination 'conversation.json'),

    [string] $Model = 'gemini-3.1-flash-image'
)

trap {
    Write-Error -ErrorRecord $_ -ErrorAction Continue
    exit 2
}

$null = New-Item -ItemType Directory -Path $Destination -Force
# Only the first step has the image.
if (Test-Path -LiteralPath $ConversationPath) {
    $conversation = Restore-TokaifyConversation -LiteralPath $ConversationPath -ErrorAction Stop
    $source = @{}
}
else {
    $conversation = New-TokaifyConversation -Model $Model
    $source = @{ LiteralPath = (Resolve-Path -LiteralPath $Path -ErrorAction Stop).ProviderPath }
}

foreach ($step in $Prompt) {
    $result = Invoke-TokaifyImageEdit -Prompt $step @source -Conversation $conversation -Destination $Destination -ErrorVariable failures
    if ($failures) {
        exit 1
    }
    $result
    $source = @{}
    Save-TokaifyConversation -Conversation $conversation -Path $ConversationPath -ErrorVariable failures
    if ($failures) {
        exit 1
    }
}
