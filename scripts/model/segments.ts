/**
 * Prepares the data for the trainer, with the product's own segmentation:
 *
 *   node segments.cjs --contracts DIR --out DIR
 *
 * DIR holds train/, dev/, train.labels.jsonl and dev.labels.jsonl (offsets in UTF-16 code units). Writes tokenizer.json
 * and, for each split, SPLIT.segments.jsonl: {file, start, end, labels, tokens, raw?} (raw: the tokens with the original
 * blanks, where they differ) and SPLIT.documents.jsonl: {file, tokens} (the whole text as it is).
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { segmentDocument, segmentText, type Segment } from "../../src/core/documents/segments";
import { clauseCategories } from "../../src/core/documents/taxonomy";
import { encoder, trainTokenizer } from "./tokenizer";

interface LabelledDocument {
  readonly file: string;
  readonly spans: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

const vocabularySize = 4096;
const specialTokens = ["<|end|>", "<|begin|>", "<|clause|>", "<|none|>", ...clauseCategories.map(({ name }) => `<|${name}|>`)];

const { values } = parseArgs({ options: { contracts: { type: "string" }, out: { type: "string", default: ".cache/model" } } });
if (!values.contracts) throw new Error("usage: segments --contracts DIR [--out DIR]");
const contracts = values.contracts;
const out = values.out;

function read(split: string): (LabelledDocument & { text: string })[] {
  const lines = readFileSync(path.join(contracts, `${split}.labels.jsonl`), "utf8").split("\n").filter(Boolean);
  return lines.map((line) => {
    const document = JSON.parse(line) as LabelledDocument;
    return { ...document, text: readFileSync(path.join(contracts, document.file), "utf8") };
  });
}

/**
 * The categories of each segment, as indices. A span marks the segments that it covers by two fifths of the shorter of
 * the two, and in any case the one that it covers most.
 */
function labelSegments(segments: readonly Segment[], spans: LabelledDocument["spans"]): number[][] {
  const labels = segments.map(() => new Set<number>());
  clauseCategories.forEach(({ name }, category) => {
    for (const [start, end] of spans[name] ?? []) {
      const overlaps = segments.map((segment) => Math.min(end, segment.end) - Math.max(start, segment.start));
      const most = Math.max(...overlaps);
      segments.forEach((segment, index) => {
        const overlap = overlaps[index] ?? 0;
        const enough = 0.4 * Math.min(end - start, segment.end - segment.start);
        if (overlap > 0 && (overlap >= enough || overlap === most)) labels[index]?.add(category);
      });
    }
  });
  return labels.map((set) => [...set]);
}

const training = read("train");
const tokenizer = trainTokenizer(training.map(({ text }) => text), specialTokens, vocabularySize);
mkdirSync(out, { recursive: true });
writeFileSync(path.join(out, "tokenizer.json"), JSON.stringify({ ...tokenizer, categories: clauseCategories.map(({ name }) => name) }));
const encode = encoder(tokenizer);

for (const [split, documents] of [["train", training], ["dev", read("dev")]] as const) {
  const lines: string[] = [];
  for (const { file, spans, text } of documents) {
    const segments = segmentDocument(text);
    const labels = labelSegments(segments, spans);
    segments.forEach((segment, index) => {
      const original = text.slice(segment.start, segment.end);
      const clean = segmentText(text, segment);
      const raw = original === clean ? undefined : encode(original);
      lines.push(JSON.stringify({ file, ...segment, labels: labels[index], tokens: encode(clean), raw }));
    });
  }
  writeFileSync(path.join(out, `${split}.segments.jsonl`), lines.join("\n") + "\n");
  const whole = documents.map(({ file, text }) => JSON.stringify({ file, tokens: encode(text) }));
  writeFileSync(path.join(out, `${split}.documents.jsonl`), whole.join("\n") + "\n");
  console.log(split, documents.length, "documents", lines.length, "segments");
}
