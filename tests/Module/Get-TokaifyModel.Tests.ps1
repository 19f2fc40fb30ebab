BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'Get-TokaifyModel' {
    It 'lists the models without a key and a connection, the default first' {
        (Get-TokaifyModel).Name | Should -Be @(
            'gemini-2.5-flash-image', 'gemini-3.1-flash-image', 'gemini-3.1-flash-image-preview'
            'gemini-3-pro-image', 'gemini-3-pro-image-preview', 'gemini-nano-banana-2.1'
        )
    }

    It 'emits Tokaify.ImageModel, as it declares' {
        Get-TokaifyModel | Should -BeOfType [Tokaify.ImageModel]
        (Get-Command Get-TokaifyModel).OutputType.Name | Should -Be 'Tokaify.ImageModel'
    }

    It 'gives each the documented properties' {
        (Get-TokaifyModel | Get-Member -MemberType Property).Name | Should -Be @(
            'AspectRatios', 'Available', 'DefaultImageSize', 'DefaultThinkingLevel', 'Description', 'DisplayName', 'ImageSizes'
            'InputMimeTypes', 'IsDefault', 'MaxInputImages', 'Name', 'Price', 'Replacement', 'RetiresOn', 'RetiresOnIsEarliest'
            'ThinkingLevels', 'Tokens'
        )
    }

    It 'knows how many tokens an image takes' {
        $models = Get-TokaifyModel gemini-3.1-flash-image, gemini-2.5-flash-image, gemini-nano-banana-2.1

        $models[0].Tokens.OfImage('2K'), $models[0].Tokens.PerInputImage, $models[1].Tokens.OfImage($null) | Should -Be 1680, 1120, 1290
        $models[2].Tokens | Should -BeNullOrEmpty
    }

    It 'has one default' {
        (Get-TokaifyModel | Where-Object IsDefault).Name | Should -Be 'gemini-2.5-flash-image'
    }

    It 'knows the aspect ratios of <Name>' -ForEach @(
        @{ Name = 'gemini-2.5-flash-image'; Ratios = '1:1', '3:2', '2:3', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9' }
        @{
            Name   = 'gemini-3.1-flash-image-preview'
            Ratios = '1:1', '1:4', '1:8', '2:3', '3:2', '3:4', '4:1', '4:3', '4:5', '5:4', '8:1', '9:16', '16:9', '21:9'
        }
    ) {
        (Get-TokaifyModel $Name).AspectRatios | Should -Be $Ratios
    }

    It 'knows what each takes' {
        foreach ($model in Get-TokaifyModel) {
            $model.InputMimeTypes | Should -Be 'image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif'
        }
    }

    It 'does not say that a model is available without asking the relay' {
        foreach ($model in Get-TokaifyModel) {
            $model.Available | Should -BeNullOrEmpty
        }
    }

    It 'finds <Found> by <Name>' -ForEach @(
        @{ Name = 'gemini-2.5-flash-image'; Found = 'gemini-2.5-flash-image' }
        @{ Name = 'GEMINI-2.5-FLASH-IMAGE'; Found = 'gemini-2.5-flash-image' }
        @{ Name = 'models/gemini-2.5-flash-image'; Found = 'gemini-2.5-flash-image' }
        @{ Name = '*3.1*'; Found = 'gemini-3.1-flash-image', 'gemini-3.1-flash-image-preview' }
        @{ Name = 'gemini-[2n]*'; Found = 'gemini-2.5-flash-image', 'gemini-nano-banana-2.1' }
        @{ Name = '*banana*', '*2.5*'; Found = 'gemini-nano-banana-2.1', 'gemini-2.5-flash-image' }
    ) {
        (Get-TokaifyModel -Name $Name).Name | Should -Be $Found
    }

    It 'takes names from the pipeline' {
        ('*pro-image', '*2.5*' | Get-TokaifyModel).Name | Should -Be 'gemini-3-pro-image', 'gemini-2.5-flash-image'
    }

    It 'returns nothing, without an error, if a wildcard matches nothing' {
        Get-TokaifyModel 'gpt*' -ErrorVariable failures | Should -BeNullOrEmpty
        $failures | Should -BeNullOrEmpty
    }

    It 'is an error if the catalogue lacks a name, and goes on' {
        $models = Get-TokaifyModel 'gemini-9-image', 'gemini-2.5-flash-image' -ErrorAction SilentlyContinue -ErrorVariable failures

        $models.Name | Should -Be 'gemini-2.5-flash-image'
        $failures | Get-ErrorId | Should -Be 'ModelNotFound'
        $failures[0].TargetObject | Should -Be 'gemini-9-image'
    }

    It 'is a readable table' {
        $lines = (Get-TokaifyModel | Out-String -Width 150) -split '\r?\n' | Where-Object { $_ }

        $lines[0] | Should -MatchExactly '^Name +State +Retires +Price +ImageSizes +Ratios'
        $lines -match '^gemini-2\.5-flash-image +default +.2026-10-02 USD 0\.039, list price' | Should -HaveCount 1
        $lines -match '^gemini-3\.1-flash-image-preview +2026-06-25 +USD 0\.045-0\.151, list price +512 1K 2K 4K' | Should -HaveCount 1
    }
}
