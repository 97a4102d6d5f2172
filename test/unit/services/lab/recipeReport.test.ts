import { describe, expect, it } from "vitest";
import type { MeasuredRow } from "../../../../src/protocol/model";
import type { CompressionRecipe, RecipeResult } from "../../../../src/protocol/recipe";
import { recipeReport } from "../../../../src/services/lab/recipeReport";

const provenance = { decant: "1.0.0", llamaCpp: "v0.4.0", node: "v22", platform: "linux-x64", text: "a_b.txt", threads: 2 };
const recipe: CompressionRecipe = { version: 1, name: "Small | quick", seed: 7, steps: [{ kind: "prune", blocks: [2] }, { kind: "quantize", level: "Q4_0" }] };
const row = (kl?: number): MeasuredRow => ({
  path: "/models/a.gguf", type: "F16", bytes: 1, bitsPerWeight: 16, perplexity: { value: 55.8, error: 1.2 }, promptTokensPerSecond: 100, generationTokensPerSecond: 12.34, chunks: 20,
  ...(kl !== undefined && { kl: { mean: kl, error: 0.012, median: kl, p99: kl }, top1Agreement: 0.861 }),
});
const result: RecipeResult = {
  name: recipe.name, path: "/models/p.gguf", seconds: 12, stoppedAt: 0, notes: ["Measured on other.txt."],
  original: { path: "/models/a.gguf", bytes: 2 * 2 ** 20, measured: row(), clauseF1: 0.8 },
  steps: [{ path: "/models/p.gguf", bytes: 2 ** 20, seconds: 12.3, measured: row(0.41), notes: ["Left out block 2."], gate: { passed: false, sentence: "KL 0.41 is above the 0.20 allowed after “Prune 1 block”." } }],
};

describe("the report of a recipe", () => {
  it("shows before and after as a table, with the gates' sentences", () => {
    const text = recipeReport("md", recipe, result, provenance);
    expect(text.split("\n").slice(0, 14)).toEqual([
      "# Small \\| quick",
      "",
      "2.0 MiB → 1.0 MiB, stopped after step 1 of 2.",
      "",
      "|  | Size | Bits | Perplexity | KL divergence | Same next word | Clause F1 | Time |",
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
      "| Original | 2.0 MiB | 16.00 | 55.800 ± 1.2 | – | – | 0.800 | – |",
      "| 1. Prune 1 block (number 2) | 1.0 MiB | 16.00 | 55.800 ± 1.2 | 0.410 ± 0.01 | 86.1 % | – | 12 s |",
      "",
      "- Measured on other.txt.",
      "- Step 1, Prune 1 block: KL 0.41 is above the 0.20 allowed after “Prune 1 block”.",
      "- Step 1, Prune 1 block: Left out block 2.",
      "",
      "| Made with | |",
    ]);
    expect(text).toContain("| Model | a.gguf |\n| Result | p.gguf |\n| Time in all | 12 s |");
    expect(text).toContain("| Text | a\\_b.txt |");
    expect(recipeReport("md", recipe, { ...result, texts: "a_b.txt, measured on c.txt" }, provenance)).toContain("| Text | a\\_b.txt, measured on c.txt |");
  });

  it("has one line for each model in a spreadsheet", () => {
    const [header, original, pruned, end] = recipeReport("csv", recipe, result, provenance).split("\n");
    expect(header).toBe("step,detail,file,adapter,bytes,bitsPerWeight,perplexity,perplexityError,kl,klError,top1Agreement,promptTokensPerSecond,generationTokensPerSecond,chunks,clauseF1,seconds,gatePassed,gate");
    expect(original).toBe("Original,,a.gguf,,2097152,16,55.8,1.2,,,,100,12.34,20,0.8,,,");
    expect(pruned).toBe("Prune 1 block,number 2,p.gguf,,1048576,16,55.8,1.2,0.41,0.012,0.861,100,12.34,20,,12.3,no,KL 0.41 is above the 0.20 allowed after “Prune 1 block”.");
    expect(end).toBe("");
  });

  it("gives a program the recipe and the figures", () => {
    const told = JSON.parse(recipeReport("json", recipe, result, provenance)) as { recipe: unknown; stoppedAt: number; rows: { kl?: number }[] };
    expect(told).toMatchObject({ recipe, stoppedAt: 0 });
    expect(told.rows.map(({ kl }) => kl)).toEqual([undefined, 0.41]);
  });
});
