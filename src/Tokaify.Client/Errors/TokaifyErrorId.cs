namespace Tokaify;

/// <summary>The kind of failure. In PowerShell, the error's id.</summary>
public enum TokaifyErrorId
{
    /// <summary>No API key was given, and neither the session nor the environment has one.</summary>
    ApiKeyMissing,

    /// <summary>The key would travel unencrypted to another machine.</summary>
    InsecureConnection,

    /// <summary>The value of a parameter is not valid.</summary>
    InvalidArgument,

    /// <summary>There is no such file.</summary>
    FileNotFound,

    /// <summary>The file is not an image in a format that the service accepts, or it changed while it was sent.</summary>
    UnsupportedImage,

    /// <summary>The service rejected the request.</summary>
    InvalidRequest,

    /// <summary>The service refused the key.</summary>
    Unauthorized,

    /// <summary>The account's balance or quota is used up.</summary>
    QuotaExceeded,

    /// <summary>Too many requests in too short a time.</summary>
    RateLimited,

    /// <summary>The service has no such model.</summary>
    ModelNotFound,

    /// <summary>The request is larger than the service accepts.</summary>
    PayloadTooLarge,

    /// <summary>A safety or rights policy stopped the edit.</summary>
    ContentBlocked,

    /// <summary>The service returned no image.</summary>
    NoImageReturned,

    /// <summary>The response is not what the API documents.</summary>
    BadResponse,

    /// <summary>The service, or a proxy in front of it, is unavailable.</summary>
    ServiceUnavailable,

    /// <summary>It took too long.</summary>
    Timeout,

    /// <summary>The connection could not be opened, or broke.</summary>
    ConnectionFailed,

    /// <summary>The response has a link in place of the image, and the image could not be fetched. The message has the link.</summary>
    LinkFailed,

    /// <summary>The image could not be saved in its place.</summary>
    SaveFailed,

    /// <summary>Another process resumes from the same journal.</summary>
    JournalInUse,

    /// <summary>Another request would cost more than is allowed.</summary>
    BudgetReached,

    /// <summary>The key cannot be taken from its vault.</summary>
    SecretUnavailable,

    /// <summary>There is no profile of that name.</summary>
    ProfileNotFound,
}
