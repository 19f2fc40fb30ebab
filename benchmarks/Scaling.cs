namespace Tokaify.Benchmarks;

/// <summary>Placeholder until the next commit.</summary>
internal static class Scaling
{
    public static void Run(bool quick) => Console.WriteLine(quick);
}
