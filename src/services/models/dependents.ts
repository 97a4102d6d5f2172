import type { ModelFile } from "../../protocol/model";

/**
 * What would miss a model: files made from it, projectors and adapters that only it has, and, where several tags of
 * Ollama share its file, the model once for each tag, under that name.
 */
export function dependentsOf(model: ModelFile, all: readonly ModelFile[]): readonly ModelFile[] {
  const made = all.filter(({ lineage }) => lineage?.parentPath === model.path);
  const others = new Set(all.filter(({ path }) => path !== model.path).flatMap(({ attachments = [] }) => attachments));
  const attached = all.filter(({ path }) => model.attachments?.includes(path) && !others.has(path));
  const tags = tagsOf(model);
  return [...made, ...attached, ...(tags.length > 1 ? tags.map((name) => ({ ...model, name })) : [])];
}

/** The tags of Ollama that share a model's file. */
export function tagsOf({ source, name }: ModelFile): readonly string[] {
  return source === "ollama" && name !== undefined ? name.split(", ") : [];
}
