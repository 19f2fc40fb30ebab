namespace Tokaify.Resilience; internal static class Placeholder;
