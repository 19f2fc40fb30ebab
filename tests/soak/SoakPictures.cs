using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Tokaify.Soak
{
    /// <summary>Creates sources and checks results. Compiled by the script, in Windows PowerShell by an old compiler. Checksums and digests
    /// are neither the client's nor the emulator's, because both are checked against these.</summary>
    public static class Pictures
    {
        private static readonly byte[] Signature = { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A };
        private static readonly uint[] Table = MakeTable();

        /// <summary>Writes PNGs of one pixel, no two of them the same: 00001.png and on.</summary>
        public static void Make(string folder, int count)
        {
            for (var number = 1; number <= count; number++)
            {
                var file = new MemoryStream();
                file.Write(Signature, 0, Signature.Length);
                WriteChunk(file, "IHDR", new byte[] { 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0 });
                WriteChunk(file, "tEXt", Encoding.ASCII.GetBytes("Number\0" + number));
                WriteChunk(file, "IDAT", Zlib(new byte[] { 0, (byte)(number >> 16), (byte)(number >> 8), (byte)number }));
                WriteChunk(file, "IEND", new byte[0]);
                File.WriteAllBytes(Path.Combine(folder, number.ToString("00000") + ".png"), file.ToArray());
            }
        }

        /// <summary>A file's SHA-256 in lower-case hexadecimal.</summary>
        public static string Sha256(string path)
        {
            using (var algorithm = SHA256.Create())
            {
                return BitConverter.ToString(algorithm.ComputeHash(File.ReadAllBytes(path))).Replace("-", "").ToLowerInvariant();
            }
        }

        /// <summary>The digest of the source of an image from the emulator.</summary>
        /// <returns>Null if the file is not a complete PNG: with correct checksums, all rows, and no data after the end.</returns>
        public static string SourceOf(string path)
        {
            try
            {
                return SourceOf(File.ReadAllBytes(path));
            }
            catch (Exception error)
            {
                if (error is InvalidDataException || error is IndexOutOfRangeException || error is ArgumentException)
                {
                    return null;
                }

                throw;
            }
        }

        private static string SourceOf(byte[] file)
        {
            string source = null, type = "";
            long rowsLength = -1;
            var data = new MemoryStream();
            var position = Signature.Length;
            for (; type != "IEND"; position += 4)
            {
                var length = (int)BigEndian(file, position);
                type = Encoding.ASCII.GetString(file, position + 4, 4);
                if (BigEndian(file, position + 8 + length) != Crc(file, position + 4, length + 4))
                {
                    throw new InvalidDataException();
                }

                position += 8;
                if (type == "IHDR")
                {
                    // The emulator's images have a byte a pixel, and one more a row.
                    rowsLength = BigEndian(file, position + 4) * (BigEndian(file, position) + 1L);
                }
                else if (type == "IDAT")
                {
                    data.Write(file, position, length);
                }
                else if (type == "tEXt")
                {
                    var text = Encoding.ASCII.GetString(file, position, length).Split('\0');
                    source = text[0] == "Source-SHA256" ? text[1] : source;
                }

                position += length;
            }

            return position == file.Length && Inflate(data.ToArray()) == rowsLength ? source : null;
        }

        private static long Inflate(byte[] zlib)
        {
            long total = 0;
            var buffer = new byte[65536];
            using (var deflate = new DeflateStream(new MemoryStream(zlib, 2, zlib.Length - 2), CompressionMode.Decompress))
            {
                for (int read; (read = deflate.Read(buffer, 0, buffer.Length)) > 0; total += read)
                {
                }
            }

            return total;
        }

        // One stored block (RFC 1950, RFC 1951).
        private static byte[] Zlib(byte[] raw)
        {
            uint a = 1, b = 0;
            foreach (var value in raw)
            {
                a = (a + value) % 65521;
                b = (b + a) % 65521;
            }

            var zlib = new List<byte> { 0x78, 0x01, 0x01, (byte)raw.Length, 0, (byte)~raw.Length, 0xFF };
            zlib.AddRange(raw);
            zlib.AddRange(Bytes((b << 16) | a));
            return zlib.ToArray();
        }

        private static void WriteChunk(Stream file, string type, byte[] data)
        {
            var typed = new byte[data.Length + 4];
            Encoding.ASCII.GetBytes(type).CopyTo(typed, 0);
            data.CopyTo(typed, 4);
            file.Write(Bytes((uint)data.Length), 0, 4);
            file.Write(typed, 0, typed.Length);
            file.Write(Bytes(Crc(typed, 0, typed.Length)), 0, 4);
        }

        private static byte[] Bytes(uint value)
        {
            return new[] { (byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value };
        }

        private static uint BigEndian(byte[] bytes, int position)
        {
            return ((uint)bytes[position] << 24) | ((uint)bytes[position + 1] << 16) | ((uint)bytes[position + 2] << 8) | bytes[position + 3];
        }

        private static uint Crc(byte[] bytes, int position, int length)
        {
            var crc = uint.MaxValue;
            for (var end = position + length; position < end; position++)
            {
                crc = Table[(crc ^ bytes[position]) & 0xFF] ^ (crc >> 8);
            }

            return ~crc;
        }

        private static uint[] MakeTable()
        {
            var table = new uint[256];
            for (var index = 0u; index < table.Length; index++)
            {
                var entry = index;
                for (var bit = 0; bit < 8; bit++)
                {
                    entry = (entry & 1) != 0 ? 0xEDB88320 ^ (entry >> 1) : entry >> 1;
                }

                table[index] = entry;
            }

            return table;
        }
    }
}
