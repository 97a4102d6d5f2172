import { describe, expect, it } from "vitest";
import type { ModelFile, QuantSize } from "../../../src/protocol/model";
import { levelChoices } from "../../../src/ui/quantize/levelChoices";

const model: ModelFile = {
  path: "/models/tiny-F16.gguf", family: "tiny", type: "F16", bytes: 10 * 1024 ** 2, parameters: 5e6, architecture: "llama", contextLength: 512,
};
const sizes: readonly QuantSize[] = [
  { type: "Q2_K", bytes: 2 * 1024 ** 2, bitsPerWeight: 3.1, fallbacks: 2 },
  { type: "F32", bytes: 20 * 1024 ** 2, bitsPerWeight: 32, fallbacks: 0 },
  { type: "IQ1_S", bytes: 1024 ** 2, bitsPerWeight: 1.6, fallbacks: 0, problem: "It needs an importance matrix." },
  { type: "Q8_0", bytes: 5.3 * 1024 ** 2, bitsPerWeight: 8.5, fallbacks: 0 },
  { type: "F16", bytes: 10 * 1024 ** 2, bitsPerWeight: 16, fallbacks: 0 },
];

describe("levelChoices", () => {
  const choices = levelChoices(model, sizes);

  it("lists what saves something first, then what does not, then what cannot be made", () => {
    expect(choices.map(({ type, group }) => `${type} ${group}`)).toEqual(["Q8_0 smaller", "Q2_K smaller", "F32 notSmaller", "F16 impossible", "IQ1_S impossible"]);
  });
  it("tells size, share and bits", () => {
    expect(choices[0]?.description).toBe("5.3 MiB · 53 % of F16 · 8.50 bits per weight");
  });
  it("tells of tensors that stay larger", () => {
    expect(choices[1]?.detail).toMatch(/2 tensors stay larger, because their rows do not divide\.$/);
  });
  it("says why a level cannot be picked", () => {
    expect(choices.slice(-2).map(({ detail }) => detail)).toEqual(["tiny is F16 already.", "It needs an importance matrix."]);
  });
});
