import { resolve } from "node:path";
import { heatSections } from "../core/documents/heatSections";
import { lineAt, lineStarts } from "../core/documents/lines";
import { resolveQuantType } from "../core/gguf/quantLevels";
import { HumanError } from "../protocol/humanError";
import type { Guess, HeatToken } from "../protocol/documents";
import { quantTypes } from "../protocol/model";
import type { HeatUpdate, HeatVariant } from "../services/analysis/heatMap";
import { type Command, type Invocation, json, onePositional } from "./command";
import { chosenModel, excerpt, readDocument } from "./document";
import { table } from "./table";

/** Tokens that are listed for people. */
const listed = 20;

export const heat: Command = {
  name: "heat",
  usage: "heat DOC --model F --level T | --against F2",
  summary: "Show where in a document a compressed model strays from its original",
  options: { model: { type: "string" }, level: { type: "string" }, against: { type: "string" } },
  async run(invocation) {
    const { services, output, token } = invocation;
    const file = onePositional(invocation, "document");
    const model = await chosenModel(invocation);
    const variant = variantOf(invocation);
    const document = await readDocument(invocation, file);
    let last: HeatUpdate = { tokens: [] };
    for await (const update of services.heatMaps.map(document, model, variant, token)) {
      last = update;
      if (update.progress) output.progress(`${update.progress.label} ${Math.round(100 * update.progress.fraction)} %`);
    }
    const sections = heatSections(document.text, last.tokens);
    if (invocation.json) {
      output.result(json({ file, meanKl: last.meanKl, sections, tokens: last.tokens }));
      return;
    }
    const starts = lineStarts(document.text);
    const line = (start: number): string => String(lineAt(starts, start) + 1);
    const hottest = [...last.tokens].sort((a, b) => b.kl - a.kl).slice(0, listed);
    output.result([
      `${file}: mean KL divergence ${(last.meanKl ?? 0).toFixed(4)} nats over ${last.tokens.length} tokens`,
      "",
      table(["Line", "Section", "Tokens", "KL"], sections.map((section) => [line(section.start), excerpt(section.title || "(beginning)", 50), String(section.tokens), section.meanKl.toFixed(4)])),
      "",
      table(["Line", "Token", "KL", "Original expected", "Compressed expected"], hottest.map((t) => [line(t.start), JSON.stringify(document.text.slice(t.start, t.end)), t.kl.toFixed(3), guesses(t.baseGuesses), guesses(t.variantGuesses)])),
      "",
    ].join("\n"));
  },
};

function variantOf({ options }: Invocation): HeatVariant {
  const { level, against } = options;
  if (typeof against === "string" && level === undefined) return { path: resolve(against) };
  if (typeof level !== "string" || against !== undefined) throw new HumanError("badArgument", "Say --level, e.g. --level Q4_0, or --against with the file of a compressed model.");
  const type = resolveQuantType(level);
  if (!type) throw new HumanError("badArgument", `"${level}" is no level. Choose one of ${quantTypes.join(", ")}.`);
  return { level: type };
}

function guesses(list: HeatToken["baseGuesses"]): string {
  return list.slice(0, 2).map(({ text, probability }: Guess) => `${JSON.stringify(text)} ${Math.round(100 * probability)} %`).join(", ");
}
