import type { Download } from "../../protocol/hub";
import type { LoadedModel, ModelFile } from "../../protocol/model";
import { tagsOf } from "../../services/models/dependents";
import { type ModelFamily, modelName } from "../../services/models/modelLibrary";
import { fileName } from "../format";
import { inLineageOrder } from "./lineageOrder";
import { modelPage } from "./modelPage";
import { sourceNames } from "./modelWords";
import { toldApart } from "./toldApart";

export interface DownloadNode {
  readonly kind: "download";
  readonly download: Download;
}
export interface FamilyNode {
  readonly kind: "family";
  readonly family: ModelFamily;
}
/** A model, or a projector or adapter: then `owner` is the model that it stands under. */
export interface ModelNode {
  readonly kind: "model";
  readonly model: ModelFile;
  readonly family: ModelFamily;
  readonly owner?: ModelFile;
}
/** What to do while there is nothing but the model that ships with Decant. */
export interface HintNode {
  readonly kind: "hint";
}
export type TreeNode = DownloadNode | FamilyNode | ModelNode | HintNode;

export function isModelNode(value: unknown): value is ModelNode {
  return isKind(value, "model") && "model" in value;
}

export function isDownloadNode(value: unknown): value is DownloadNode {
  return isKind(value, "download") && "download" in value;
}

function isKind(value: unknown, kind: TreeNode["kind"]): value is object {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}

/** A family's models, each after what it was made from; projectors and adapters of no model here stand at the end. */
export function modelsOf(family: ModelFamily): readonly ModelNode[] {
  const models = family.files.filter(isModel);
  const attached = new Set(models.flatMap(({ attachments }) => attachments ?? []));
  const loose = family.files.filter((file) => !isModel(file) && !attached.has(file.path));
  return [...inLineageOrder(models), ...loose].map((model) => ({ kind: "model", model, family }));
}

/** Projectors and adapters of a model; `all` are the files at hand. */
export function attachmentsOf({ model, family, owner }: ModelNode, all: readonly ModelFile[]): readonly ModelNode[] {
  if (owner) return [];
  const files = (model.attachments ?? []).flatMap((path) => all.find((file) => file.path === path) ?? []);
  return files.map((file) => ({ kind: "model", model: file, family, owner: model }));
}

/** The level names a file of its family, unless two files share it or the header does not tell it. */
export function modelLabel({ model, family, owner }: ModelNode): string {
  const twins = family.files.filter((file) => isModel(file) && file.type === model.type);
  const isPlain = !owner && isModel(model) && model.type !== "unknown" && twins.length < 2;
  return isPlain ? model.type : ownName(model);
}

/** The label as it is read aloud: a level alone names nothing where the family's row is not in sight. */
export function spokenLabel(node: ModelNode): string {
  const label = modelLabel(node);
  return label === node.model.type ? modelName(node.model) : label;
}

/** What tells a file from another one that bears the same label; undefined where none does. */
export function distinction(node: ModelNode): string | undefined {
  const { model, family, owner } = node;
  if (owner) return undefined;
  const label = modelLabel(node);
  const twins = family.files.filter((file) => file.path !== model.path && isModel(file) === isModel(model) && modelLabel({ ...node, model: file }) === label);
  if (twins.length === 0) return undefined;
  const names = [model, ...twins].map(({ source, name }) => (source && sourceNames[source]) ?? name);
  if (names[0] !== undefined && names.filter((name) => name === names[0]).length === 1) return names[0];
  return toldApart(model.path, twins.map(({ path }) => path));
}

/** The tags by which Ollama knows a model, where its label does not tell them, e.g. "llama3.2:1b and 2 more". */
export function tagWords(node: ModelNode): string | undefined {
  const [first, ...more] = tagsOf(node.model);
  if (first === undefined || modelLabel(node) === node.model.name) return undefined;
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

/** A row that cannot be used as it is read aloud. Most problems name the file already. */
export function spokenProblem(node: ModelNode, problem: string): string {
  const label = spokenLabel(node);
  return problem.startsWith(label) ? problem : `${label}: ${problem}`;
}

/** The `viewItem` that menus are bound to, e.g. "model.loaded.builtIn", "adapter", "model.ollama.page.problem". */
export function modelContext(model: ModelFile, loaded: LoadedModel | undefined, hubUrl = ""): string {
  return [
    model.role ?? "model",
    ...(loaded ? ["loaded"] : []),
    ...(loaded?.adapters?.length ? ["adapted"] : []),
    ...(model.builtIn ? ["builtIn"] : []),
    ...(model.source === "ollama" ? ["ollama"] : []),
    ...(modelPage(model, hubUrl) ? ["page"] : []),
    ...(model.problem ? ["problem"] : []),
  ].join(".");
}

export function familyDescription(family: ModelFamily): string {
  if (family.builtIn) return "built in";
  const models = family.files.filter(isModel).length;
  const sources = [...new Set(family.files.map(({ source }) => source))];
  const from = sources.flatMap((source) => (source ? sourceNames[source] : []));
  return [...(models > 0 ? [`${models} ${models === 1 ? "file" : "files"}`] : []), ...from].join(" · ");
}

function isModel({ role }: ModelFile): boolean {
  return role === undefined || role === "model";
}

/** Blobs of Ollama are named by their hash, which tells a person nothing; of a split model no part is meant. */
function ownName({ path, name, source, parts }: ModelFile): string {
  if (source === "ollama" && name) return name;
  return parts ? fileName(path).replace(/-\d{5}-of-\d{5}(?=\.gguf$)/i, "") : fileName(path);
}
