using System.Globalization;
using System.Text;

namespace Tokaify.Benchmarks;

/// <summary>The scaling curves as an SVG image: three panels, cost and memory in each.</summary>
internal static class ScalingImage
{
    private const int PanelWidth = 330;
    private const int PanelHeight = 220;
    private const int Margin = 60;

    public static string Draw(IReadOnlyList<Point> files, IReadOnlyList<Point> sizes, IReadOnlyList<Point> flights)
    {
        var image = new StringBuilder();
        var width = (3 * PanelWidth) + (4 * Margin);
        image.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 350" font-family="sans-serif" font-size="12">""");
        image.AppendLine("""<rect width="100%" height="100%" fill="#fff"/>""");
        Panel(image, 0, "Number of files", "CPU ms each", files);
        Panel(image, 1, "Size of a file, MB", "CPU ms a MB", sizes);
        Panel(image, 2, "Requests in flight", "wall time, to the ideal's", flights);
        return image.AppendLine("</svg>").ToString();
    }

    private static void Panel(StringBuilder image, int number, string title, string cost, IReadOnlyList<Point> points)
    {
        var left = Margin + (number * (PanelWidth + Margin));
        image.AppendLine(CultureInfo.InvariantCulture, $"""<g transform="translate({left},50)"><text x="{PanelWidth / 2}" y="-22" text-anchor="middle" font-weight="bold">{title}</text>""");
        image.AppendLine(CultureInfo.InvariantCulture, $"""<path d="M0 0V{PanelHeight}H{PanelWidth}" fill="none" stroke="#888"/>""");
        Curve(image, points, point => point.Cost, "#0b6e99", cost, labelY: PanelHeight + 44, valueOffset: -8, "0.##");
        Curve(image, points, point => point.Memory, "#c2571a", "peak MB above an empty pwsh", labelY: PanelHeight + 62, valueOffset: 18, "0");
        foreach (var point in points)
        {
            image.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{X(points, point):0}" y="{PanelHeight + 18}" text-anchor="middle" fill="#444">{point.X:N0}</text>""");
        }

        image.AppendLine("</g>");
    }

    private static void Curve(
        StringBuilder image, IReadOnlyList<Point> points, Func<Point, double> value, string colour, string label, int labelY, int valueOffset, string format)
    {
        var most = points.Max(value) * 1.25;
        double Y(Point point) => PanelHeight * (1 - (Math.Max(0, value(point)) / most));
        var line = string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(points, point):0.0},{Y(point):0.0}")));
        image.AppendLine(CultureInfo.InvariantCulture, $"""<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>""");
        foreach (var point in points)
        {
            image.AppendLine(CultureInfo.InvariantCulture, $"""<circle cx="{X(points, point):0.0}" cy="{Y(point):0.0}" r="3" fill="{colour}"/><text x="{X(points, point):0.0}" y="{Y(point) + valueOffset:0.0}" text-anchor="middle" fill="{colour}">{value(point).ToString(format, CultureInfo.InvariantCulture)}</text>""");
        }

        image.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{PanelWidth / 2}" y="{labelY}" text-anchor="middle" fill="{colour}">{label}</text>""");
    }

    // Logarithmic, because the varied number doubles each time.
    private static double X(IReadOnlyList<Point> points, Point point)
    {
        var least = Math.Log(points[0].X);
        var most = Math.Log(points[^1].X);
        return 20 + ((PanelWidth - 40) * (most > least ? (Math.Log(point.X) - least) / (most - least) : 0.5));
    }
}
