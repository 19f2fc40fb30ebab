namespace Tokaify.PowerShell;

/// <summary>The cells that an image takes in a terminal.</summary>
/// <param name="Columns">The number of columns.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="IsExact">Whether the image keeps its aspect ratio in exactly these cells; otherwise the columns are an estimate.</param>
internal readonly record struct ImageCells(int Columns, int Rows, bool IsExact)
{
    // The assumed cell if the terminal does not report its size: cells are usually about twice as high as wide.
    private static readonly PixelSize s_usualCell = new(10, 20);

    /// <summary>The size of a cell in pixels, or the assumed one.</summary>
    public PixelSize Cell { get; private init; } = s_usualCell;

    // The share of the columns to use if the size of a cell is not known, so that the image does not reach the right edge if cells are
    // higher than assumed.
    private const double WidthInUse = 0.85;

    /// <summary>Calculates the cells for the largest image that fits into a window.</summary>
    /// <param name="image">The size of the image in pixels; 0 if it is not known.</param>
    /// <param name="window">The window. One line above and one line below the image stay free.</param>
    /// <param name="columns">The maximum number of columns; null to use those of the window.</param>
    /// <param name="rows">The maximum number of rows; null to use those of the window.</param>
    /// <param name="dots">The number of image pixels that a row shows; null to use the height of a cell.</param>
    /// <returns>The cells. A small image is not enlarged, unless columns or rows are given.</returns>
    public static ImageCells Fit(PixelSize image, TerminalWindow window, int? columns = null, int? rows = null, int? dots = null)
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
            height = Math.Min(height, Math.Ceiling((double)image.Height / (dots ?? cell.Height)));
        }

        // Rounded down: if rounded up, the image could become too wide.
        height = Math.Max(1, Math.Floor(height + 0.001));
        var width = Math.Max(1, Math.Min(mostColumns, Math.Round(height * columnsPerRow)));
        return new((int)width, (int)height, isKnown && window.Cell is not null) { Cell = cell };
    }

    /// <summary>The size of the image when it is scaled into these cells with its aspect ratio.</summary>
    /// <param name="image">The size of the image.</param>
    /// <param name="dots">The number of pixels that a cell shows.</param>
    public PixelSize Scaled(PixelSize image, PixelSize dots)
    {
        var scale = Math.Min((double)Columns * Cell.Width / image.Width, (double)Rows * Cell.Height / image.Height);
        var width = (int)Math.Round(image.Width * scale / Cell.Width * dots.Width);
        var height = (int)Math.Round(image.Height * scale / Cell.Height * dots.Height);
        return new(
            Math.Max(1, Math.Min(width, Columns * dots.Width)),
            Math.Max(1, Math.Min(height, Rows * dots.Height)));
    }
}
