using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Writes warnings about columns of a table that look like a parameter, but are not read.</summary>
/// <param name="command">The command.</param>
internal sealed class TableColumns(PSCmdlet command)
{
    private const int ShortestPart = 4;
    private const string PathColumn = "Path";

    private static readonly string[] s_pathSynonyms = ["file", "filename", "filepath", "image", "picture", "photo", "source", "src"];

    // Properties that Select-Object copies from a file.
    private static readonly HashSet<string> s_fileProperties = new(
        typeof(FileInfo).GetProperties().Select(property => property.Name).Concat(["BaseName", "Mode", "ModeWithoutHardLink", "VersionInfo", "LinkType", "Target"]),
        StringComparer.OrdinalIgnoreCase);

    // Columns that PowerShell adds to files on Unix. A table may also have them by mistake.
    private static readonly string[] s_unixProperties = ["UnixMode", "User", "Group", "Size"];

    private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, ParameterMetadata> _shared = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _read = [];

    /// <summary>Checks the columns of a row that earlier rows did not have.</summary>
    public void Look(PSObject? row)
    {
        if (row?.BaseObject is not PSCustomObject || EarlierResultAttribute.IsResult(row))
        {
            return;
        }

        foreach (var column in row.Properties)
        {
            if (_seen.Add(column.Name) && Explain(column.Name, row) is { } explanation)
            {
                command.WriteWarning($"The column '{column.Name}' of the table is not read. {explanation}");
            }
        }
    }

    private string? Explain(string column, PSObject row)
    {
        ReadParameters();
        if (_read.Contains(column, StringComparer.OrdinalIgnoreCase) || IsOfFile(column, row)
            || column.StartsWith("PS", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (_shared.TryGetValue(column, out var parameter))
        {
            return command.MyInvocation.BoundParameters.ContainsKey(parameter.Name)
                ? null
                : $"-{parameter.Name} applies to all rows: give it on the command line.";
        }

        var name = Normalize(column);
        var similar = HasPath(row) || !_read.Contains(PathColumn) || !s_pathSynonyms.Contains(name)
            ? _read.FirstOrDefault(known => row.Properties[known] is null && IsNear(name, Normalize(known)))
            : PathColumn;
        return similar is null ? null : $"Is '{similar}' the column that you mean?";
    }

    private static bool IsOfFile(string column, PSObject row) => s_fileProperties.Contains(column)
        || (row.Properties["PSPath"] is not null && s_unixProperties.Contains(column, StringComparer.OrdinalIgnoreCase));

    private static bool HasPath(PSObject row) => row.Properties[PathColumn] is not null
        || row.Properties["LiteralPath"] is not null || row.Properties["FullName"] is not null || row.Properties["PSPath"] is not null;

    private void ReadParameters()
    {
        if (_read.Count > 0)
        {
            return;
        }

        foreach (var parameter in ((CmdletInfo)command.MyInvocation.MyCommand).Parameters.Values)
        {
            if (Cmdlet.CommonParameters.Contains(parameter.Name) || Cmdlet.OptionalCommonParameters.Contains(parameter.Name))
            {
                continue;
            }

            if (parameter.ParameterSets.Values.Any(set => set.ValueFromPipelineByPropertyName))
            {
                _read.Add(parameter.Name);
                _read.AddRange(parameter.Aliases);
            }
            else
            {
                _shared[parameter.Name] = parameter;
            }
        }
    }

    // Users may write Aspect Ratio, aspect_ratio or aspect-ratio.
    private static string Normalize(string name) => new([.. name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);

    private static bool IsNear(string name, string known) =>
        name == known
        || (name.Length >= ShortestPart && (known.StartsWith(name, StringComparison.Ordinal) || known.EndsWith(name, StringComparison.Ordinal)))
        || (known.Length > ShortestPart && name.StartsWith(known, StringComparison.Ordinal))
        || Distance(name, known) <= (known.Length > 5 ? 2 : 1);

    // The edit distance: the number of letters to insert, remove, replace, or exchange with the next one.
    private static int Distance(string one, string other)
    {
        var distances = new int[one.Length + 1, other.Length + 1];
        for (var row = 0; row <= one.Length; row++)
        {
            for (var column = 0; column <= other.Length; column++)
            {
                distances[row, column] = row == 0 ? column : column == 0 ? row : Math.Min(
                    Math.Min(distances[row - 1, column], distances[row, column - 1]) + 1,
                    distances[row - 1, column - 1] + (one[row - 1] == other[column - 1] ? 0 : 1));
                if (row > 1 && column > 1 && one[row - 1] == other[column - 2] && one[row - 2] == other[column - 1])
                {
                    distances[row, column] = Math.Min(distances[row, column], distances[row - 2, column - 2] + 1);
                }
            }
        }

        return distances[one.Length, other.Length];
    }
}
