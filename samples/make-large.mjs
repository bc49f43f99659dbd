// Writes a campaign of many callees: node samples/make-large.mjs 450000 > samples/campaigns/large.csv
// The numbers begin with 999, a country code that no country has.
const count = Number(process.argv[2] ?? 450_000);
if (!Number.isInteger(count) || count < 1 || count > 99_999_999) {
  console.error("usage: node make-large.mjs [COUNT]   (1 to 99999999 callees, default 450000)");
  process.exit(1);
}

function* lines() {
  yield "# taskName: Large sample of " + count + "\n# agentId: 41\ncalleeNumber,text1,text2\n";
  for (let first = 0; first < count; first += 10_000) {
    let chunk = "";
    for (let i = first; i < Math.min(first + 10_000, count); i++) {
      chunk += `999${String(i).padStart(8, "0")},Customer ${i},${((i * 37) % 100_000) / 100}\n`;
    }
    yield chunk;
  }
}

const { Readable } = await import("node:stream");
Readable.from(lines()).pipe(process.stdout);
