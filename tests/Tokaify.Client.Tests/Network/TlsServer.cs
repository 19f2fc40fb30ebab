using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tokaify.Tests.Network;

/// <summary>A TLS server with an untrusted certificate.</summary>
internal static class TlsServer
{
    public static ScriptedServer Start() => new(
        _ => ScriptedResponse.Good,
        wrap: async stream =>
        {
            var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(s_certificate);
            return tls;
        });

    private static readonly X509Certificate2 s_certificate = MakeCertificate();

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=relay.test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        // A server on Windows needs its key in a container.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), password: null);
    }
}
