import type { ModelFile } from "../../protocol/model";
import { familyKey } from "./familyName";
import type { ReadFile } from "./fileFacts";

interface Entry {
  readonly file: ReadFile;
  readonly model: ModelFile;
}

/** Gives every model the paths of the projectors and adapters that belong to it. */
export function withAttachments(entries: readonly Entry[]): readonly ModelFile[] {
  const models = entries.filter(({ model }) => (model.role ?? "model") === "model");
  const attached = new Map<string, string[]>();
  for (const extra of entries) {
    if ((extra.model.role ?? "model") === "model" || extra.model.problem !== undefined) continue;
    const owners = extra.model.role === "projector" ? ownersOfProjector(extra, models) : ownersOfAdapter(extra, models);
    for (const { model } of owners) attached.set(model.path, [...(attached.get(model.path) ?? []), extra.model.path]);
  }
  return entries.map(({ model }) => {
    const attachments = attached.get(model.path);
    return attachments ? { ...model, attachments } : model;
  });
}

/** Those its source keeps it for; else those beside it, of its own family where several families share the folder. */
function ownersOfProjector(projector: Entry, models: readonly Entry[]): readonly Entry[] {
  const kept = projector.file.found.belongsTo;
  if (kept) return models.filter(({ model }) => kept.includes(model.path));
  const beside = models.filter((model) => placeOf(model) === placeOf(projector));
  if (new Set(beside.map(({ model }) => familyKey(model.family))).size <= 1) return beside;
  const key = familyKey(projector.model.family.replace(/mmproj/i, ""));
  return beside.filter(({ model }) => key !== "" && key === familyKey(model.family));
}

/**
 * Those its source keeps it for; else those of its architecture that it names as its base, or whose name its own begins
 * with; else those beside it where they are of one family.
 */
function ownersOfAdapter(adapter: Entry, models: readonly Entry[]): readonly Entry[] {
  const kept = adapter.file.found.belongsTo;
  if (kept) return models.filter(({ model }) => kept.includes(model.path));
  const fitting = models.filter(({ model }) => model.architecture === adapter.model.architecture && model.problem === undefined);
  const bases = new Set((adapter.file.facts.bases ?? []).map(familyKey));
  const named = fitting.filter(({ model, file }) => bases.has(familyKey(model.family)) || (file.facts.title !== undefined && bases.has(familyKey(file.facts.title))));
  if (named.length > 0 || bases.size > 0) return named;
  const key = familyKey(adapter.model.family);
  const alike = fitting.filter(({ model }) => key.startsWith(familyKey(model.family)));
  if (alike.length > 0) return alike;
  const beside = fitting.filter((model) => placeOf(model) === placeOf(adapter));
  return new Set(beside.map(({ model }) => familyKey(model.family))).size === 1 ? beside : [];
}

function placeOf({ model: { path } }: Entry): string {
  return path.replace(/[^\\/]*$/, "");
}
