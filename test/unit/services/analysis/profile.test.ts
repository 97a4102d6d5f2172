import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MeasuredRow } from "../../../../src/protocol/model";
import { JsonStore } from "../../../../src/services/jsonStore";
import { measuredLevels } from "../../../../src/services/analysis/measuredLevels";
import { profileOf } from "../../../../src/services/analysis/profile";
import { fingerprint } from "../../../../src/services/tradeoffs/fingerprint";
import { groundOf, withKept } from "../../../../src/services/tradeoffs/ground";
import { keyOf } from "../../../../src/services/tradeoffs/levels";
import { ModelFolder } from "./fakeRuntime";

const level = (type: "Q8_0" | "Q4_K_M", bytes: number, kl: number, agreement: number) => ({ type, bytes, kl, agreement });

describe("which level to read with", () => {
  it("is told with the measured figures", () => {
    expect(profileOf({ textName: "evaluation-text.txt", levels: [level("Q8_0", 1000, 0.00021, 0.9912), level("Q4_K_M", 500, 0.0081, 0.96)] })).toBe(
      "For analysis take Q8_0 (hardly to be told from the original): KL 0.00021, same word 99.1 % (measured on evaluation-text.txt). Q4_K_M would be 2.0 times smaller at KL 0.0081: for drafts.",
    );
    expect(profileOf({ textName: "a.md", levels: [{ ...level("Q8_0", 1000, 0.01, 0.9996), clauseF1: 0.701 }], originalF1: 0.7042 })).toBe(
      "For analysis take Q8_0 (other words now and then, seldom another meaning): KL 0.01, same word 99.9 %, clause F1 0.701 against 0.704 (measured on a.md).",
    );
  });

  it("is told by the public rule where nothing was measured, and says so", () => {
    for (const measured of [undefined, { textName: "a", levels: [] }]) expect(profileOf(measured)).toMatch(/For this model it was not measured; “Show Tradeoffs” measures it\.$/);
  });
});

describe("measured levels", () => {
  let folder: ModelFolder;
  beforeEach(async () => void (folder = await ModelFolder.make()));
  afterEach(() => folder.remove());

  it("are those of this document before those of the usual text, and of this very file", async () => {
    const store = new JsonStore(join(folder.path, "kept"), { info: () => {}, error: () => {} });
    const model = await folder.model("Tiny", 1000);
    const measuring = () => ({ context: 512, chunks: 20 });
    const document = { name: "contract.md", text: "word ".repeat(3000) };
    const sample = { name: "evaluation-text.txt", kind: "bundled" as const, text: "other ".repeat(3000) };
    const levels = measuredLevels({ store, originalOf: async () => model, sampleText: async () => sample, measuring });
    expect(await levels(model, document)).toBeUndefined();
    const row: MeasuredRow = {
      path: "q8", type: "Q8_0", bytes: 1000, bitsPerWeight: 8.5, perplexity: { value: 5, error: 0 }, kl: { mean: 0.0002, error: 0, median: 0, p99: 0 },
      top1Agreement: 0.99, promptTokensPerSecond: 1, generationTokensPerSecond: 1, chunks: 20,
    };
    const keep = async (text: { name: string; kind: "document" | "bundled"; text: string }, kl: number) => {
      const { results } = await withKept(groundOf(text, model.contextLength, measuring()), store, await fingerprint(model.path));
      results.put(keyOf({ type: "Q8_0" }, undefined), { row: { ...row, kl: { ...row.kl!, mean: kl } }, totalChunks: 20, threads: 1 });
      await results.save();
    };
    await keep(sample, 0.0005);
    expect(await levels(model, document)).toEqual({ textName: "evaluation-text.txt", levels: [level("Q8_0", 1000, 0.0005, 0.99)] });
    await keep({ ...document, kind: "document" }, 0.0002);
    expect(await levels(model, document)).toEqual({ textName: "contract.md", levels: [level("Q8_0", 1000, 0.0002, 0.99)] });
    await writeFile(model.path, Buffer.concat([Buffer.from("changed")]));
    expect(await levels(model, document)).toBeUndefined();
  });
});
