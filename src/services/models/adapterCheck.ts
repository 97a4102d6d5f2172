import { basename } from "node:path";
import { attachProblem } from "../../core/models/attachProblem";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import { readGgufSummary } from "../ggufFile";
import { readWholeModel } from "./modelParts";

/** Throws a HumanError where a file is no LoRA adapter of this model; headers only, so that nothing is let go for one in vain. */
export async function requireAdapters(model: Pick<ModelFile, "path">, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const { header } = await readWholeModel(model.path, readGgufSummary);
  for (const path of paths) {
    const { header: adapter } = await readGgufSummary(path);
    if (adapter.problem) throw new HumanError(adapter.problem.code, `${basename(path)}: ${adapter.problem.message}`, { cause: adapter.problem });
    const problem = attachProblem(header, adapter);
    if (problem !== undefined) throw new HumanError("unsupported", `${basename(path)} ${problem}`);
  }
}
