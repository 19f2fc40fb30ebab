using System.Globalization;

namespace Tokaify.PowerShell;

/// <summary>An engine that runs tasks on many machines, and the variables with the number of a task.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Index">The variable with the task's number.</param>
/// <param name="First">The number of the first task.</param>
/// <param name="Count">The variable with the number of tasks; null if there is no reliable one.</param>
internal sealed record TaskEngine(string Name, string Index, int First, string? Count)
{
    private const string SlurmIndex = "SLURM_ARRAY_TASK_ID";
    private const string SlurmFirst = "SLURM_ARRAY_TASK_MIN";
    private const string SlurmLast = "SLURM_ARRAY_TASK_MAX";
    private const string SlurmStep = "SLURM_ARRAY_TASK_STEP";

    /// <summary>The known engines.</summary>
    public static IReadOnlyList<TaskEngine> All { get; } =
    [
        // Slurm's number of tasks is smaller if only a part of an array is submitted again.
        new("Slurm", SlurmIndex, First: 1, Count: null),
        new("Kubernetes", "JOB_COMPLETION_INDEX", First: 0, Count: null),
        new("AWS Batch", "AWS_BATCH_JOB_ARRAY_INDEX", First: 0, "AWS_BATCH_JOB_ARRAY_SIZE"),
        new("Cloud Run", "CLOUD_RUN_TASK_INDEX", First: 0, "CLOUD_RUN_TASK_COUNT"),
        new("GitLab CI", "CI_NODE_INDEX", First: 1, "CI_NODE_TOTAL"),
        new("Azure Pipelines", "SYSTEM_JOBPOSITIONINPHASE", First: 1, "SYSTEM_TOTALJOBSINPHASE"),
        new("GNU parallel", "PARALLEL_SEQ", First: 1, Count: null),
    ];

    /// <summary>Returns the share of this process's task.</summary>
    /// <param name="environment">Returns the value of an environment variable; null if it is not set.</param>
    /// <param name="count">The number of shares from the user; null to use the engine's.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the share cannot be determined.</exception>
    public static Share Find(Func<string, string?> environment, int? count)
    {
        var engines = All.Where(engine => IsSet(environment(engine.Index))).ToList();
        return engines.Count switch
        {
            1 => engines[0].Take(environment, count),
            0 => throw Invalid(
                $"no engine numbers this task: none of the variables {string.Join(", ", All.Select(engine => engine.Index))} is set. "
                + "Give the share by its number, such as 3/8."),
            _ => throw Invalid(
                $"several engines number this task: {string.Join(", ", engines.Select(engine => $"{engine.Name} ({engine.Index})"))}. "
                + "Give the share by its number, such as 3/8."),
        };
    }

    private Share Take(Func<string, string?> environment, int? given)
    {
        var own = Count is null ? null : Read(environment, Count);
        if (own is { } tasks && given is { } shares && tasks != shares)
        {
            throw Invalid($"{Name} runs {tasks} tasks ({Count}), and Auto/{shares} asks for {shares} shares. Use Auto, or run as "
                + "many tasks as shares.");
        }

        var count = given ?? own ?? throw Invalid(
            $"{Name} does not give the total number of tasks{(Index == SlurmIndex ? ", because a resubmitted part of an array looks like a smaller array" : "")}. "
            + "Give the number, such as Auto/8.");
        var index = Read(environment, Index) ?? throw Invalid($"{Index} of {Name} is empty.");
        var number = Index == SlurmIndex ? SlurmNumber(environment, index, count) : index - First + 1;
        return Share.Of(number, count) ?? throw Invalid(
            $"{Name} gives this task the number {index} ({Index}), which is beyond {count} shares. They are numbered from {First}.");
    }

    // The share depends only on the task's number, not on the array's first number, which differs in a resubmitted part. Task 0 takes the
    // last share, so that arrays from 0 and arrays from 1 both work.
    private static int SlurmNumber(Func<string, string?> environment, int index, int count)
    {
        if (Read(environment, SlurmStep) > 1)
        {
            throw Invalid($"the Slurm array skips numbers ({SlurmStep}). Number its tasks consecutively: --array=1-{count}.");
        }

        if (Read(environment, SlurmLast) - Read(environment, SlurmFirst) >= count)
        {
            throw Invalid($"the Slurm array has more tasks than {count} shares ({SlurmFirst}, {SlurmLast}). Submit it with "
                + $"--array=1-{count}.");
        }

        return index == 0 ? count : index;
    }

    private static int? Read(Func<string, string?> environment, string variable)
    {
        var text = environment(variable);
        return !IsSet(text) ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw Invalid($"the variable {variable} is '{text}', which is not a number.");
    }

    private static bool IsSet(string? value) => !string.IsNullOrEmpty(value);

    private static TokaifyException Invalid(string message) => new(TokaifyErrorId.InvalidArgument, $"-Shard Auto: {message}");
}
