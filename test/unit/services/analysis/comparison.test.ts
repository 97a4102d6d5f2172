import { describe, expect, it } from "vitest";
import type { ModelFile } from "../../../../src/protocol/model";
import type { AnalysisSnapshot, ShownFinding } from "../../../../src/protocol/panels";
import { CancellationTokenSource } from "../../../../src/protocol/rpc";
import { comparedRows, compareFindings } from "../../../../src/services/analysis/comparison";

function finding(category: string, start: number, probability: number): ShownFinding {
  return { id: `${category}@${start}`, category, start, end: start + 10, probability, severity: "warning", line: start + 1, quote: "…", why: "" };
}

describe("comparison of findings", () => {
  it("gives a passage that both found one row, and the others a row of their own, in the order of the text", () => {
    const rows = comparedRows([finding("Insurance", 50, 0.9), finding("Parties", 0, 0.7)], [finding("Insurance", 50, 0.6), finding("Insurance", 20, 0.5)]);
    expect(rows.map(({ category, start, firstProbability, secondProbability }) => [category, start, firstProbability, secondProbability])).toEqual([
      ["Parties", 0, 0.7, undefined],
      ["Insurance", 20, undefined, 0.5],
      ["Insurance", 50, 0.9, 0.6],
    ]);
  });

  it("reads with one model after the other and tells how far it is", async () => {
    const read: string[] = [];
    const analysis = {
      async *analyse(_: unknown, model: ModelFile): AsyncGenerator<AnalysisSnapshot> {
        read.push(model.path);
        yield { findings: [], progress: { label: "Passage 1 of 2", fraction: 0.5 } };
        yield { findings: [finding("Parties", 0, model.path.includes("Q2") ? 0.4 : 0.9)] };
      },
    };
    const models = ["/models/a-F16.gguf", "/models/a-Q2_K.gguf"].map((path) => ({ path }) as ModelFile) as [ModelFile, ModelFile];
    const updates = [];
    for await (const update of compareFindings({ uri: "u", name: "n", text: "t" }, ...models, analysis, new CancellationTokenSource().token)) updates.push(update);
    expect(read).toEqual(["/models/a-F16.gguf", "/models/a-Q2_K.gguf"]);
    expect(updates.map(({ progress }) => progress?.fraction)).toEqual([0.25, 0.75, undefined]);
    expect(updates.at(-1)?.comparison).toMatchObject({ first: "a-F16", second: "a-Q2_K", rows: [{ firstProbability: 0.9, secondProbability: 0.4 }] });
  });
});
