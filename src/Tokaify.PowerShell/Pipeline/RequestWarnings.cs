using System.Globalization;
using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Warns of requests that are likely to disappoint, though the service may take them.</summary>
internal sealed class RequestWarnings(Cmdlet command)
{
    private bool _hasWarnedOfRatio;

    /// <summary>Looks at a request that is about to be sent.</summary>
    public void Look(ImageRequest request)
    {
        if (request.HasExtremeAspectRatio && !_hasWarnedOfRatio)
        {
            // Once a command: a thousand rows do not make it truer.
            _hasWarnedOfRatio = true;
            command.WriteWarning(
                $"The aspect ratio {request.AspectRatio} is extreme: details of the subject may come out less stable than up to 4:1.");
        }

        if (request.InputLength > ImageRequest.MaximumInputLength)
        {
            command.WriteWarning(string.Format(
                CultureInfo.InvariantCulture,
                "The pictures of this request take {0:0.0} MB on the wire, and the service takes about {1} MB in all. It may refuse: {2}.",
                request.InputLength / (1024.0 * 1024),
                ImageRequest.MaximumInputLength / (1024 * 1024),
                string.Join(", ", request.Images.Select(image => $"'{image.Path}'"))));
        }
    }
}
