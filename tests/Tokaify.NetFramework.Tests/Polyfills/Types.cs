// Types that .NET Framework lacks, as far as the tests use them.
#pragma warning disable IDE0130

namespace System.Threading.Tasks
{
    internal sealed class TaskCompletionSource(TaskCreationOptions options = TaskCreationOptions.None)
        : TaskCompletionSource<bool>(options)
    {
        public void SetResult() => SetResult(true);

        public bool TrySetResult() => TrySetResult(true);
    }
}

namespace System.Collections.Generic
{
    internal sealed class ReferenceEqualityComparer : IEqualityComparer<object>
    {
        // By its name, because the class in Language.cs hides it from the compiler.
        private static readonly Func<object, int> s_getHashCode = (Func<object, int>)typeof(object).Assembly
            .GetType("System.Runtime.CompilerServices.RuntimeHelpers", throwOnError: true)
            .GetMethod("GetHashCode", [typeof(object)])
            .CreateDelegate(typeof(Func<object, int>));

        public static ReferenceEqualityComparer Instance { get; } = new();

        bool IEqualityComparer<object>.Equals(object? one, object? other) => ReferenceEquals(one, other);

        int IEqualityComparer<object>.GetHashCode(object item) => s_getHashCode(item);
    }
}

namespace System.Net.Http
{
    internal sealed class SocketsHttpHandler : HttpClientHandler;
}

namespace System.Security.Cryptography.X509Certificates
{
    internal static class X509CertificateLoader
    {
        public static X509Certificate2 LoadPkcs12(byte[] data, string? password) => new(data, password);
    }
}

namespace System.IO.Compression
{
    /// <summary>Deflate between a header of two bytes and an Adler-32, RFC 1950.</summary>
    internal sealed class ZLibStream : Stream
    {
        private readonly Stream _inner;
        private readonly DeflateStream _deflate;
        private uint _sum = 1;

        public ZLibStream(Stream inner, CompressionLevel level)
        {
            _inner = inner;
            _inner.Write([0x78, 0x9C], 0, 2);
            _deflate = new DeflateStream(inner, level, leaveOpen: true);
        }

        public ZLibStream(MemoryStream inner, CompressionMode mode)
        {
            _inner = inner;
            _inner.Position = 2;
            _deflate = new DeflateStream(inner, mode, leaveOpen: true);
        }

        public override bool CanRead => _deflate.CanRead;

        public override bool CanSeek => false;

        public override bool CanWrite => _deflate.CanWrite;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = _deflate.Read(buffer, offset, count);
            Add(buffer, offset, read);
            if (read == 0 && count > 0)
            {
                Compare();
            }

            return read;
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            _deflate.Write(buffer, offset, count);
            Add(buffer, offset, count);
        }

        public override void Flush() => _deflate.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                var isWriter = _deflate.CanWrite;
                _deflate.Dispose();
                if (isWriter)
                {
                    _inner.Write(Sum(), 0, 4);
                }
            }

            base.Dispose(disposing);
        }

        private void Add(byte[] buffer, int offset, int count)
        {
            const uint Modulus = 65521;
            for (var index = offset; index < offset + count; index++)
            {
                var low = ((_sum & 0xFFFF) + buffer[index]) % Modulus;
                _sum = (((_sum >> 16) + low) % Modulus << 16) | low;
            }
        }

        private byte[] Sum() => [(byte)(_sum >> 24), (byte)(_sum >> 16), (byte)(_sum >> 8), (byte)_sum];

        private void Compare()
        {
            if (_inner is MemoryStream memory && !memory.ToArray().AsSpan((int)memory.Length - 4).SequenceEqual(Sum()))
            {
                throw new InvalidDataException("The Adler-32 is another one.");
            }
        }
    }
}
