using System.Globalization;

namespace Tokaify.PowerShell;

/// <summary>An engine that runs tasks on many machines, and how it tells a task its number.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Index">The variable with the task's number.</param>
/// <param name="First">The number of the first task.</param>
/// <param name="Count">The variable with the number of tasks; null for none that can be relied on.</param>
internal sealed record TaskEngine(string Name, string Index, int First, string? Count)
{
    private const string SlurmIndex = "SLURM_ARRAY_TASK_ID";
    private const string SlurmFirst = "SLURM_ARRAY_TASK_MIN";
    private const string SlurmLast = "SLURM_ARRAY_TASK_MAX";
    private const string SlurmStep = "SLURM_ARRAY_TASK_STEP";

    /// <summary>The engines that are known.</summary>
    public static IReadOnlyList<TaskEngine> All { get; } =
    [
        // Its number of tasks is smaller where only some are submitted again.
        new("Slurm", SlurmIndex, First: 1, Count: null),
        new("Kubernetes", "JOB_COMPLETION_INDEX", First: 0, Count: null),
        new("AWS Batch", "AWS_BATCH_JOB_ARRAY_INDEX", First: 0, "AWS_BATCH_JOB_ARRAY_SIZE"),
        new("Cloud Run", "CLOUD_RUN_TASK_INDEX", First: 0, "CLOUD_RUN_TASK_COUNT"),
        new("GitLab CI", "CI_NODE_INDEX", First: 1, "CI_NODE_TOTAL"),
        new("Azure Pipelines", "SYSTEM_JOBPOSITIONINPHASE", First: 1, "SYSTEM_TOTALJOBSINPHASE"),
        new("GNU parallel", "PARALLEL_SEQ", First: 1, Count: null),
    ];

    /// <summary>The share of the task that this process is.</summary>
    /// <param name="environment">The value of an environment variable; null for none.</param>
    /// <param name="count">The number of shares, as the user gave it; null for the engine's.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: that cannot be told.</exception>
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
            throw Invalid($"{Name} runs {tasks} tasks ({Count}), and Auto/{shares} asks for {shares} shares. Write Auto, or run as many tasks as shares.");
        }

        var count = given ?? own ?? throw Invalid(
            $"{Name} does not say of how many tasks in all{(Index == SlurmIndex ? ", because a part of an array that is submitted again looks like a whole smaller one" : "")}. "
            + "Give the number, such as Auto/8.");
        var index = Read(environment, Index) ?? throw Invalid($"{Index} of {Name} is empty.");
        var number = Index == SlurmIndex ? SlurmNumber(environment, index, count) : index - First + 1;
        return Share.Of(number, count) ?? throw Invalid(
            $"{Name} gives this task the number {index} ({Index}), which is beyond {count} shares. They are numbered from {First}.");
    }

    // By the task's number alone, never by the array's first one: a part that is submitted again has another. So that arrays from 0 and from
    // 1 both serve, task 0 takes the last share.
    private static int SlurmNumber(Func<string, string?> environment, int index, int count)
    {
        if (Read(environment, SlurmStep) > 1)
        {
            throw Invalid($"the array of Slurm leaves numbers out ({SlurmStep}). Number its tasks one by one: --array=1-{count}.");
        }

        if (Read(environment, SlurmLast) - Read(environment, SlurmFirst) >= count)
        {
            throw Invalid($"the array of Slurm has more tasks than {count} shares ({SlurmFirst}, {SlurmLast}). Submit it with --array=1-{count}.");
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
