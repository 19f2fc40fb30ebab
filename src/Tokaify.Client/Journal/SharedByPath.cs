namespace Tokaify;

/// <summary>Objects of this process that its commands share, each by a path, as long as any command uses it.</summary>
internal sealed class SharedByPath<T>
    where T : class
{
    private readonly object _lock = new();
    private readonly Dictionary<string, (T Value, int Users)> _open = new(CanonicalPath.Comparer);

    /// <summary>Makes one, or joins those who use it.</summary>
    public T Join(string path, Func<T> make)
    {
        lock (_lock)
        {
            var (value, users) = _open.TryGetValue(path, out var open) ? open : (make(), 0);
            _open[path] = (value, users + 1);
            return value;
        }
    }

    /// <summary>Ends what <see cref="Join"/> began.</summary>
    public void Leave(string path)
    {
        lock (_lock)
        {
            var (value, users) = _open[path];
            if (users > 1)
            {
                _open[path] = (value, users - 1);
            }
            else
            {
                _open.Remove(path);
            }
        }
    }
}
