using System.Text.Json.Serialization;

namespace Laaffic.Simulation.Running;

[JsonSerializable(typeof(Totals))]
internal sealed partial class TotalsJson : JsonSerializerContext;
