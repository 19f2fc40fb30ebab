using Tokaify.PowerShell;
using Xunit;

namespace Tokaify.Tests;

public sealed class PromptingTests
{
    [Theory]
    [InlineData("pwsh")]
    [InlineData("pwsh", "-NoProfile", "-NoLogo")]
    [InlineData("pwsh", "-NoExit", "-File", "Invoke-Edit.ps1", "-NonInteractive")]
    [InlineData("pwsh", "-c", "Connect-Tokaify", "-noni")]
    public void A_console_can_prompt(params string[] commandLine) =>
        Assert.True(Prompting.IsPossible("ConsoleHost", commandLine, isInteractive: true, isInputRedirected: false));

    [Theory]
    [InlineData("pwsh", "-NonInteractive")]
    [InlineData("pwsh", "-noni", "-File", "Invoke-Edit.ps1")]
    [InlineData("powershell.exe", "/NonInteractive")]
    [InlineData("pwsh", "--noninteractive", "-c", "Connect-Tokaify")]
    public void A_non_interactive_console_cannot_prompt(params string[] commandLine) =>
        Assert.False(Prompting.IsPossible("ConsoleHost", commandLine, isInteractive: true, isInputRedirected: false));

    [Fact]
    public void A_console_whose_input_is_not_a_terminal_cannot_prompt() =>
        Assert.False(Prompting.IsPossible("ConsoleHost", ["pwsh"], isInteractive: true, isInputRedirected: true));

    [Fact]
    public void A_process_without_a_desktop_cannot_prompt() =>
        Assert.False(Prompting.IsPossible("ConsoleHost", ["pwsh"], isInteractive: false, isInputRedirected: false));

    [Theory]
    [InlineData("ServerRemoteHost")]
    [InlineData("Default Host")]
    public void A_job_cannot_prompt(string host) =>
        Assert.False(Prompting.IsPossible(host, ["pwsh"], isInteractive: true, isInputRedirected: false));

    [Fact]
    public void An_editor_can_prompt_even_if_its_input_is_redirected() =>
        Assert.True(Prompting.IsPossible("Visual Studio Code Host", ["pwsh", "-NonInteractive"], isInteractive: true, isInputRedirected: true));
}
