# A script that follows the relay's own examples.
param([Parameter(Mandatory)] $Server, [Parameter(Mandatory)] $Sources, [Parameter(Mandatory)] $Target)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
foreach ($file in Get-ChildItem $Sources) {
    $picture = [Convert]::ToBase64String([IO.File]::ReadAllBytes($file.FullName))
    $body = @{
        contents         = @(@{
                role  = 'user'
                parts = @(
                    @{ text = 'Make it blue.' }
                    @{ inline_data = @{ mime_type = 'image/png'; data = $picture } }
                )
            })
        generationConfig = @{ responseModalities = @('IMAGE') }
    } | ConvertTo-Json -Depth 10 -Compress
    $answer = Invoke-RestMethod -Method Post -Uri "${Server}v1beta/models/gemini-2.5-flash-image:generateContent" `
        -Headers @{ Authorization = 'Bearer key' } -ContentType 'application/json' -Body $body
    $data = $answer.candidates[0].content.parts[0].inlineData.data
    [IO.File]::WriteAllBytes((Join-Path $Target $file.Name), [Convert]::FromBase64String($data))
}
