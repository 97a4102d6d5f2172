import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { fromFloats, toFloats } from "../../src/core/conversion/elements";
import { convert } from "../../src/runtime/conversion/converter";
import { MeasuredModel } from "../../src/runtime/evaluation/measuredModel";
import { openNativeLibrary } from "../../src/runtime/ffi/library";
import { type CheckpointFamily, type CheckpointOptions, checkpointContents, type CheckpointTensors, writeCheckpoint } from "../checkpoint";
import { plainLogits } from "./plainTransformer";

const folder = mkdtempSync(join(tmpdir(), "decant-logits-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Longer than the window of Gemma's checkpoints. */
const tokens = Array.from({ length: 48 }, (_, index) => (index * index * 7 + index * 31 + 5) % 320);

/** llama.cpp takes Phi's factors for long texts by the context, of 256 tokens at least, not by the text: here both are short. */
const settings: Readonly<Partial<Record<CheckpointFamily, Readonly<Record<string, unknown>>>>> = {
  phi3: { original_max_position_embeddings: 256, max_position_embeddings: 1024 },
};

/** Sharper attention, so that a wrong position shows. */
function sharper(tensors: CheckpointTensors): CheckpointTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => {
    if (!/(q|k|qkv)_proj\.weight$/.test(name)) return [name, tensor];
    return [name, { ...tensor, data: fromFloats(toFloats(tensor.data, "F32").map((weight) => 5 * weight), "F32") }];
  }));
}

/** llama.cpp's, one row for each token, computed and cached in single precision. */
async function nativeLogits(path: string): Promise<readonly Float32Array[]> {
  const library = openNativeLibrary();
  const options = { context: tokens.length, threads: 1 };
  const silence = library.log.listen(() => {});
  const model = await MeasuredModel.open(library, path, options);
  const batch = library.newBatch(tokens.length, tokens.length);
  try {
    await model.prepare(1, options, { type_k: 0, type_v: 0, flash_attn_type: 0 });
    await model.decodeChunks(batch, Int32Array.from(tokens), new Int8Array(tokens.length).fill(1));
    return tokens.map((_, index) => {
      const row = new Float32Array(model.vocabSize);
      model.readLogits(index, row);
      return row;
    });
  } finally {
    model.dispose();
    batch.dispose();
    silence();
  }
}

/** The largest difference, as a share of the largest logit. */
function distance(rows: readonly Float32Array[], expected: readonly Float64Array[]): number {
  const largest = Math.max(...expected.flatMap((row) => [...row.map(Math.abs)]));
  return Math.max(...rows.flatMap((row, position) => [...row].map((logit, token) => Math.abs(logit - expected[position]![token]!)))) / largest;
}

it.each<CheckpointFamily>(["llama", "llama3", "mistral", "qwen2", "qwen3", "phi2", "phi3", "gemma", "gemma2", "gemma3"])("a converted %s has the logits that its checkpoint means", async (family) => {
  const options: CheckpointOptions = { family, dtype: "F32", tensors: sharper, config: settings[family] };
  const { path } = await convert({ input: writeCheckpoint(join(folder, family), options), output: join(folder, `${family}.gguf`), type: "auto" }, () => undefined, new AbortController().signal);
  const { tensors, files } = checkpointContents(options);
  const model = { family, config: JSON.parse(String(files["config.json"])) as Readonly<Record<string, unknown>>, tensors };
  const logits = await nativeLogits(path);
  // ggml looks GELU up in a table of half precision.
  expect(distance(logits, plainLogits(model, tokens))).toBeLessThan(String(model.config.hidden_act).startsWith("gelu") ? 1e-3 : 1e-5);
  // Were the rows of heads in another order, it would show.
  expect(distance(logits, plainLogits(model, tokens, "neighbours"))).toBeGreaterThan(1e-2);
});
