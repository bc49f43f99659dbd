namespace Laaffic.Simulation.Storage.Tables;

/// <summary>Which rows a query asks for.</summary>
internal abstract class Filter
{
    public abstract bool Matches(StoredRow row);

    public sealed class Both(Filter left, Filter right) : Filter
    {
        public Filter Left => left;

        public Filter Right => right;

        public override bool Matches(StoredRow row) => left.Matches(row) && right.Matches(row);
    }

    public sealed class Either(Filter left, Filter right) : Filter
    {
        public override bool Matches(StoredRow row) => left.Matches(row) || right.Matches(row);
    }

    public sealed class Not(Filter inner) : Filter
    {
        public override bool Matches(StoredRow row) => !inner.Matches(row);
    }

    /// <summary>A property and a literal. A property that is absent, or of another type, matches no comparison.</summary>
    public sealed class Compare(string property, Comparison comparison, object literal) : Filter
    {
        public string Property => property;

        public Comparison Comparison => comparison;

        public object Literal => literal;

        public override bool Matches(StoredRow row)
        {
            int order;
            switch (row[property], literal)
            {
                case (string a, string b):
                    order = string.CompareOrdinal(a, b);
                    break;
                case (DateTimeOffset a, DateTimeOffset b):
                    order = a.CompareTo(b);
                    break;
                case (bool a, bool b):
                    order = a.CompareTo(b);
                    break;
                case (int or long, int or long):
                    order = AsLong(row[property]!).CompareTo(AsLong(literal));
                    break;
                case (int or long or double, int or long or double):
                    order = AsDouble(row[property]!).CompareTo(AsDouble(literal));
                    break;
                case (Guid a, Guid b):
                    order = a.CompareTo(b);
                    break;
                case (byte[] a, byte[] b):
                    order = a.AsSpan().SequenceCompareTo(b);
                    break;
                default:
                    return false;
            }

            return comparison switch
            {
                Comparison.Equal => order == 0,
                Comparison.NotEqual => order != 0,
                Comparison.Greater => order > 0,
                Comparison.GreaterOrEqual => order >= 0,
                Comparison.Less => order < 0,
                _ => order <= 0,
            };
        }

        private static long AsLong(object number) => number is int small ? small : (long)number;

        private static double AsDouble(object number) => number is double value ? value : AsLong(number);
    }
}
