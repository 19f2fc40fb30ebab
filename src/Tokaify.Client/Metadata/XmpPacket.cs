using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Tokaify;

/// <summary>An XMP packet (ISO 16684-1): RDF in XML.</summary>
internal static class XmpPacket
{
    /// <summary>The namespace of the fields of this module.</summary>
    public const string Namespace = "https://github.com/tokaify/Tokaify.PowerShell/ns/1.0/";

    private const string Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

    private const string Empty =
        "<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"
        + "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"" + Rdf + "\"/></x:xmpmeta>"
        + "<?xpacket end=\"w\"?>";

    /// <summary>Creates a packet with the metadata, and with the content of the file's own packet.</summary>
    /// <param name="metadata">The metadata.</param>
    /// <param name="existing">The file's own packet; null if it has none.</param>
    /// <returns>UTF-8.</returns>
    /// <exception cref="MetadataException">The file's own packet cannot be read.</exception>
    public static byte[] Make(ImageMetadata metadata, byte[]? existing)
    {
        var document = Read(existing);
        var rdf = document.Descendants(XName.Get("RDF", Rdf)).FirstOrDefault()
            ?? throw new MetadataException("the XMP in the file has no RDF element");
        RemoveOurs(rdf);
        rdf.Add(Description(metadata));
        return Write(document);
    }

    private static XDocument Read(byte[]? existing)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        try
        {
            // Packets are padded with spaces, or by some writers with NUL.
            using var bytes = new MemoryStream(existing is null ? Encoding.UTF8.GetBytes(Empty) : Trim(existing));
            using var reader = XmlReader.Create(bytes, settings);
            return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException exception)
        {
            throw new MetadataException("the XMP in the file cannot be read", exception);
        }
    }

    private static byte[] Trim(byte[] packet)
    {
        var length = packet.Length;
        while (length > 0 && packet[length - 1] == 0)
        {
            length--;
        }

        return packet.AsSpan(0, length).ToArray();
    }

    // Removes the fields that an earlier edit wrote.
    private static void RemoveOurs(XElement rdf)
    {
        rdf.Descendants().Where(element => element.Name.NamespaceName == Namespace).ToList().ForEach(element => element.Remove());
        rdf.Descendants().Attributes().Where(attribute => attribute.Name.NamespaceName == Namespace).ToList()
            .ForEach(attribute => attribute.Remove());
        rdf.Elements().Where(IsBare).ToList().ForEach(element => element.Remove());
    }

    private static bool IsBare(XElement description) =>
        !description.HasElements
        && description.Attributes().All(attribute => attribute.IsNamespaceDeclaration || attribute.Name == XName.Get("about", Rdf))
        && description.Attributes().Any(attribute => attribute.Value == Namespace);

    private static XElement Description(ImageMetadata metadata) => new(
        XName.Get("Description", Rdf),
        new XAttribute(XName.Get("about", Rdf), ""),
        new XAttribute(XNamespace.Xmlns + "tokaify", Namespace),
        metadata.Fields().Select(field => new XElement(XName.Get(field.Name, Namespace), XmlText(field.Value))));

    // XML does not allow most control characters and halves of surrogate pairs.
    private static string XmlText(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            if (index + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[index + 1], text[index]))
            {
                clean.Append(text[index]).Append(text[++index]);
            }
            else
            {
                clean.Append(XmlConvert.IsXmlChar(text[index]) ? text[index] : '\uFFFD');
            }
        }

        return clean.ToString();
    }

    private static byte[] Write(XDocument document)
    {
        using var packet = new MemoryStream();
        var settings = new XmlWriterSettings
        {
            OmitXmlDeclaration = true,
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            // Keeps the line breaks of a prompt.
            NewLineHandling = NewLineHandling.Entitize,
        };
        using (var writer = XmlWriter.Create(packet, settings))
        {
            document.Save(writer);
        }

        return packet.ToArray();
    }
}
