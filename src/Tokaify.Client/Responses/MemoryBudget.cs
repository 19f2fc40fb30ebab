namespace Tokaify;

/// <summary>The memory that responses may use while they are read. Images are in files and do not count.</summary>
/// <remarks>A response that would exceed the budget fails instead of waiting, because two responses that wait for each other would wait
/// forever.</remarks>
internal sealed class MemoryBudget : IDisposable
{
    /// <summary>The memory of one response, in bytes.</summary>
    public const long ResponseLimit = 64 * 1024 * 1024;

    /// <summary>The memory of all responses of a command that are read at the same time, in bytes.</summary>
    public const long CommandLimit = 256 * 1024 * 1024;

    private readonly long _limit;
    private readonly MemoryBudget? _command;
    private long _used;

    private MemoryBudget(long limit, MemoryBudget? command)
    {
        _limit = limit;
        _command = command;
    }

    /// <summary>A command's budget, which its responses share.</summary>
    public static MemoryBudget ForCommand() => new(CommandLimit, command: null);

    /// <summary>A response's budget.</summary>
    /// <param name="command">The budget that it shares with other responses; null if there is none.</param>
    public static MemoryBudget ForResponse(MemoryBudget? command) => new(ResponseLimit, command);

    /// <summary>The bytes in use.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Reserves memory.</summary>
    /// <exception cref="BadResponseException">The rest is too small. If other responses use up the command's budget, another attempt may
    /// succeed.</exception>
    public void Take(long bytes)
    {
        if (!TryTake(bytes))
        {
            throw new BadResponseException($"it needs more than {_limit >> 20} MB of memory beside its images");
        }

        if (_command?.TryTake(bytes) == false)
        {
            Interlocked.Add(ref _used, -bytes);
            throw new BadResponseException(
                $"it and the other responses of the command need more than {_command._limit >> 20} MB of memory beside their images")
            {
                IsDamage = true,
            };
        }
    }

    /// <summary>Releases memory.</summary>
    public void Give(long bytes)
    {
        Interlocked.Add(ref _used, -bytes);
        _command?.Give(bytes);
    }

    /// <summary>Releases all memory.</summary>
    public void Dispose() => Give(Used);

    private bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= _limit)
        {
            return true;
        }

        Interlocked.Add(ref _used, -bytes);
        return false;
    }
}
