namespace Tokaify;

/// <summary>Objects that the commands of this process share. Each belongs to a path, and exists as long as any command uses it.</summary>
internal sealed class SharedByPath<T>
    where T : class
{
    private readonly object _lock = new();
    private readonly Dictionary<string, (T Value, int Users)> _open = new(CanonicalPath.Comparer);

    /// <summary>Creates an object, or adds a user to the existing one.</summary>
    public T Join(string path, Func<T> make)
    {
        lock (_lock)
        {
            var (value, users) = _open.TryGetValue(path, out var open) ? open : (make(), 0);
            _open[path] = (value, users + 1);
            return value;
        }
    }

    /// <summary>Ends a <see cref="Join"/>.</summary>
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
