using System.Net;
using System.Net.NetworkInformation;

namespace Tokaify.Emulation;

/// <summary>Checks whether a client still waits for its response.</summary>
/// <remarks>HttpListener does not report that a client has disconnected. The system's table of connections shows it.</remarks>
internal static class ClientConnection
{
    public static bool IsOpen(HttpListenerRequest request)
    {
        try
        {
            var server = request.LocalEndPoint.Port;
            var client = request.RemoteEndPoint.Port;
            var connections = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections();
            // If the system does not list its connections, the client is assumed to be connected.
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
