using System.Text;

namespace Tokaify.Emulation;

/// <summary>Web pages in place of a JSON response.</summary>
internal static class Page
{
    public static RelayResponse OfProxy(EmulatorFault fault) => fault switch
    {
        EmulatorFault.Html413 => Of(413, "413 Request Entity Too Large"),
        EmulatorFault.Html502 => Of(502, "502 Bad Gateway"),
        EmulatorFault.Html504 => Of(504, "504 Gateway Time-out"),
        EmulatorFault.Html524 => Of(524, "524: A timeout occurred"),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "It has no page."),
    };

    public static RelayResponse Login() => Html(200, """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Sign in to continue</title><style>body { margin: 4em }</style></head>
        <body>
        <h1>Sign in</h1>
        <form action="/login" method="post"><input name="user"><input name="password" type="password"><button>Sign in</button></form>
        <script>document.forms[0].user.focus();</script>
        </body>
        </html>

        """);

    // Creates a page in the format of nginx.
    private static RelayResponse Of(int status, string title) => Html(
        status,
        $"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
        + "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n");

    private static RelayResponse Html(int status, string html) => new()
    {
        Status = status,
        ContentType = "text/html; charset=UTF-8",
        Body = new ArraySegment<byte>(Encoding.UTF8.GetBytes(html)),
    };
}
