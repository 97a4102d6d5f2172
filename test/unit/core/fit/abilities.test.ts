import { describe, expect, it } from "vitest";
import { abilitiesOf, abilityFor } from "../../../../src/core/fit/abilities";

const GiB = 1024 ** 3;
const sample = { name: "contracts-5m F16", parameters: 5.1e6, hasChatTemplate: false };
const small = { name: "Small-0.5B Q8_0", parameters: 0.49e9, hasChatTemplate: true };
const middle = { name: "Qwen2.5-1.5B-Instruct Q8_0", parameters: 1.54e9, hasChatTemplate: true };
const large = { name: "Large-7B Q4_K_M", parameters: 7.6e9, hasChatTemplate: true };

describe("what a model can be asked", () => {
  it("is nothing without a chat template, with its size and one to get that fits the machine", () => {
    // 1.54e9 weights · 8.5 bits / 8 = 1.636e9 bytes = 1.5 GiB
    expect(abilityFor("questions", { model: sample, memory: 16 * GiB })).toEqual({
      able: false,
      sentence: "contracts-5m F16 has 5.1 million weights and no chat template; questions need an instruct model of about 1.5 billion weights, for instance Qwen2.5-1.5B-Instruct at Q8_0 (1.5 GiB), which fits this machine.",
    });
  });

  it("names a smaller level where the machine is small, and says so where none fits", () => {
    // 4.02e9 · 4.85 / 8 = 2.44e9 bytes = 2.3 GiB; 0.6 of 4 GiB are 2.4 GiB.
    expect(abilityFor("obligations", { model: sample, memory: 4 * GiB }).sentence).toContain("Qwen3-4B-Instruct-2507 at Q4_K_M (2.3 GiB), which fits this machine");
    expect(abilityFor("obligations", { model: sample, memory: 2 * GiB }).sentence).toContain("this machine's 2.0 GiB of memory have no room for one");
  });

  it("names a model that is there before one to get", () => {
    expect(abilityFor("wording", { model: sample, memory: 16 * GiB, atHand: [middle, large] }).sentence).toMatch(/3 billion weights, such as Large-7B Q4_K_M, which is among your models\.$/);
  });

  it("comes with a warning from a model that is small for the task", () => {
    const { facts, obligations, summary, questions } = abilitiesOf({ model: middle, memory: 16 * GiB });
    expect([facts, summary, questions]).toEqual([{ able: true }, { able: true }, { able: true }]);
    expect(obligations).toEqual({ able: true, sentence: expect.stringMatching(/^Qwen2\.5-1\.5B-Instruct Q8_0 has 1\.5 billion weights; for reliable answers obligations and risks need an instruct model of about 3 billion/) as string });
    expect(abilityFor("facts", { model: small, memory: 16 * GiB })).toMatchObject({ able: true, sentence: expect.stringContaining("490 million weights") as string });
  });

  it("has no limits for a large one", () => {
    expect(Object.values(abilitiesOf({ model: large, memory: GiB }))).toEqual([{ able: true }, { able: true }, { able: true }, { able: true }]);
  });
});
