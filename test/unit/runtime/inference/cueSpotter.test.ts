import { expect, it } from "vitest";
import type { CueScheme } from "../../../../src/core/documents/cues";
import { segmentDocument } from "../../../../src/core/documents/segments";
import type { HeldModel } from "../../../../src/runtime/inference/engine";
import { readByCue } from "../../../../src/runtime/inference/cueSpotter";

it("stops within a hundred segments when a long document is no longer wanted", async () => {
  const abort = new AbortController();
  let tokenized = 0;
  const model = {
    tokens: { bos: 1 },
    tokenize: (words: string, special: boolean) => {
      if (!special && ++tokenized === 1) setImmediate(() => abort.abort());
      return [words.length];
    },
  };
  const text = Array.from({ length: 2000 }, (_, index) => `Paragraph ${index} has some words, so that it stands as a passage of its own here.`).join("\n\n");
  const held = { model, header: { metadata: {} }, loaded: { contextSize: 512 } } as unknown as HeldModel;
  const scheme: CueScheme = { cue: "<|cue|>", none: "<|none|>", window: 512, labels: [] };
  const steps = readByCue(held, scheme, { text, segments: segmentDocument(text), wanted: (segment) => segment === 1999, own: [] }, abort.signal);
  await expect(steps.next()).rejects.toThrow("abort");
  expect(tokenized).toBeLessThanOrEqual(100);
});
