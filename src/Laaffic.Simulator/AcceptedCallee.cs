namespace Laaffic.Simulator;

/// <summary>A callee of an accepted task.</summary>
/// <param name="Number">The number, 6-18 digits.</param>
/// <param name="Texts">
/// text1…text10 by their number, those that were given and not null, cut to 30 characters as the platform does;
/// empty when <see cref="SimulatorOptions.RememberTexts"/> is false.
/// </param>
/// <param name="CallInformation">The <c>callInformation</c> map; empty when there was none or texts are not remembered.</param>
public sealed record AcceptedCallee(
    string Number,
    IReadOnlyDictionary<int, string> Texts,
    IReadOnlyDictionary<string, string> CallInformation
);
