namespace Tokaify.PowerShell;

/// <summary>The room that an image takes in a terminal.</summary>
/// <param name="Columns">Cells.</param>
/// <param name="Rows">Cells.</param>
/// <param name="IsExact">Whether the image keeps its shape in just these cells; else about.</param>
internal readonly record struct ImageCells(int Columns, int Rows, bool IsExact)
{
    // Where the terminal does not say, cells are about twice as high as wide.
    private static readonly PixelSize s_usualCell = new(10, 20);

    /// <summary>A cell's pixels, as far as they are known.</summary>
    public PixelSize Cell { get; private init; } = s_usualCell;

    // An image must not touch the right edge where they are higher than that.
    private const double WidthInUse = 0.85;

    /// <summary>The largest image that fits.</summary>
    /// <param name="image">Pixels; 0 where they are not known.</param>
    /// <param name="window">The window that it has to fit into. A line is left above and one below.</param>
    /// <param name="columns">The most columns; null for what the window has.</param>
    /// <param name="rows">The most rows; null for what the window has.</param>
    /// <param name="dots">The pixels of an image that a row shows; null for those that a cell has.</param>
    /// <returns>A small image is not made larger than it is, unless columns or rows are given.</returns>
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

        // The whole row below: rounded up, an image could be wider than it may.
        height = Math.Max(1, Math.Floor(height + 0.001));
        var width = Math.Max(1, Math.Min(mostColumns, Math.Round(height * columnsPerRow)));
        return new((int)width, (int)height, isKnown && window.Cell is not null) { Cell = cell };
    }

    /// <summary>The size of an image that fills these cells as far as its shape lets it.</summary>
    /// <param name="image">The image's own.</param>
    /// <param name="dots">The pixels that a cell shows.</param>
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
