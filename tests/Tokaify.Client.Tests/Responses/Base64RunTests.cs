using System.Buffers.Text;
using System.Runtime.Intrinsics.X86;
using System.Text;
using Xunit;

namespace Tokaify.Tests.Responses;

public class Base64RunTests
{
    private const int StepLength = 32;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    [Fact]
    public void Decodes_whole_steps_as_the_framework_does()
    {
        var random = new Random(1);
        for (var length = 0; length < 1_000; length++)
        {
            var characters = RandomRun(random, length);
            var bytes = new byte[length];

            var taken = Base64Run.Decode(characters, bytes);

            Assert.Equal(Avx2.IsSupported ? Steps(length, room: length) * StepLength : 0, taken);
            Assert.Equal(Decoded(characters[..taken]), bytes[..(taken / 4 * 3)]);
        }
    }

    [Fact]
    public void Stops_before_a_step_with_a_character_that_is_no_Base64_wherever_in_it()
    {
        var random = new Random(2);
        for (var value = 0; value <= byte.MaxValue; value++)
        {
            for (var place = 0; place < StepLength; place++)
            {
                var characters = RandomRun(random, StepLength * 3);
                characters[StepLength + place] = (byte)value;
                var isBase64 = Alphabet.Contains((char)value, StringComparison.Ordinal);
                var bytes = new byte[100];

                var taken = Base64Run.Decode(characters, bytes);

                Assert.Equal(!Avx2.IsSupported ? 0 : isBase64 ? StepLength * 3 : StepLength, taken);
                Assert.Equal(Decoded(characters[..taken]), bytes[..(taken / 4 * 3)]);
            }
        }
    }

    [Fact]
    public void Writes_into_nothing_but_the_room_it_is_given()
    {
        var characters = RandomRun(new Random(3), 400);
        for (var room = 0; room < 300; room++)
        {
            var bytes = Enumerable.Repeat((byte)0xEE, room + 64).ToArray();

            var taken = Base64Run.Decode(characters, bytes.AsSpan(0, room));

            Assert.Equal(Avx2.IsSupported ? Steps(characters.Length, room) * StepLength : 0, taken);
            Assert.All(bytes[room..], value => Assert.Equal(0xEE, value));
        }
    }

    // A step writes 32 bytes, of which 24 count.
    private static int Steps(int length, int room) => Math.Min(length / StepLength, Math.Max(0, (room - 8) / 24));

    private static byte[] RandomRun(Random random, int length) =>
        Encoding.ASCII.GetBytes(new string(random.GetItems(Alphabet.AsSpan(), length)));

    private static byte[] Decoded(byte[] characters)
    {
        var bytes = new byte[characters.Length];
        Base64.DecodeFromUtf8(characters, bytes, out _, out var length);
        return bytes[..length];
    }
}
