namespace Tokaify.PowerShell;

/// <summary>The streams that a batch writes to, on the pipeline's thread. A write throws if the pipeline has ended.</summary>
internal interface IBatchOutput
{
    /// <summary>Whether the pipeline is being stopped.</summary>
    bool Stopping { get; }

    /// <summary>Writes a result.</summary>
    void WriteObject(object result);

    /// <summary>Writes a non-terminating error.</summary>
    void WriteFailure(TokaifyException exception, object? target);

    /// <summary>Writes a warning.</summary>
    void WriteWarning(string text);

    /// <summary>Writes a verbose message.</summary>
    void WriteVerbose(string text);

    /// <summary>Writes to the information stream.</summary>
    void WriteInformation(object messageData, string[] tags);
}
