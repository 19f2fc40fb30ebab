namespace Tokaify.Emulation;

/// <summary>A fault of an edit: a failure, or a good response in an unusual form.</summary>
public enum EmulatorFault
{
    /// <summary>All faults except <see cref="Silence"/>.</summary>
    All,

    /// <summary>All faults that do not occur again if the request is repeated.</summary>
    Transient,

    /// <summary>All faults that would also occur for the same request with a real relay if it is repeated.</summary>
    Permanent,

    /// <summary>All good responses in an unusual form.</summary>
    Odd,

    /// <summary>Transient: status 408.</summary>
    RequestTimeout,

    /// <summary>Transient: status 409.</summary>
    Conflict,

    /// <summary>Transient: status 429, with <c>Retry-After</c> in seconds.</summary>
    RateLimit,

    /// <summary>Transient: status 429, with <c>Retry-After</c> as an HTTP date.</summary>
    RateLimitDate,

    /// <summary>Transient: status 500.</summary>
    ServerError,

    /// <summary>Transient: status 502.</summary>
    BadGateway,

    /// <summary>Transient: status 503.</summary>
    Unavailable,

    /// <summary>Transient: status 504.</summary>
    GatewayTimeout,

    /// <summary>Transient: status 520 to 523, with which a content delivery network reports that it cannot reach the relay.</summary>
    OriginUnreachable,

    /// <summary>Transient: status 524, with which a content delivery network reports a timeout.</summary>
    OriginTimeout,

    /// <summary>Transient: status 529.</summary>
    Overloaded,

    /// <summary>Transient: status 502 with a proxy's page.</summary>
    Html502,

    /// <summary>Transient: status 504 with a proxy's page.</summary>
    Html504,

    /// <summary>Transient: status 524 with a proxy's page.</summary>
    Html524,

    /// <summary>Transient: status 200 with an error in the body: the service is unavailable.</summary>
    Error200,

    /// <summary>Transient: status 429 before the request's body is read, and then the connection is closed.</summary>
    EarlyRateLimit,

    /// <summary>Transient: the connection ends in the middle of the body.</summary>
    Cut,

    /// <summary>Transient: the body ends in the middle, with a matching length, so that the connection ends without an error.</summary>
    Truncated,

    /// <summary>Transient: the connection is reset before a response.</summary>
    Reset,

    /// <summary>Transient: there is no response. It is in no group, because a client would wait until its time limit.</summary>
    Silence,

    /// <summary>Permanent: status 400.</summary>
    BadRequest,

    /// <summary>Permanent: status 401.</summary>
    Unauthorized,

    /// <summary>Permanent: status 401 with a message that repeats the key.</summary>
    EchoKey,

    /// <summary>Permanent: status 402.</summary>
    PaymentRequired,

    /// <summary>Permanent: status 403.</summary>
    Forbidden,

    /// <summary>Permanent: status 404.</summary>
    NotFound,

    /// <summary>Permanent: status 413.</summary>
    TooLarge,

    /// <summary>Permanent: status 413 with a proxy's page.</summary>
    Html413,

    /// <summary>Permanent: status 401 before the request's body is read, and then the connection is closed.</summary>
    EarlyUnauthorized,

    /// <summary>Permanent: status 413 before the request's body is read, and then the connection is closed.</summary>
    EarlyTooLarge,

    /// <summary>Permanent: status 200 with the login page of a network.</summary>
    LoginPage,

    /// <summary>Permanent: status 200 with an error in the body: the request is invalid.</summary>
    Refusal200,

    /// <summary>Permanent: status 200 with <c>"success": false</c>.</summary>
    Failure200,

    /// <summary>Permanent: the prompt is blocked (<c>promptFeedback</c>).</summary>
    PromptBlocked,

    /// <summary>Permanent: no image, finish reason <c>SAFETY</c>.</summary>
    Safety,

    /// <summary>Permanent: no image, finish reason <c>IMAGE_SAFETY</c>.</summary>
    ImageSafety,

    /// <summary>Permanent: no image, finish reason <c>PROHIBITED_CONTENT</c>.</summary>
    ProhibitedContent,

    /// <summary>Permanent: no image, finish reason <c>RECITATION</c>.</summary>
    Recitation,

    /// <summary>Permanent: no image, finish reason <c>IMAGE_RECITATION</c>.</summary>
    ImageRecitation,

    /// <summary>Permanent: no image, finish reason <c>NO_IMAGE</c>.</summary>
    NoImage,

    /// <summary>Permanent: no image, finish reason <c>IMAGE_OTHER</c>.</summary>
    ImageOther,

    /// <summary>Permanent: no image, finish reason <c>MAX_TOKENS</c>.</summary>
    MaxTokens,

    /// <summary>Permanent: no image, finish reason <c>OTHER</c>.</summary>
    Other,

    /// <summary>Permanent: text instead of an image, finish reason <c>STOP</c>.</summary>
    TextOnly,

    /// <summary>Permanent: an empty list of candidates.</summary>
    NoCandidates,

    /// <summary>Permanent: an endless text. It ends after 64 MB, for clients without a limit.</summary>
    EndlessText,

    /// <summary>Permanent: an image whose data is not Base64.</summary>
    BadBase64,

    /// <summary>Permanent: Base64 whose bytes are not an image.</summary>
    NotAPicture,

    /// <summary>Permanent: a link instead of the image, with status 404 at its address.</summary>
    DeadLink,

    /// <summary>Odd but good: names of fields in snake case.</summary>
    SnakeCase,

    /// <summary>Odd but good: JSON with line breaks and indents.</summary>
    PrettyPrinted,

    /// <summary>Odd but good: fields in another order, <c>data</c> before <c>mimeType</c> among them.</summary>
    DataFirst,

    /// <summary>Odd but good: unknown fields.</summary>
    UnknownFields,

    /// <summary>Odd but good: JSON escapes inside <c>data</c>.</summary>
    Escaped,

    /// <summary>Odd but good: drafts (<c>"thought": true</c>), a text and an image, before the image that counts.</summary>
    Draft,

    /// <summary>Odd but good: two images and a text.</summary>
    SeveralImages,

    /// <summary>Odd but good: a PNG with the MIME type <c>image/jpeg</c>.</summary>
    WrongMimeType,

    /// <summary>Odd but good: the image inside a text, as Markdown.</summary>
    Markdown,

    /// <summary>Odd but good: a link to the image inside a text, as Markdown.</summary>
    Link,

    /// <summary>Odd but good: the body compressed with gzip.</summary>
    Gzip,

    /// <summary>Odd but good: the connection ends after the part with the image.</summary>
    CutAfterImage,

    /// <summary>Odd but good: the body in small pieces, about a second from the first to the last.</summary>
    Dribble,
}
