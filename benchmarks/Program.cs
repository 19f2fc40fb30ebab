// Measures the figures of README.md and docs/performance.md.
//
//   dotnet run -c Release --project benchmarks                everything
//   dotnet run -c Release --project benchmarks -- -Quick      the same with fewer runs, in under two minutes
//   dotnet run -c Release --project benchmarks -- compare     the module and its peers, whole processes
//   dotnet run -c Release --project benchmarks -- compare -Baseline <folder>   also an earlier build of the module, staged there
//   dotnet run -c Release --project benchmarks -- scaling     cost against the number of files, their size, requests in flight
//   dotnet run -c Release --project benchmarks -- growth      what a command keeps until it ends
//   dotnet run -c Release --project benchmarks -- micro       the reader, the writer, the headers
//   dotnet run -c Release --project benchmarks -- experiments what was tried: docs/performance.md

using System.Globalization;
using Tokaify.Benchmarks;

var quick = args.Any(argument => argument.TrimStart('-').Equals("quick", StringComparison.OrdinalIgnoreCase));
var baselineAt = Array.FindIndex(args, argument => argument.TrimStart('-').Equals("baseline", StringComparison.OrdinalIgnoreCase)) + 1;
var baseline = baselineAt == 0 ? null
    : baselineAt < args.Length ? Path.GetFullPath(args[baselineAt])
    : throw new ArgumentException("-Baseline needs the folder of a staged module.");
var words = args.Where((argument, index) => !argument.StartsWith('-') && (baselineAt == 0 || index != baselineAt)).ToList();
switch (words.FirstOrDefault())
{
    case "server":
        await ResponseServer.RunAsync(
            responseLength: int.Parse(words[1], CultureInfo.InvariantCulture),
            delay: TimeSpan.FromMilliseconds(int.Parse(words[2], CultureInfo.InvariantCulture)));
        break;
    case "measure":
        Measurement.RunHere(words[1], args[2..]);
        break;
    case "micro":
        MicroBenchmarks.Run(quick);
        break;
    case "experiments":
        await Experiments.RunAsync();
        break;
    case "experiments-server":
        await ExperimentServer.RunAsync();
        break;
    case "compare":
        Comparison.Run(quick, baseline);
        break;
    case "scaling":
        Scaling.Run(quick);
        break;
    case "growth":
        Growth.Run(quick);
        break;
    case null:
        MicroBenchmarks.Run(quick);
        Comparison.Run(quick, baseline);
        Scaling.Run(quick);
        Growth.Run(quick);
        break;
    default:
        Console.Error.WriteLine($"There is no benchmark '{words[0]}'.");
        return 2;
}

return 0;
