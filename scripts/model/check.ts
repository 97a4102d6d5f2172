/**
 * Checks an export against llama.cpp: that it cuts text into the same tokens as the trainer's tokenizer, and that it
 * gives the probabilities that the trainer computed (dev.predictions.jsonl of thresholds.py).
 *
 *   node check.cjs MODEL.gguf --contracts DIR [--documents 5]
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { getLlama, type Token } from "node-llama-cpp";
import { cueSchemeFromMetadata, labelProbability, packWindows } from "../../src/core/documents/cues";
import { segmentDocument, segmentText } from "../../src/core/documents/segments";
import { encoder, type Tokenizer } from "./tokenizer";

const odd = [
  "na\u00efve caf\u00e9 \u2014 \u201cquoted\u201d \u2018it\u2019s\u2019 \u00a7 5.1(a)(iv) \u00a9 \u20ac1,234.56",
  "\u65e5\u672c\u8a9e \u0440\u0443\u0441\u0441\u043a\u0438\u0439 \u05e2\u05d1\u05e8\u05d9\u05ea \u{1f600}\u{1f468}\u200d\u{1f469}\u200d\u{1f467} e\u0301 \u2167 \u00bd \u0663",
  "a\u00a0b  c\t\td \n\n e\r\n f\u2003g \u3000 ",
  "we'll they've IT'S don't 'S 're",
  "ends in blanks   ",
  "<|clause|> is plain text here <|none|>",
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { contracts: { type: "string" }, folder: { type: "string", default: ".cache/model" }, documents: { type: "string", default: "5" } },
});
const [modelPath] = positionals;
if (!modelPath || !values.contracts) throw new Error("usage: check MODEL.gguf --contracts DIR");

interface Prediction {
  readonly file: string;
  readonly findings: readonly { category: string; start: number; probability: number }[];
}

async function main(modelPath: string, contracts: string): Promise<void> {
  const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1 });
  const model = await llama.loadModel({ modelPath });
  const tokenizer = JSON.parse(readFileSync(path.join(values.folder, "tokenizer.json"), "utf8")) as Tokenizer;
  const encode = encoder(tokenizer);
  const lines = readFileSync(path.join(values.folder, "dev.predictions.jsonl"), "utf8").split("\n").filter(Boolean);
  const predictions = lines.map((line) => JSON.parse(line) as Prediction);
  const texts = predictions.map(({ file }) => readFileSync(path.join(contracts, file), "utf8"));

  let different = 0;
  for (const text of [...odd, ...texts]) {
    const ours = encode(text);
    const theirs = model.tokenize(text, false);
    const at = ours.findIndex((token, i) => token !== theirs[i]);
    if (at < 0 && ours.length === theirs.length) continue;
    different++;
    console.log("different tokens near", JSON.stringify(model.detokenize(theirs.slice(Math.max(0, at - 3), at + 5))));
  }
  console.log(`tokens: ${odd.length + texts.length} texts, ${different} different`);

  const scheme = cueSchemeFromMetadata(model.fileInfo.metadata as never) ?? readScheme(model.fileInfo.metadata);
  if (!scheme) throw new Error("the header has no cue scheme");
  const id = (token: string) => model.tokenize(token, true)[0] as Token;
  const context = await model.createContext({ contextSize: scheme.window, threads: 1 });
  const sequence = context.getSequence();
  let worst = 0;
  let compared = 0;
  for (const [index, { findings }] of predictions.slice(0, Number(values.documents)).entries()) {
    const text = texts[index] ?? "";
    const segments = segmentDocument(text);
    const tokens = segments.map((segment) => model.tokenize(segmentText(text, segment), false));
    for (const window of packWindows(tokens, { bos: model.tokens.bos ?? 0, cue: id(scheme.cue), window: scheme.window })) {
      const asked = new Map(window.cues.map((cue) => [cue.position, cue.segment]));
      await sequence.clearHistory();
      const input = window.tokens.map((token, position) =>
        asked.has(position) ? ([token as Token, { generateNext: { probabilities: true } }] as const) : (token as Token));
      const results = await sequence.controlledEvaluate(input as never);
      for (const [position, segment] of asked) {
        const scores = results[position]?.next.probabilities;
        for (const finding of findings.filter(({ start }) => start === segments[segment]?.start)) {
          const label = scheme.labels.find(({ category }) => category === finding.category);
          const log = (token: string) => Math.log(scores?.get(id(token)) ?? 0);
          const probability = labelProbability(log(label?.token ?? ""), log(scheme.none));
          worst = Math.max(worst, Math.abs(probability - finding.probability));
          compared++;
        }
      }
    }
  }
  console.log(`probabilities: ${compared} compared, largest difference ${worst.toFixed(4)}`);
  process.exit(different > 0 || worst > 0.05 ? 1 : 0);
}

/** node-llama-cpp nests the header by the dots of its keys. */
function readScheme(metadata: unknown): ReturnType<typeof cueSchemeFromMetadata> {
  const nested = (metadata as { decant?: Record<string, unknown> }).decant ?? {};
  return cueSchemeFromMetadata(Object.fromEntries(Object.entries(nested).map(([key, value]) => [`decant.${key}`, value])));
}

void main(modelPath, values.contracts);
