import type { ModelFile } from "../../protocol/model";
import type { ModelFamily } from "../../services/models/modelLibrary";
import { fileName, formatBytes, formatCount } from "../format";

export interface FamilyNode {
  readonly kind: "family";
  readonly family: ModelFamily;
}
export interface ModelNode {
  readonly kind: "model";
  readonly model: ModelFile;
  readonly family: ModelFamily;
}
export type TreeNode = FamilyNode | ModelNode;

export function isModelNode(value: unknown): value is ModelNode {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "model" && "model" in value;
}

/** The level names a file of its family, unless two files share it or the header does not tell it. */
export function modelLabel({ model, family }: ModelNode): string {
  const twins = family.files.filter(({ type }) => type === model.type);
  return model.type === "unknown" || twins.length > 1 ? fileName(model.path) : model.type;
}

export function modelDescription({ model }: ModelNode, loaded: boolean): string {
  if (model.problem) return model.bytes > 0 ? `${formatBytes(model.bytes)} · cannot be used` : "cannot be used";
  return [formatBytes(model.bytes), formatCount(model.parameters), ...(loaded ? ["loaded"] : [])].join(" · ");
}

/** The `viewItem` that menus are bound to, e.g. "model.loaded.builtIn". */
export function modelContext(model: ModelFile, loaded: boolean): string {
  return ["model", ...(loaded ? ["loaded"] : []), ...(model.builtIn ? ["builtIn"] : []), ...(model.problem ? ["problem"] : [])].join(".");
}

export function familyDescription(family: ModelFamily): string {
  return family.builtIn ? "built in" : `${family.files.length} ${family.files.length === 1 ? "file" : "files"}`;
}
