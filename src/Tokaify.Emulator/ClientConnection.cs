using System.Net;
using System.Net.NetworkInformation;

namespace Tokaify.Emulation;

/// <summary>Tells whether a client still waits for its response.</summary>
/// <remarks>HttpListener does not tell that a client has gone. The system's table of connections does.</remarks>
internal static class ClientConnection
{
    public static bool IsOpen(HttpListenerRequest request)
    {
        try
        {
            var server = request.LocalEndPoint.Port;
            var client = request.RemoteEndPoint.Port;
            var connections = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections();
            // A system that does not show its connections says nothing of this one.
            return connections.Length == 0 || connections.Any(connection =>
                connection.LocalEndPoint.Port == server && connection.RemoteEndPoint.Port == client && connection.State == TcpState.Established);
        }
        catch (Exception error) when (error is NetworkInformationException or IOException or UnauthorizedAccessException
            or PlatformNotSupportedException or NotImplementedException)
        {
            return true;
        }
    }
}
