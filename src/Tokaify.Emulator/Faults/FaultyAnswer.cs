namespace Tokaify.Emulation;

/// <summary>The answer to an edit that meets a fault.</summary>
internal static class FaultyAnswer
{
    public static RelayAnswer To(EditRequest edit, RelayRequest request, EmulatorFault fault, Chance chance, LinkedPictures linked) => fault switch
    {
        >= EmulatorFault.RequestTimeout and <= EmulatorFault.Overloaded => FaultyStatus.Of(fault, request, chance),
        EmulatorFault.Html502 or EmulatorFault.Html504 or EmulatorFault.Html524 => Page.OfProxy(fault),
        EmulatorFault.Error200 => ErrorInside.Unavailable(request),
        _ when fault.IsEarly() => FaultyStatus.Of(fault, request, chance),
        EmulatorFault.Cut => EditAnswer.To(edit) with { Delivery = Delivery.Cut },
        EmulatorFault.CutAfterImage => EditAnswer.To(edit).CutAfterImage(),
        EmulatorFault.EndlessText => EditAnswer.To(edit) with { Delivery = Delivery.EndlessText },
        EmulatorFault.Truncated => EditAnswer.To(edit).FirstHalf(),
        EmulatorFault.Reset => RelayAnswer.None(Delivery.Reset),
        EmulatorFault.Silence => RelayAnswer.None(Delivery.Never),
        EmulatorFault.Html413 => Page.OfProxy(fault),
        EmulatorFault.LoginPage => Page.Login(),
        EmulatorFault.Refusal200 => ErrorInside.Refusal(request),
        EmulatorFault.Failure200 => ErrorInside.Failure(request),
        >= EmulatorFault.BadRequest and <= EmulatorFault.TooLarge => FaultyStatus.Of(fault, request, chance),
        >= EmulatorFault.PromptBlocked and <= EmulatorFault.NoCandidates => Pictureless.Of(fault, edit, chance),
        EmulatorFault.Link or EmulatorFault.DeadLink =>
            linked.Link(EditAnswer.To(edit), request.Origin, isDead: fault == EmulatorFault.DeadLink),
        EmulatorFault.Gzip => EditAnswer.To(edit).Gzipped(),
        EmulatorFault.Dribble => EditAnswer.To(edit) with { Delivery = Delivery.Dribble },
        _ => OddAnswer.Of(fault, edit),
    };
}
