import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { HubChoice, HubDetails } from "../../protocol/hub";
import type { ModelFile } from "../../protocol/model";
import { finalPathOf, recordOf, targetOf } from "./downloadRecord";

/** Whether the files of a choice are in their place already, or else a model of the same file name and size that may be another one. */
export async function presentAt(details: HubDetails, choice: HubChoice, folder: string, models: readonly ModelFile[]): Promise<Pick<HubChoice, "here" | "alike">> {
  const target = targetOf(folder, details, choice);
  const { files } = recordOf(details, choice, target);
  const there = await Promise.all(files.map(async (file) => (await stat(finalPathOf(target, file)).catch(() => undefined))?.size === file.bytes));
  if (there.every(Boolean)) return { here: target };
  const name = basename(choice.id);
  return { alike: models.find((model) => model.bytes === choice.bytes && basename(model.path) === name)?.path };
}
