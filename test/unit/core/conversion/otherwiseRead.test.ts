import { describe, expect, it } from "vitest";
import { planFile } from "../../../../src/core/conversion/conversionPlan";
import type { CheckpointFamily } from "../../../checkpoint";
import { checkpointFiles } from "../../../checkpointFiles";

type Config = Readonly<Record<string, unknown>>;

async function notesOf(family: CheckpointFamily, config: Config): Promise<string> {
  return (await planFile(checkpointFiles({ family, config }), "auto")).plan.notes.join(" ");
}

it("positions that are scaled by the context, not by the text, are told of Phi 3", async () => {
  expect(await notesOf("phi3", {})).toMatch(/beyond 64 tokens.*load it with 64 at most/);
  expect(await notesOf("phi3", { rope_scaling: null })).not.toMatch(/positions/);
});

describe("a window that llama.cpp does not have", () => {
  it.each<[CheckpointFamily, Config]>([
    ["mistral", { sliding_window: 64 }],
    ["phi3", { sliding_window: 64 }],
    ["qwen2", { sliding_window: 64, use_sliding_window: true, max_window_layers: 1 }],
    ["qwen3", { sliding_window: 64, use_sliding_window: true }],
  ])("is told of %s", async (family, config) => {
    expect(await notesOf(family, config)).toMatch(/attends to the last 64 alone, in llama\.cpp to all .* up to 64 tokens are read alike/);
  });

  it.each<[string, CheckpointFamily, Config]>([
    ["there is none", "mistral", { sliding_window: null }],
    ["it is not used", "qwen2", { sliding_window: 64, use_sliding_window: false }],
    ["no block uses it", "qwen2", { sliding_window: 64, use_sliding_window: true, max_window_layers: 2 }],
    ["it is as long as the context", "phi3", { sliding_window: 256 }],
    ["the original program does not know it", "llama", { sliding_window: 64 }],
    ["llama.cpp has it", "gemma2", { sliding_window: 64 }],
  ])("is not told where %s", async (_why, family, config) => {
    expect(await notesOf(family, config)).not.toMatch(/attends/);
  });
});
