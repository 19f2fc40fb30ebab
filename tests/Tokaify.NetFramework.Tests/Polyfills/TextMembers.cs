using System.Globalization;
using System.Text;

namespace Tokaify.Tests;

/// <summary>Members of texts and collections that .NET Framework lacks, as far as the tests use them.</summary>
internal static class TextMembers
{
    extension(string text)
    {
        public static string Join<T>(char separator, IEnumerable<T> values) => string.Join(separator.ToString(), values);

        public static string Join(char separator, params string[] values) => string.Join(separator.ToString(), values);

        public static string Create(IFormatProvider provider, FormattableString value) => value.ToString(provider);

        public bool StartsWith(char value) => text.Length > 0 && text[0] == value;

        public bool EndsWith(char value) => text.Length > 0 && text[^1] == value;

        public bool Contains(char value) => text.IndexOf(value) >= 0;

        public bool Contains(string value, StringComparison comparison) => text.IndexOf(value, comparison) >= 0;

        public bool Contains(char value, StringComparison comparison) => text.IndexOf(value.ToString(), comparison) >= 0;

        public int IndexOf(char value, StringComparison comparison) => text.IndexOf(value.ToString(), comparison);

        public string Replace(string from, string to, StringComparison comparison) => comparison == StringComparison.Ordinal
            ? text.Replace(from, to)
            : throw new NotSupportedException($"{comparison}");

        public string ReplaceLineEndings(string ending = "\n") => text.Replace("\r\n", "\n").Replace('\r', '\n').Replace("\n", ending);

        public string[] Split(string separator, StringSplitOptions options = StringSplitOptions.None) => text.Split([separator], options);

        public string[] Split(char separator, StringSplitOptions options) => text.Split([separator], options);

        public string[] Split(char separator, int count) => text.Split([separator], count);
    }

    extension<T>(IEnumerable<T> items)
    {
        public IEnumerable<T> Order() => items.OrderBy(item => item);

        public IEnumerable<T> Order(IComparer<T>? comparer) => items.OrderBy(item => item, comparer);

        public T? MinBy<TKey>(Func<T, TKey> key) => items.OrderBy(key).FirstOrDefault();

        public IEnumerable<T[]> Chunk(int size) =>
            items.Select((item, index) => (item, index)).GroupBy(pair => pair.index / size, pair => pair.item, (_, chunk) => chunk.ToArray());
    }

    extension<TKey, TValue>(Dictionary<TKey, TValue> dictionary)
    {
        public TValue? GetValueOrDefault(TKey key) => dictionary.TryGetValue(key, out var value) ? value : default;
    }

    extension<TKey, TValue>(KeyValuePair<TKey, TValue> pair)
    {
        public void Deconstruct(out TKey key, out TValue value) => (key, value) = (pair.Key, pair.Value);
    }

    extension<T>(Queue<T> queue)
    {
        public bool TryDequeue(out T? item)
        {
            var hasItem = queue.Count > 0;
            item = hasItem ? queue.Dequeue() : default;
            return hasItem;
        }
    }

    extension(Enum)
    {
        public static T Parse<T>(string name)
            where T : struct, Enum => (T)Enum.Parse(typeof(T), name);

        public static T[] GetValues<T>()
            where T : struct, Enum => (T[])Enum.GetValues(typeof(T));
    }

    extension(Random random)
    {
        public void Shuffle<T>(T[] items)
        {
            for (var index = items.Length - 1; index > 0; index--)
            {
                var other = random.Next(index + 1);
                (items[index], items[other]) = (items[other], items[index]);
            }
        }
    }

    extension(Encoding encoding)
    {
        public static Encoding Latin1 => Encoding.GetEncoding(28591);

        public string GetString(ReadOnlySpan<byte> bytes) => encoding.GetString(bytes.ToArray());
    }

    extension(Convert)
    {
        public static string ToHexString(byte[] bytes) => BitConverter.ToString(bytes).Replace("-", "");

        public static string ToHexStringLower(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();

        public static byte[] FromHexString(string text) => [.. text.Chunk(2).Select(digits =>
            byte.Parse(new string(digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];
    }
}
