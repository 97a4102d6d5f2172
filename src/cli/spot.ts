import { resolve } from "node:path";
import { lineAt, lineStarts } from "../core/documents/lines";
import { HumanError } from "../protocol/humanError";
import { type Command, requireText } from "./command";
import { readTextFile } from "./textFile";
import { table } from "./table";

export const spot: Command = {
  name: "spot",
  usage: "spot DOC… --model F",
  summary: "Find the clauses of contracts",
  options: { model: { type: "string" } },
  async run(invocation) {
    const { services, output, token, positionals } = invocation;
    if (positionals.length === 0) throw new HumanError("badArgument", "Say which document.");
    const path = resolve(requireText(invocation, "model", "model.gguf"));
    const model = await services.library([]).describe(path);
    const documents = await Promise.all(positionals.map(async (file) => ({ file, text: await readTextFile(file) })));
    await services.analysis.load(model, token);
    for (const [index, { file, text }] of documents.entries()) {
      output.progress(`Document ${index + 1} of ${documents.length}`);
      const { findings } = await services.analysis.spot(text, token);
      if (invocation.json) {
        output.result(JSON.stringify({ file, findings }));
        continue;
      }
      const starts = lineStarts(text);
      const rows = findings.map((f) => [`${lineAt(starts, f.start) + 1}`, f.category, f.probability.toFixed(2), excerpt(text.slice(f.start, f.end))]);
      output.result(`${file}: ${findings.length} findings\n\n${table(["Line", "Category", "Probability", "Passage"], rows)}\n`);
    }
  },
};

function excerpt(passage: string): string {
  const line = passage.replace(/\s+/g, " ").trim();
  return line.length > 70 ? `${line.slice(0, 69)}…` : line;
}
