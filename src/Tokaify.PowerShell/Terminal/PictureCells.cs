namespace Tokaify.PowerShell;

/// <summary>The room that a picture takes in a terminal.</summary>
/// <param name="Columns">Cells.</param>
/// <param name="Rows">Cells.</param>
/// <param name="IsExact">Whether the picture keeps its shape in just these cells; else about.</param>
internal readonly record struct PictureCells(int Columns, int Rows, bool IsExact)
{
    // Where the terminal does not say, cells are about twice as high as wide.
    private static readonly PixelSize s_usualCell = new(10, 20);

    // A picture must not touch the right edge where they are higher than that.
    private const double WidthInUse = 0.85;

    /// <summary>The largest picture that fits.</summary>
    /// <param name="image">Pixels; 0 where they are not known.</param>
    /// <param name="window">What it has to fit in. A line is left above and one below.</param>
    /// <param name="columns">The most columns; null for what the window has.</param>
    /// <param name="rows">The most rows; null for what the window has.</param>
    /// <returns>A small picture is not made larger than it is, unless columns or rows are given.</returns>
    public static PictureCells Fit(PixelSize image, TerminalWindow window, int? columns = null, int? rows = null)
    {
        var cell = window.Cell ?? s_usualCell;
        var isKnown = image is { Width: > 0, Height: > 0 };
        var columnsPerRow = (isKnown ? (double)image.Width / image.Height : 1) * cell.Height / cell.Width;
        var isFree = columns is null && rows is null;
        var mostColumns = columns ?? (isFree && window.Cell is null ? window.Columns * WidthInUse : window.Columns);
        var mostRows = Math.Max(1, Math.Min(rows ?? int.MaxValue, window.Rows - 2));
        var height = Math.Min(mostRows, mostColumns / columnsPerRow);
        if (isFree && isKnown)
        {
            height = Math.Min(height, Math.Ceiling((double)image.Height / cell.Height));
        }

        // The whole row below: rounded up, a picture could be wider than it may.
        height = Math.Max(1, Math.Floor(height + 0.001));
        var width = Math.Max(1, Math.Min(mostColumns, Math.Round(height * columnsPerRow)));
        return new((int)width, (int)height, isKnown && window.Cell is not null);
    }
}
