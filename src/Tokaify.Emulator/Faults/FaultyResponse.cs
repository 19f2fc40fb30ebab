namespace Tokaify.Emulation;

/// <summary>The response to an edit with a fault.</summary>
internal static class FaultyResponse
{
    public static RelayResponse To(EditRequest edit, RelayRequest request, EmulatorFault fault, Chance chance, LinkedImages linked) => fault switch
    {
        >= EmulatorFault.RequestTimeout and <= EmulatorFault.Overloaded => FaultyStatus.Of(fault, request, chance),
        EmulatorFault.Html502 or EmulatorFault.Html504 or EmulatorFault.Html524 => Page.OfProxy(fault),
        EmulatorFault.Error200 => ErrorInside.Unavailable(request),
        _ when fault.IsEarly() => FaultyStatus.Of(fault, request, chance),
        EmulatorFault.Cut => EditResponse.To(edit) with { Delivery = Delivery.Cut },
        EmulatorFault.CutAfterImage => EditResponse.To(edit).CutAfterImage(),
        EmulatorFault.EndlessText => EditResponse.To(edit) with { Delivery = Delivery.EndlessText },
        EmulatorFault.Truncated => EditResponse.To(edit).FirstHalf(),
        EmulatorFault.Reset => RelayResponse.None(Delivery.Reset),
        EmulatorFault.Silence => RelayResponse.None(Delivery.Never),
        EmulatorFault.Html413 => Page.OfProxy(fault),
        EmulatorFault.LoginPage => Page.Login(),
        EmulatorFault.Refusal200 => ErrorInside.Refusal(request),
        EmulatorFault.Failure200 => ErrorInside.Failure(request),
        >= EmulatorFault.BadRequest and <= EmulatorFault.TooLarge => FaultyStatus.Of(fault, request, chance),
        >= EmulatorFault.PromptBlocked and <= EmulatorFault.NoCandidates => Imageless.Of(fault, edit, chance),
        EmulatorFault.Link or EmulatorFault.DeadLink =>
            linked.Link(EditResponse.To(edit), request.Origin, isDead: fault == EmulatorFault.DeadLink),
        EmulatorFault.Gzip => EditResponse.To(edit).Gzipped(),
        EmulatorFault.Dribble => EditResponse.To(edit) with { Delivery = Delivery.Dribble },
        _ => OddResponse.Of(fault, edit),
    };
}
