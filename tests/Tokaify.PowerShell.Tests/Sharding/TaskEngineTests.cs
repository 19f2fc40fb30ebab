using Tokaify.PowerShell;
using Xunit;

namespace Tokaify.Tests;

public sealed class TaskEngineTests
{
    // The variables of the engines; Slurm's as in version 22.05.
    public static TheoryData<string, string, string> Shares => new()
    {
        { "AWS_BATCH_JOB_ARRAY_INDEX=0 AWS_BATCH_JOB_ARRAY_SIZE=4", "Auto", "1/4" },
        { "AWS_BATCH_JOB_ARRAY_INDEX=3 AWS_BATCH_JOB_ARRAY_SIZE=4", "auto", "4/4" },
        { "CLOUD_RUN_TASK_INDEX=1 CLOUD_RUN_TASK_COUNT=10", "Auto", "2/10" },
        { "CI_NODE_INDEX=2 CI_NODE_TOTAL=5", "Auto", "2/5" },
        { "SYSTEM_JOBPOSITIONINPHASE=5 SYSTEM_TOTALJOBSINPHASE=5", "Auto", "5/5" },
        { "CI_NODE_INDEX=2 CI_NODE_TOTAL=5", "Auto/5", "2/5" },
        { "JOB_COMPLETION_INDEX=0", "Auto/12", "1/12" },
        { "JOB_COMPLETION_INDEX=11", "Auto/12", "12/12" },
        { "PARALLEL_SEQ=1", "Auto/3", "1/3" },
        { "PARALLEL_SEQ=3", "Auto/3", "3/3" },
        { "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=12 SLURM_ARRAY_TASK_COUNT=12 SLURM_ARRAY_TASK_STEP=1", "Auto/12", "1/12" },
        { "SLURM_ARRAY_TASK_ID=12 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=12 SLURM_ARRAY_TASK_COUNT=12 SLURM_ARRAY_TASK_STEP=1", "Auto/12", "12/12" },
        // From 0, the last share is that of task 0.
        { "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=11 SLURM_ARRAY_TASK_COUNT=12 SLURM_ARRAY_TASK_STEP=1", "Auto/12", "12/12" },
        { "SLURM_ARRAY_TASK_ID=11 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=11 SLURM_ARRAY_TASK_COUNT=12 SLURM_ARRAY_TASK_STEP=1", "Auto/12", "11/12" },
        // Submitted again, --array=3,7: the same shares as at first.
        { "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_STEP=1", "Auto/12", "3/12" },
        { "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=3 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_STEP=1", "Auto/12", "7/12" },
        // GitLab sets this one in every job.
        { "JOB_COMPLETION_INDEX=0 CI_NODE_TOTAL=1", "Auto/2", "1/2" },
    };

    public static TheoryData<string, string, string> Flaws => new()
    {
        { "", "Auto", "no engine numbers this task" },
        { "", "Auto/12", "no engine numbers this task" },
        { "CI_NODE_TOTAL=5", "Auto", "no engine numbers this task" },
        { "JOB_COMPLETION_INDEX=", "Auto/12", "no engine numbers this task" },
        { "JOB_COMPLETION_INDEX=0 PARALLEL_SEQ=1", "Auto/12", "several engines number this task: Kubernetes (JOB_COMPLETION_INDEX), GNU parallel (PARALLEL_SEQ)" },
        { "JOB_COMPLETION_INDEX=0", "Auto", "Kubernetes does not give the total number of tasks" },
        { "PARALLEL_SEQ=1", "Auto", "GNU parallel does not give the total number of tasks" },
        { "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=12", "Auto", "Slurm does not give the total number of tasks, because a resubmitted part of an array" },
        { "JOB_COMPLETION_INDEX=12", "Auto/12", "beyond 12 shares" },
        { "PARALLEL_SEQ=0", "Auto/12", "beyond 12 shares" },
        { "PARALLEL_SEQ=13", "Auto/12", "beyond 12 shares" },
        { "AWS_BATCH_JOB_ARRAY_INDEX=4 AWS_BATCH_JOB_ARRAY_SIZE=4", "Auto", "beyond 4 shares" },
        { "AWS_BATCH_JOB_ARRAY_INDEX=0", "Auto", "AWS Batch does not give the total number of tasks" },
        { "AWS_BATCH_JOB_ARRAY_INDEX=0 AWS_BATCH_JOB_ARRAY_SIZE=4", "Auto/5", "runs 4 tasks" },
        { "CI_NODE_INDEX=0 CI_NODE_TOTAL=5", "Auto", "beyond 5 shares" },
        { "CI_NODE_INDEX=one CI_NODE_TOTAL=5", "Auto", "'one', which is not a number" },
        { "CI_NODE_INDEX=-1 CI_NODE_TOTAL=5", "Auto", "'-1', which is not a number" },
        { "CI_NODE_INDEX=1 CI_NODE_TOTAL=0", "Auto", "beyond 0 shares" },
        { "SLURM_ARRAY_TASK_ID=13 SLURM_ARRAY_TASK_MIN=13 SLURM_ARRAY_TASK_MAX=13 SLURM_ARRAY_TASK_STEP=1", "Auto/12", "beyond 12 shares" },
        { "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=12 SLURM_ARRAY_TASK_STEP=1", "Auto/12", "more tasks than 12 shares" },
        { "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=20 SLURM_ARRAY_TASK_STEP=10", "Auto/21", "skips numbers" },
    };

    [Theory]
    [MemberData(nameof(Shares))]
    public void ATaskTakesTheShareOfItsNumber(string variables, string text, string share) =>
        Assert.Equal(share, Share.Parse(text, Environment(variables)).ToString());

    [Theory]
    [MemberData(nameof(Flaws))]
    public void ATaskWhoseShareIsNotCertainIsRefused(string variables, string text, string flaw)
    {
        var exception = Assert.Throws<TokaifyException>(() => Share.Parse(text, Environment(variables)));

        Assert.Equal(TokaifyErrorId.InvalidArgument, exception.ErrorId);
        Assert.Contains(flaw, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void AnArrayOfSlurmTakesEachShareOnceForAnyFirstNumber(int first)
    {
        var shares = Enumerable.Range(first, 12).Select(task => Share.Parse(
            "Auto/12",
            Environment($"SLURM_ARRAY_TASK_ID={task} SLURM_ARRAY_TASK_MIN={first} SLURM_ARRAY_TASK_MAX={first + 11} SLURM_ARRAY_TASK_STEP=1")).Number);

        Assert.Equal(Enumerable.Range(1, 12), shares.OrderBy(number => number));
    }

    private static Func<string, string?> Environment(string variables)
    {
        var values = variables.Split([' '], StringSplitOptions.RemoveEmptyEntries)
            .Select(variable => variable.Split('=')).ToDictionary(parts => parts[0], parts => parts[1]);
        return name => values.TryGetValue(name, out var value) ? value : null;
    }
}
