namespace Tokaify.Tests.Images;

/// <summary>Replaces any file.</summary>
internal sealed class ReplaceFiles : ReplacePolicy
{
    public override NameUse Decide(string name, string path) => NameUse.Replace;
}
