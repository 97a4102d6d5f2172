import { describe, expect, it } from "vitest";
import { adapterUse } from "../../../../src/cli/measure";
import { extractedText, inspectedText } from "../../../../src/cli/lab/adapterText";
import { rankingTable } from "../../../../src/cli/lab/rankingTable";
import { estimateText, recipeTeller, resultText } from "../../../../src/cli/lab/recipeText";
import type { MeasuredRow } from "../../../../src/protocol/model";
import type { CompressionRecipe, RecipeProgress, StepResult } from "../../../../src/protocol/recipe";
import { resolve } from "node:path";
import { RecordedOutput } from "../recordedOutput";

const measured = (perplexity: number, kl?: number): MeasuredRow => ({
  path: "/m/a.gguf", type: "F16", bytes: 1024 ** 2, bitsPerWeight: 16, perplexity: { value: perplexity, error: 1 }, promptTokensPerSecond: 1, generationTokensPerSecond: 1, chunks: 3,
  ...(kl !== undefined && { kl: { mean: kl, error: 0.001, median: kl, p99: kl }, top1Agreement: 0.875 }),
});
const recipe: CompressionRecipe = { version: 1, name: "R", seed: 1, steps: [{ kind: "prune", blocks: [1] }, { kind: "quantize", level: "Q4_K_M" }] };
const pruned: StepResult = { path: "/m/p.gguf", bytes: 2 * 1024 ** 2, seconds: 2, measured: measured(50, 0.25), notes: ["Sits."], gate: { passed: false, sentence: "KL 0.25 is above the 0.20 allowed." } };

it("a ranking has a bar for each block, the longest for the most important one", () => {
  const lines = rankingTable({ blocks: [{ block: 0, influence: 0.5 }, { block: 1, influence: 0.25 }, { block: 2, influence: 0 }], tokens: 1, seconds: 1 }).split("\n");
  expect(lines.map((line) => (line.match(/█/g) ?? []).length)).toEqual([0, 30, 15, 0]);
  expect(rankingTable({ blocks: [{ block: 0, influence: 0.5, without: { perplexity: 12.3456, kl: 0.01234 } }], perplexity: 11, tokens: 1, seconds: 1 })).toMatch(/12\.346\s+0\.0123[^]*whole model: 11\.000/);
});

it("an extraction shows the five matrices that keep least", () => {
  const matrices = [0.9, 0.2, 0.8, 0.4, 0.99, 0.6].map((energy, index) => ({ name: `blk.${index}.attn_q.weight`, rank: 4, energy }));
  const text = extractedText({ path: "/m/a.gguf", bytes: 2048, matrices, energy: 0.755, notes: ["2 norms differ."], seconds: 1 });
  expect(text).toContain("6 matrices of rank 4, 2.0 KiB, 1.0 s\nKept energy: 75.50 %");
  expect(text.match(/blk\.\d/g)).toEqual(["blk.1", "blk.3", "blk.5", "blk.2", "blk.0"]);
  expect(text.endsWith("2 norms differ.")).toBe(true);
});

it("an extraction that kept all of every matrix lists none", () => {
  const matrices = [1, 1].map((energy, index) => ({ name: `blk.${index}.attn_q.weight`, rank: 4, energy }));
  expect(extractedText({ path: "/m/a.gguf", bytes: 2048, matrices, energy: 1, notes: [], seconds: 1 })).not.toMatch(/blk\.|keep least|Matrix/);
});

it("an adapter's facts are told, the strongest changes first", () => {
  const text = inspectedText({ path: "/m/a.gguf", bytes: 2048, architecture: "llama", alpha: 8, ranks: [2, 4], parameters: 1234, type: "F16", targets: ["attn_q"], matrices: [{ name: "weak", rank: 2, norm: 0.1 }, { name: "strong", rank: 4, norm: 2 }], steps: ["lora rank 4"] });
  expect(text).toMatch(/Rank +2 to 4/);
  expect(text.indexOf("strong")).toBeLessThan(text.indexOf("weak"));
});

it.each([["a.gguf", "a.gguf", 1], ["a.gguf:0.5", "a.gguf", 0.5], ["a.gguf:-1", "a.gguf", -1], ["a:b.gguf", "a:b.gguf", 1], ["C:\\a.gguf", "C:\\a.gguf", 1]])("--lora %s", (word, path, scale) => {
  expect(adapterUse(word)).toEqual({ path: resolve(path), scale });
});

describe("a recipe", () => {
  const result = { name: "R", original: { path: "/m/a.gguf", bytes: 4 * 1024 ** 2, measured: measured(40) }, steps: [pruned], path: "/m/p.gguf", stoppedAt: 0, seconds: 3, notes: ["Measured on the last fifth."] };

  it("has a table of before and after, says where it stopped, and where the result lies", () => {
    const text = resultText(recipe, result);
    expect(text).toMatch(/Original +4\.0 MiB +16\.00 +40\.000/);
    expect(text).toMatch(/1 Prune 1 block +2\.0 MiB +16\.00 +50\.000 +0\.250 +87\.5 % +– +2 s +not passed/);
    expect(text).toContain("Stopped: KL 0.25 is above the 0.20 allowed.");
    expect(text).toContain("1 Prune 1 block: Sits.\n\nMeasured on the last fifth.");
    expect(text).toContain("Result: /m/p.gguf (3 s in all)");
  });

  it("is estimated step by step, and says what cannot run", () => {
    const estimate = { bytes: 1024 ** 2, seconds: 10, memory: 1024 ** 2, disk: 1024 ** 2, notes: [] };
    expect(estimateText(recipe, [estimate, estimate])).toContain("About 20 s in all.");
    expect(estimateText(recipe, [estimate, { ...estimate, problem: "It is quantized already." }])).toMatch(/2 Quantize to Q4_K_M: It is quantized already\.$/);
  });

  it("tells each result once, and each tenth of a step where lines stay", () => {
    const output = new RecordedOutput();
    const tell = recipeTeller(recipe, output);
    const at = (step: number, fraction: number, results: readonly StepResult[] = []): RecipeProgress => ({ step, steps: 2, label: "Working", fraction, results });
    for (const progress of [at(-1, 0.5), at(0, 0), at(0, 0.01), at(1, 0.5, [pruned]), at(1, 0.6, [pruned])]) tell(progress);
    expect(output.told).toEqual([
      "Original: Working 50 %", "1 Prune 1 block: Working 0 %",
      "1 Prune 1 block: 2.0 MiB, KL 0.250, perplexity 50.000, 2 s. KL 0.25 is above the 0.20 allowed.",
      "2 Quantize to Q4_K_M: Working 50 %", "2 Quantize to Q4_K_M: Working 60 %",
    ]);
  });
});
