using System.Collections;
using System.Collections.Specialized;

namespace Tokaify.PowerShell;

/// <summary>Safety settings as a table of categories and thresholds, such as <c>@{ Harassment = 'OnlyHigh' }</c>.</summary>
/// <remarks>PowerShell completes the keys of the table from this type's settable properties. Other categories are accepted, too.</remarks>
#pragma warning disable CA1010 // The types of @{ } and [ordered] in PowerShell are not generic either.
public sealed class SafetyTable : OrderedDictionary
#pragma warning restore CA1010
{
    /// <summary>Creates an empty table.</summary>
    public SafetyTable()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }

    /// <summary>Copies another table. An ordered table keeps its order. A plain hashtable has no order: its entries are sorted by name, so
    /// that the same settings give the same request in every process.</summary>
    public SafetyTable(IDictionary table)
        : this()
    {
        var entries = (table ?? throw new ArgumentNullException(nameof(table))).Cast<DictionaryEntry>();
        foreach (var entry in table is IOrderedDictionary ? entries : entries.OrderBy(entry => entry.Key.ToString(), StringComparer.OrdinalIgnoreCase))
        {
            this[entry.Key] = entry.Value;
        }
    }

    /// <summary>Harassment.</summary>
    public object? Harassment { get => Get(); set => Set(value); }

    /// <summary>Hate speech and hateful content.</summary>
    public object? HateSpeech { get => Get(); set => Set(value); }

    /// <summary>Sexually explicit content.</summary>
    public object? SexuallyExplicit { get => Get(); set => Set(value); }

    /// <summary>Dangerous content.</summary>
    public object? DangerousContent { get => Get(); set => Set(value); }

    /// <summary>Harm to civic integrity; deprecated.</summary>
    public object? CivicIntegrity { get => Get(); set => Set(value); }

    /// <summary>Hateful images; Vertex AI only.</summary>
    public object? ImageHate { get => Get(); set => Set(value); }

    /// <summary>Images of dangerous content; Vertex AI only.</summary>
    public object? ImageDangerousContent { get => Get(); set => Set(value); }

    /// <summary>Images that harass; Vertex AI only.</summary>
    public object? ImageHarassment { get => Get(); set => Set(value); }

    /// <summary>Sexually explicit images; Vertex AI only.</summary>
    public object? ImageSexuallyExplicit { get => Get(); set => Set(value); }

    /// <summary>Prompts that try to bypass the filters; Vertex AI only.</summary>
    public object? Jailbreak { get => Get(); set => Set(value); }

    private object? Get([System.Runtime.CompilerServices.CallerMemberName] string category = "") => this[category];

    private void Set(object? threshold, [System.Runtime.CompilerServices.CallerMemberName] string category = "") => this[category] = threshold;
}
