import type { ModelFile } from "../../protocol/model";
import type { Deletion } from "../../services/models/deletion";
import { modelName } from "../../services/models/modelLibrary";
import { fileName, formatBytes } from "../format";

const shownNames = 4;

export function deletionQuestion(model: ModelFile): string {
  const name = model.source === "ollama" && model.name ? model.name : fileName(model.path);
  const parts = model.parts ? ` with its ${model.parts.paths.length} parts` : "";
  return `Delete ${name}${parts}?`;
}

/** What it frees, which files go, who needs it; then `ending`: what becomes of the files. */
export function deletionDetail(model: ModelFile, { files, bytes, keeps }: Deletion, dependents: readonly ModelFile[], ending: string): string {
  const freed = bytes > 0 ? `It frees ${formatBytes(bytes)}` : "It frees no space";
  const gone = files.length > 1 ? `: ${listed(files.map(fileName))}` : "";
  return [`${freed}${gone}.`, ...(keeps ? [keeps] : []), ...dependentWords(model, dependents), ending].join("\n\n");
}

function dependentWords(model: ModelFile, dependents: readonly ModelFile[]): readonly string[] {
  // Ollama's tags that share the file are told as the model itself under other names.
  const tags = dependents.filter(({ path }) => path === model.path);
  const attached = dependents.filter(({ role }) => role === "projector" || role === "adapter");
  const made = dependents.filter((file) => !attached.includes(file) && !tags.includes(file));
  return [
    ...(tags.length > 0 ? [`All its names go with it: ${listed(tags.map(nameOf))}.`] : []),
    ...(attached.length > 0 ? [`${listed(attached.map(({ path }) => fileName(path)))} ${attached.length === 1 ? "is" : "are"} of no use without it.`] : []),
    ...(made.length > 0 ? [`${listed(made.map(nameOf))} ${made.length === 1 ? "was" : "were"} made from it: still of use, but no longer to be measured against it.`] : []),
  ];
}

function nameOf(model: ModelFile): string {
  return model.name ?? modelName(model);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, shownNames);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(", ")} and ${more} more`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
