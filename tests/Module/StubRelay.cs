// A relay for tests that need slow, refused or incomplete responses. In C# 5, because Add-Type of Windows PowerShell compiles only that.
using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Tokaify.Tests
{
    /// <summary>Handles each request as its plan says: "answer" sends a picture, "refuse" sends 400, "raw" sends given bytes, "half" sends half
    /// of a response and nothing more, "hold" sends nothing, "text" sends only text. A number is a status, with the relay's code after it and
    /// further headers after bars: "401 invalid_token", "429 limit|Retry-After: 7200". The plan's last word applies to all further requests.
    /// A model may have a separate plan.</summary>
    public sealed class StubRelay : IDisposable
    {
        private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(20);

        private readonly object _lock = new object();
        private readonly Dictionary<string, string[]> _plans = new Dictionary<string, string[]>();
        private readonly Dictionary<string, int> _received = new Dictionary<string, int>();
        private TcpListener _listener = new TcpListener(IPAddress.Loopback, 0);
        private readonly TaskCompletionSource<bool> _released = new TaskCompletionSource<bool>();
        private readonly string _answer;
        private readonly string[] _plan;
        private readonly List<TcpClient> _clients = new List<TcpClient>();
        private readonly List<string> _bodies = new List<string>();
        private readonly List<string> _requests = new List<string>();
        private int _held;

        public StubRelay(string picture, string[] plan)
        {
            _plan = plan;
            _answer = "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\""
                + Convert.ToBase64String(File.ReadAllBytes(picture)) + "\"}}]},\"finishReason\":\"STOP\"}]}";
            _listener.Start();
            BaseUri = new Uri("http://127.0.0.1:" + ((IPEndPoint)_listener.LocalEndpoint).Port);
            new Thread(Listen) { IsBackground = true }.Start();
        }

        public Uri BaseUri { get; private set; }

        /// <summary>The text that "raw" sends: a complete response.</summary>
        public string Raw { get; set; }

        /// <summary>The models that it lists, without counting that as a request; null if such a request is treated like any
        /// other.</summary>
        public string[] Models { get; set; }

        /// <summary>The number of completely received requests.</summary>
        public int Received { get; private set; }

        /// <summary>The number of received body bytes, of complete and incomplete requests.</summary>
        public long ReceivedBytes { get; private set; }

        /// <summary>The maximum number of requests that were held at once.</summary>
        public int MostHeld { get; private set; }

        /// <summary>The number of requests with a held or incomplete response whose client has disconnected.</summary>
        public int HungUp { get; private set; }

        /// <summary>The last request: its first line and headers.</summary>
        public string LastHead { get; private set; }

        /// <summary>The last request's body.</summary>
        public string LastBody { get; private set; }

        /// <summary>The bodies of all requests, in the order of arrival.</summary>
        public List<string> Bodies
        {
            get
            {
                lock (_lock)
                {
                    return new List<string>(_bodies);
                }
            }
        }

        /// <summary>All requests with headers and bodies, in the order of arrival.</summary>
        public List<string> Requests
        {
            get
            {
                lock (_lock)
                {
                    return new List<string>(_requests);
                }
            }
        }

        /// <summary>The number of requests that have to be received before a status is sent; 0 for none.</summary>
        public int RequestsBeforeStatus { get; set; }

        /// <summary>Waits until a number of requests has been received; false after the time limit.</summary>
        public bool WaitForRequests(int count)
        {
            return WaitFor(() => Received >= count, s_timeout);
        }

        /// <summary>Waits until a number of requests has been held at once; false after the given seconds.</summary>
        public bool WaitForHeld(int count, double seconds)
        {
            return WaitFor(() => MostHeld >= count, TimeSpan.FromSeconds(seconds));
        }

        /// <summary>Waits until a number of clients has disconnected; false after the time limit.</summary>
        public bool WaitForHangUps(int count)
        {
            return WaitFor(() => HungUp >= count, s_timeout);
        }

        /// <summary>Sets a separate plan for the requests of a model.</summary>
        public void Plan(string model, string[] plan)
        {
            lock (_lock)
            {
                _plans[model] = plan;
            }
        }

        /// <summary>The number of completely received requests for a model.</summary>
        public int ReceivedFor(string model)
        {
            lock (_lock)
            {
                int count;
                return _received.TryGetValue(model, out count) ? count : 0;
            }
        }

        /// <summary>Simulates an outage: connections break, and new ones are refused.</summary>
        public void GoAway()
        {
            _listener.Stop();
            CloseAll();
        }

        /// <summary>Ends the outage, at the same address.</summary>
        public void ComeBack()
        {
            _listener = new TcpListener(IPAddress.Loopback, BaseUri.Port);
            _listener.Start();
            new Thread(Listen) { IsBackground = true }.Start();
        }

        /// <summary>Responds to held requests.</summary>
        public void Release()
        {
            _released.TrySetResult(true);
        }

        public void Dispose()
        {
            GoAway();
        }

        private void CloseAll()
        {
            lock (_lock)
            {
                _clients.ForEach(client => client.Close());
                _clients.Clear();
            }
        }

        private bool WaitFor(Func<bool> condition, TimeSpan timeout)
        {
            var deadline = DateTime.UtcNow + timeout;
            lock (_lock)
            {
                while (!condition())
                {
                    var left = deadline - DateTime.UtcNow;
                    if (left <= TimeSpan.Zero || !Monitor.Wait(_lock, left))
                    {
                        return condition();
                    }
                }

                return true;
            }
        }

        private void Tell(Action change)
        {
            lock (_lock)
            {
                change();
                Monitor.PulseAll(_lock);
            }
        }

        private void Listen()
        {
            var listener = _listener;
            try
            {
                while (true)
                {
                    var client = listener.AcceptTcpClient();
                    Tell(() => _clients.Add(client));
                    new Thread(() => Serve(client)) { IsBackground = true }.Start();
                }
            }
            catch (SocketException)
            {
                // Stopped.
            }
            catch (InvalidOperationException)
            {
                // Stopped.
            }
        }

        private void Serve(TcpClient client)
        {
            try
            {
                using (client)
                {
                    var stream = client.GetStream();
                    Answer(stream, Receive(stream));
                }
            }
            catch (IOException)
            {
                // The client has disconnected.
            }
            catch (InvalidOperationException)
            {
                // Stopped.
            }
        }

        private string Receive(NetworkStream stream)
        {
            var head = new StringBuilder();
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                head.Append((char)ReadByte(stream));
            }

            if (Models != null && head.ToString().StartsWith("GET ", StringComparison.Ordinal))
            {
                return "models";
            }

            var length = 0;
            foreach (var line in head.ToString().Split('\n'))
            {
                if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                {
                    length = int.Parse(line.Substring(line.IndexOf(':') + 1));
                }
            }

            var body = new byte[length];
            for (var filled = 0; filled < length;)
            {
                var read = stream.Read(body, filled, length - filled);
                if (read == 0)
                {
                    throw new IOException();
                }

                filled += read;
                Tell(() => ReceivedBytes += read);
            }

            var turn = "";
            Tell(() =>
            {
                LastHead = head.ToString();
                LastBody = Encoding.UTF8.GetString(body);
                _bodies.Add(LastBody);
                _requests.Add(LastHead + LastBody);
                turn = NextTurn(ModelOf(LastHead));
                Received++;
            });
            return turn;
        }

        private string NextTurn(string model)
        {
            string[] plan;
            int count;
            _received.TryGetValue(model, out count);
            _received[model] = count + 1;
            return _plans.TryGetValue(model, out plan)
                ? plan[Math.Min(count, plan.Length - 1)]
                : _plan[Math.Min(Received, _plan.Length - 1)];
        }

        private static string ModelOf(string head)
        {
            var begin = head.IndexOf("/models/", StringComparison.Ordinal) + "/models/".Length;
            var end = head.IndexOf(':', begin);
            return end < 0 ? "" : head.Substring(begin, end - begin);
        }

        private static int ReadByte(NetworkStream stream)
        {
            var value = stream.ReadByte();
            if (value < 0)
            {
                throw new IOException();
            }

            return value;
        }

        private void Answer(NetworkStream stream, string turn)
        {
            switch (turn)
            {
                case "refuse":
                    Send(stream, "400 Bad Request", "{\"error\":{\"code\":400,\"message\":\"This one is refused.\",\"status\":\"INVALID_ARGUMENT\"}}");
                    break;
                case "raw":
                    Send(stream, Raw);
                    break;
                case "half":
                    Send(stream, Head("200 OK", _answer.Length) + _answer.Substring(0, _answer.Length / 2));
                    Hold(stream);
                    break;
                case "hold":
                    if (Hold(stream))
                    {
                        Send(stream, "200 OK", _answer);
                    }

                    break;
                case "models":
                    Send(stream, "200 OK", "{\"models\":[{\"name\":\"models/" + string.Join("\"},{\"name\":\"models/", Models) + "\"}]}");
                    break;
                case "text":
                    Send(stream, "200 OK", "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Here you are.\"}]},\"finishReason\":\"STOP\"}]}");
                    break;
                case "answer":
                    Send(stream, "200 OK", _answer);
                    break;
                default:
                    WaitForRequests(RequestsBeforeStatus);
                    SendError(stream, turn.Split('|'));
                    break;
            }
        }

        // "401 invalid_token", "Retry-After: 5"
        private static void SendError(NetworkStream stream, string[] turn)
        {
            var words = turn[0].Split(new[] { ' ' }, 2);
            var body = "{\"error\":{\"message\":\"The relay says " + turn[0] + ".\",\"type\":\"new_api_error\",\"param\":\"\",\"code\":\""
                + (words.Length > 1 ? words[1] : "") + "\"}}";
            var head = Head(words[0] + " Scripted", body.Length);
            for (var index = 1; index < turn.Length; index++)
            {
                head = head.Replace("Connection: close", turn[index] + "\r\nConnection: close");
            }

            Send(stream, head + body);
        }

        // True if it was released, false if the client has disconnected.
        private bool Hold(NetworkStream stream)
        {
            Tell(() => MostHeld = Math.Max(MostHeld, ++_held));
            var wentAway = stream.ReadAsync(new byte[1], 0, 1);
            Task.WaitAny(wentAway, _released.Task);
            var released = _released.Task.IsCompleted;
            Tell(() =>
            {
                _held--;
                HungUp += released ? 0 : 1;
            });
            return released;
        }

        private static void Send(NetworkStream stream, string status, string body)
        {
            Send(stream, Head(status, body.Length) + body);
        }

        private static string Head(string status, int length)
        {
            return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " + length + "\r\n\r\n";
        }

        private static void Send(NetworkStream stream, string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            stream.Write(bytes, 0, bytes.Length);
            stream.Flush();
        }
    }
}
