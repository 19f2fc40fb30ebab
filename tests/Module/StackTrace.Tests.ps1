# The stack trace that a user reports has the line of the error.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'The stack trace of an error' -Skip:($PSEdition -eq 'Desktop') {
    It 'names file and line, and no path of the build machine' {
        $thrown = Get-TerminatingError { Connect-Tokaify -BaseUri ftp://relay.test -ApiKey (ConvertTo-Secret 'key') }

        $thrown.Exception.StackTrace | Should -Match ' in /_/src[/\\]Tokaify\.[\w/\\.]+\.cs:line [1-9]'
        $thrown.Exception.StackTrace | Should -Not -Match ([regex]::Escape($Root))
    }
}
