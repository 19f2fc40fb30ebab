namespace Tokaify.Emulation;

/// <summary>Errors in the body of a response with status 200.</summary>
internal static class ErrorInside
{
    public static RelayResponse Unavailable(RelayRequest request) =>
        WithStatus200(new UpstreamError(503, "UNAVAILABLE", "The model is overloaded. Please try again later."), request);

    public static RelayResponse Refusal(RelayRequest request) =>
        WithStatus200(new UpstreamError(400, "INVALID_ARGUMENT", "The request cannot be served as it is."), request);

    public static RelayResponse Failure(RelayRequest request) =>
        WithStatus200(new FailureError(200, "The task could not be made."), request);

    private static RelayResponse WithStatus200(EmulatedError error, RelayRequest request) => error.ToResponse(request.Id) with { Status = 200 };
}
