import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import { fileName } from "../format";

/** The model that may be deleted. The path may come from another extension, so only what is listed counts. */
export function deletableModel(listed: readonly ModelFile[], path: string): ModelFile {
  const model = listed.find((candidate) => candidate.path === path);
  // Ollama's blobs have no ending.
  if (!model || (model.source !== "ollama" && !/\.gguf$/i.test(path))) {
    throw new HumanError("notFound", `${fileName(path)} is not among the models that Decant lists: delete it where you keep it.`);
  }
  if (model.builtIn) throw new HumanError("notWritable", `${fileName(path)} belongs to Decant and cannot be deleted.`);
  return model;
}
