# Runs of many kinds, for tests that check every line of their journals.

# The texts of the user. A journal without prompts has no word of them.
$SecretWords = 'Zebra', 'lanterns', 'Windermere', 'Ullswater'
$SecretKey = 'sk-Zephyr-0123456789abcdef'

# Edits in many ways, with journals in a folder, and returns their paths. The output of the runs is discarded.
function Initialize-JournalKind {
    param([Parameter(Mandatory)] [string] $Folder, [switch] $OmitPrompt)

    $edit = @{
        JournalOmitPrompt = $OmitPrompt; ApiKey = ConvertTo-Secret $SecretKey; MaximumRetryCount = 0; MaximumWaitSec = 0
        OutputName = '{name}-new'
        ErrorAction = 'SilentlyContinue'; WarningAction = 'SilentlyContinue'; InformationAction = 'Ignore'
    }
    $null = @(
        Invoke-EmulatedKind $Folder $edit
        Invoke-FaultyKind $Folder $edit
        Invoke-RefusedKind $Folder $edit
        Invoke-StoppedKind $Folder $edit
        Invoke-KilledKind $Folder $OmitPrompt
        Invoke-RecoveredKind $Folder $edit
    )
    Get-ChildItem -LiteralPath $Folder -Recurse -File -Filter *.jsonl -Force | ForEach-Object FullName
}

function Initialize-KindFolder {
    param([string] $Folder, [string] $Name)

    $new = (New-Item -ItemType Directory -Path (Join-Path $Folder $Name)).FullName
    $null = Copy-Picture plain.png -To $new -As 'a.png'
    $null = Copy-Picture exif-thumbnail.jpg -To $new -As 'b.jpg'
    $null = Copy-Picture palette.png -To $new -As 'c.png'
    $new
}

# Runs that succeed: variations, references, rows, conversations, images from text, shares, budgets, resumed.
function Invoke-EmulatedKind {
    param([string] $Folder, [hashtable] $Edit)

    Start-TokaifyEmulator -InformationAction Ignore
    try {
        $Edit = $Edit.Clone()
        $Edit.Remove('ApiKey')
        $in = Initialize-KindFolder $Folder 'good'
        $Edit.JournalPath = Join-Path $in 'edits.jsonl'
        foreach ($run in 1..2) {
            Get-ChildItem "$in/*.png" -Exclude '*-new*' |
                Invoke-TokaifyImageEdit 'Zebra lanterns.' @Edit -Resume -Count 2 -ReferenceImage "$in/b.jpg" `
                    -SystemInstruction 'As at Windermere.' -AspectRatio 16:9 -StripMetadata -Seed 7
        }
        Invoke-TokaifyImageEdit 'Zebra.' "$in/a.png" @Edit -AdditionalProperty @{ labels = @{ lake = 'Ullswater' } } -IncludeText
        Invoke-TokaifyImageEdit 'Zebra.' "$in/a.png" @Edit -SkipExisting
        [pscustomobject]@{ Path = "$in/a.png"; Prompt = 'Lanterns over Windermere'; SystemInstruction = 'Ullswater' } |
            Invoke-TokaifyImageEdit @Edit
        Get-TerminatingError {
            Get-ChildItem "$in/*.png" | Invoke-TokaifyImageEdit 'Windermere.' @Edit -MaximumCost 0.5 -ThrottleLimit 1
        }
        $talk = New-TokaifyConversation -SystemInstruction 'Only Windermere.'
        Invoke-TokaifyImageEdit 'Add lanterns.' "$in/a.png" @Edit -Conversation $talk
        Invoke-TokaifyImageEdit 'Now a zebra.' @Edit -Conversation $talk -ReferenceImage "$in/c.png"
        $Edit.Remove('OutputName')
        'A zebra', 'Two lanterns' | New-TokaifyImage @Edit -Destination "$in/texts"
        $Edit.JournalPath = Join-Path $in 'journals/'
        Push-Location -LiteralPath $in
        try {
            Get-ChildItem *.png | Invoke-TokaifyImageEdit 'Zebra.' @Edit -Shard 1/2 -Destination shard -Resume
        }
        finally {
            Pop-Location
        }
    }
    finally {
        Stop-TokaifyEmulator
    }
}

# Each way in which a service can fail, or send an unusual response.
function Invoke-FaultyKind {
    param([string] $Folder, [hashtable] $Edit)

    $in = Initialize-KindFolder $Folder 'faulty'
    $slow = 'Silence', 'Dribble', 'EndlessText', 'All', 'Transient', 'Permanent', 'Odd'
    $Edit = $Edit.Clone()
    $Edit.Remove('ApiKey')
    $Edit.JournalPath = Join-Path $in 'edits.jsonl'
    foreach ($fault in [Enum]::GetNames([Tokaify.Emulation.EmulatorFault]) | Where-Object { $_ -notin $slow }) {
        Start-TokaifyEmulator -Fault $fault -InformationAction Ignore
        try {
            # An error that every further request would have ends the command.
            Get-TerminatingError {
                Invoke-TokaifyImageEdit "Zebra lanterns, $fault." "$in/a.png" @Edit -IncludeText -Tool @{ googleSearch = @{} }
            }
            if ($fault -in 'Safety', 'BadRequest') {
                Invoke-TokaifyImageEdit "Zebra lanterns, $fault." "$in/a.png" @Edit -IncludeText -Tool @{ googleSearch = @{} } -Resume
            }
        }
        finally {
            Stop-TokaifyEmulator
        }
    }
}

# Requests that are refused before they are sent, and by a service that repeats what it received.
function Invoke-RefusedKind {
    param([string] $Folder, [hashtable] $Edit)

    $in = Initialize-KindFolder $Folder 'refused'
    Set-Content -LiteralPath "$in/text.png" -Value 'Windermere'
    $message = "$($SecretWords[0..1] -join ' ') over Windermere are refused, $SecretKey."
    $said = "{`"error`":{`"code`":400,`"message`":`"$message`",`"status`":`"INVALID_ARGUMENT`"}}"
    $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('503', 'answer', 'raw'))
    $relay.Raw = "HTTP/1.1 400 Bad Request`r`nContent-Type: application/json`r`nContent-Length: $($said.Length)`r`n`r`n$said"
    try {
        $Edit = $Edit + @{ BaseUri = $relay.BaseUri; JournalPath = Join-Path $in 'edits.jsonl' }
        $Edit.MaximumRetryCount = 1
        Invoke-TokaifyImageEdit 'Zebra.' "$in/a.png" @Edit
        Invoke-TokaifyImageEdit 'Zebra lanterns over Windermere' "$in/a.png" @Edit
        "$in/nowhere.png", "$in/text.png" | Invoke-TokaifyImageEdit 'Zebra.' @Edit
        [pscustomobject]@{ Path = "$in/a.png"; Prompt = 'Zebra'; AspectRatio = 'Windermere'; Model = 'gemini-2.5-flash-image' },
        [pscustomobject]@{ Path = "$in/a.png"; Prompt = ' ' },
        [pscustomobject]@{ Path = "$in/a.png"; Prompt = 'Zebra'; ImageSize = '9K' } |
            Invoke-TokaifyImageEdit @Edit
        "$in/a.png" | Invoke-TokaifyImageEdit 'lanterns.png' @Edit
        'Zebra', '' | New-TokaifyImage @Edit
    }
    finally {
        $relay.Dispose()
    }
}

# Stopped with a request in flight.
function Invoke-StoppedKind {
    param([string] $Folder, [hashtable] $Edit)

    $in = Initialize-KindFolder $Folder 'stopped'
    $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer', 'hold'))
    $Edit = $Edit + @{ BaseUri = $relay.BaseUri; JournalPath = "$in/edits.jsonl" }
    $run = Invoke-InBackground -Arguments "$in/a.png", "$in/c.png", $Edit -Script {
        param($First, $Second, $Edit)
        $First, $Second | Invoke-TokaifyImageEdit 'Zebra lanterns.' @Edit -ThrottleLimit 1
    }
    try {
        $null = $relay.WaitForHeld(1, 30)
        $run.PowerShell.Stop()
    }
    finally {
        $run.PowerShell.Dispose()
        $run.Runspace.Dispose()
        $relay.Dispose()
    }
}

# Killed with a request in flight: its line has no end.
function Invoke-KilledKind {
    param([string] $Folder, [bool] $OmitPrompt)

    $in = Initialize-KindFolder $Folder 'killed'
    $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('hold'))
    $child = Open-Child -BaseUri $relay.BaseUri -Variables @{ source = "$in/a.png"; journal = "$in/edits.jsonl" } `
        -Script "Invoke-TokaifyImageEdit 'Zebra lanterns.' `$source -JournalPath `$journal -JournalOmitPrompt:`$$OmitPrompt"
    try {
        $null = $relay.WaitForHeld(1, 60)
    }
    finally {
        Close-Child $child
        $relay.Dispose()
    }
}

# The journal's folder disappears while a request is in flight: the line goes to the recovery file, and the next command moves it back.
function Invoke-RecoveredKind {
    param([string] $Folder, [hashtable] $Edit)

    $in = Initialize-KindFolder $Folder 'recovered'
    $logs = New-Item -ItemType Directory -Path (Join-Path $in 'logs')
    $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('hold', 'answer'))
    $Edit = $Edit + @{ BaseUri = $relay.BaseUri; JournalPath = "$in/logs/edits.jsonl" }
    $run = Invoke-InBackground -Arguments "$in/a.png", $Edit -Script {
        param($Source, $Edit)
        Invoke-TokaifyImageEdit 'Zebra lanterns.' $Source @Edit
    }
    try {
        $null = $relay.WaitForHeld(1, 30)
        # Renamed and not removed, because Windows does not remove a folder with an open file.
        Rename-Item -LiteralPath $logs.FullName -NewName 'away'
        $relay.Release()
        $null = Receive-Background $run
        Rename-Item -LiteralPath (Join-Path $in 'away') -NewName 'logs'
        Invoke-TokaifyImageEdit 'Zebra lanterns.' "$in/c.png" @Edit -Resume
    }
    finally {
        $relay.Dispose()
        Clear-RecoveredLine $Edit.JournalPath
    }
}
