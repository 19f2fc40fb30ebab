# Shared by the tests of Export-TokaifyReport.

# The text of the page for the objects of a pipeline.
function Get-Page {
    param([Parameter(ValueFromPipeline)] $InputObject, [hashtable] $Options = @{}, [string] $Folder = (Initialize-Folder))

    begin { $all = @() }
    process { $all += $InputObject }
    end {
        $all | Export-TokaifyReport -Path "$Folder/report.html" @Options
        Read-Page "$Folder/report.html"
    }
}

function Read-Page {
    param([string] $Path)

    [IO.File]::ReadAllText($Path)
}

# The cards of the page, one object for each.
function Get-Card {
    param([string] $Page)

    foreach ($card in [regex]::Matches($Page, '(?s)<article class="card" data-outcome="(\w+)".*?</article>')) {
        $name = [regex]::Match($card.Value, '<span class="name"[^>]*>(.*?)</span>').Groups[1].Value
        $title = [regex]::Match($card.Value, '<h2[^>]*>(.*?)</h2>').Groups[1].Value -replace '<[^>]+>'
        [pscustomobject] @{
            Outcome    = $card.Groups[1].Value
            Name       = [Net.WebUtility]::HtmlDecode($name)
            Title      = [Net.WebUtility]::HtmlDecode($title)
            Request    = [regex]::Match($card.Value, 'data-request="([^"]*)"').Groups[1].Value
            Sources    = @([regex]::Matches($card.Value, '<img src="([^"]*)"') | ForEach-Object { $_.Groups[1].Value })
            Links      = @([regex]::Matches($card.Value, '<a href="([^"]*)"') | ForEach-Object { $_.Groups[1].Value })
            IsMismatch = $card.Value -match '^<article[^>]* data-mismatch'
            HasSlider  = $card.Value.Contains('class="slider"')
            Text       = [Net.WebUtility]::HtmlDecode(($card.Value -replace '<[^>]+>', ' '))
        }
    }
}

# A result of a command of this module, with the properties that a report uses.
function ConvertTo-Result {
    param([hashtable] $Property = @{})

    $result = @{ Status = 'Saved'; SourcePath = $null; Images = @(); Prompt = 'Make it evening.'; Model = 'gemini-2.5-flash-image' }
    foreach ($name in $Property.Keys) {
        $result[$name] = $Property[$name]
    }
    [pscustomobject] $result
}
