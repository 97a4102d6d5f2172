// Which clauses contracts of each kind have: writes src/core/documents/contractShares.ts from labelled contracts, one JSON
// object a line with "title" and "spans" (category -> places). Made from CUAD v1 of The Atticus Project (CC BY 4.0).
//   node scripts/contractKinds.mjs train.labels.jsonl
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const [labels] = process.argv.slice(2);
if (!labels) throw new Error("usage: node scripts/contractKinds.mjs LABELS.jsonl");

/** Kinds with fewer contracts are counted with all contracts only: their shares would be chance. */
const fewest = 8;

const load = async (path) => {
  const { outputFiles } = await build({ entryPoints: [path], bundle: true, format: "esm", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
};
const { contractTitles, kindByTitle } = await load("src/core/documents/contractTitles.ts");
const { clauseCategories } = await load("src/core/documents/taxonomy.ts");

const contracts = readFileSync(labels, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
/** Titles of the dataset begin with the company, the date and the number of the filed exhibit. */
const titleOf = (name) => name.replace(/^.*?EX-?[\d.A-Za-z() ]*[-_]/, "").replace(/^.* - /, "");

const rows = [...contractTitles.map(({ name }) => name), "Commercial contract"].flatMap((kind) => {
  const members = contracts.filter(({ title }) => kind === "Commercial contract" || kindByTitle(titleOf(title)) === kind);
  console.log(String(members.length).padStart(4), kind);
  if (members.length < fewest) return [];
  const shares = clauseCategories.map(({ name }) => Number((members.filter(({ spans }) => (spans[name] ?? []).length > 0).length / members.length).toFixed(2)));
  return [`  ${JSON.stringify(kind)}: [${members.length}, [${shares.join(", ")}]],`];
});

writeFileSync(
  "src/core/documents/contractShares.ts",
  `/**
 * Which clauses contracts of a kind have: per kind the number of contracts counted, and the share of them that has each
 * category, in the order of the taxonomy. Counted by scripts/contractKinds.mjs over ${contracts.length} contracts of CUAD v1, the Contract
 * Understanding Atticus Dataset of The Atticus Project (arXiv 2103.06268, CC BY 4.0); kinds with fewer than ${fewest} are left out.
 */
export const contractShares: Readonly<Record<string, readonly [contracts: number, shares: readonly number[]]>> = {
${rows.join("\n")}
};
`,
);
