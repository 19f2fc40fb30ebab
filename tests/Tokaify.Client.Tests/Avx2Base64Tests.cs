using System.Buffers.Text;
using System.Runtime.Intrinsics.X86;
using System.Text;
using Xunit;

namespace Tokaify.Tests;

/// <summary>Compared with the framework's Base64. Without AVX2, it must not process anything.</summary>
public class Avx2Base64Tests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private const byte Untouched = 0xEE;

    [Fact]
    public void Encodes_whole_steps_as_the_framework_does()
    {
        var random = new Random(1);
        for (var length = 0; length < 1_000; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            var characters = new byte[length * 2];

            var taken = Avx2Base64.Encode(bytes, characters);

            Assert.Equal(Avx2.IsSupported && length >= 28 ? (length - 4) / 24 * 24 : 0, taken);
            Assert.Equal(Convert.ToBase64String(bytes, 0, taken), Encoding.ASCII.GetString(characters, 0, taken / 3 * 4));
        }
    }

    [Fact]
    public void Encodes_every_group_of_six_bits_in_every_place()
    {
        for (var value = 0; value < 64; value++)
        {
            var bytes = Convert.FromBase64String(new string(Alphabet[value], 48));
            var characters = new byte[32];

            var taken = Avx2Base64.Encode(bytes, characters);

            Assert.Equal(Avx2.IsSupported ? 24 : 0, taken);
            Assert.All(characters, character => Assert.Equal(Avx2.IsSupported ? Alphabet[value] : '\0', (char)character));
        }
    }

    [Fact]
    public void Decodes_whole_steps_as_the_framework_does()
    {
        var random = new Random(2);
        for (var length = 0; length < 1_000; length++)
        {
            var characters = RandomRun(random, length);
            var bytes = new byte[length];

            var taken = Avx2Base64.Decode(characters, bytes);

            Assert.Equal(DecodedLength(length, room: length), taken);
            Assert.Equal(Decoded(characters[..taken]), bytes[..(taken / 4 * 3)]);
        }
    }

    [Fact]
    public void Stops_before_a_step_that_contains_a_character_outside_Base64()
    {
        const int StepLength = 32;
        var random = new Random(3);
        for (var value = 0; value <= byte.MaxValue; value++)
        {
            for (var place = 0; place < StepLength; place++)
            {
                var characters = RandomRun(random, StepLength * 3);
                characters[StepLength + place] = (byte)value;
                var isBase64 = Alphabet.Contains((char)value, StringComparison.Ordinal);
                var bytes = new byte[100];

                var taken = Avx2Base64.Decode(characters, bytes);

                Assert.Equal(!Avx2.IsSupported ? 0 : isBase64 ? StepLength * 3 : StepLength, taken);
                Assert.Equal(Decoded(characters[..taken]), bytes[..(taken / 4 * 3)]);
            }
        }
    }

    [Fact]
    public void Writes_only_into_the_given_buffer()
    {
        var random = new Random(4);
        var characters = RandomRun(random, 400);
        for (var room = 0; room < 300; room++)
        {
            var target = Enumerable.Repeat(Untouched, room + 64).ToArray();

            var decoded = Avx2Base64.Decode(characters, target.AsSpan(0, room));
            var encoded = Avx2Base64.Encode(characters, target.AsSpan(0, room));

            Assert.Equal(DecodedLength(characters.Length, room), decoded);
            Assert.Equal(Avx2.IsSupported ? Math.Min(characters.Length - 4, room / 32 * 24) / 24 * 24 : 0, encoded);
            Assert.All(target[room..], value => Assert.Equal(Untouched, value));
        }
    }

    // 24 bytes of 32 characters; 32 bytes are written.
    private static int DecodedLength(int length, int room) =>
        Avx2.IsSupported ? Math.Min(length / 32, Math.Max(0, (room - 8) / 24)) * 32 : 0;

    private static byte[] RandomRun(Random random, int length) =>
        Encoding.ASCII.GetBytes(new string(random.GetItems(Alphabet.AsSpan(), length)));

    private static byte[] Decoded(byte[] characters)
    {
        var bytes = new byte[characters.Length];
        Base64.DecodeFromUtf8(characters, bytes, out _, out var length);
        return bytes[..length];
    }
}
