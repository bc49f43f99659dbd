using Laaffic.Testing;

[assembly: AssemblyFixture(typeof(StorageFixture))]
