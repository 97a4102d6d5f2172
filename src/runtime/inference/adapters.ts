import { basename } from "node:path";
import type { GgufHeader } from "../../core/gguf/header";
import { attachProblem } from "../../core/models/attachProblem";
import { HumanError } from "../../protocol/humanError";
import type { AdapterUse } from "../../protocol/model";
import { readHeader } from "../gguf/headerFile";

/** Checks that each file is a LoRA adapter of this model, before llama.cpp sees it. */
export async function checkAdapters(model: GgufHeader, adapters: readonly AdapterUse[]): Promise<void> {
  for (const { path, scale } of adapters) {
    if (!Number.isFinite(scale)) throw new HumanError("badArgument", `The scale of ${basename(path)} must be a number, e.g. 1 as it was trained or 0.5 for half of it.`);
    const problem = attachProblem(model, readHeader(path));
    if (problem) throw new HumanError("unsupported", `${basename(path)} ${problem}`);
  }
}
