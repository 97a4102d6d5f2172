import type { MetadataEntry } from "../../gguf/writer";
import type { JsonObject } from "../checkpoint";
import { f32, i32, text, texts, u32 } from "../entries";
import { listIn, type ModelCard, textIn } from "./modelCard";
import { type NameParts, namePartsOf, sizeLabelOf, titleOf } from "./modelName";

export interface Origin {
  /** Name of the checkpoint's folder, or "owner/name" where it lies in a hub's cache. */
  readonly folder: string;
  readonly card: ModelCard;
  /** config.json. */
  readonly config: JsonObject;
  /** generation_config.json. */
  readonly generation: JsonObject;
  readonly parameters: number;
}

/** Where a model comes from, as metadata. Source: gguf-py's metadata.py, v0.4.0, which tells the same from the same files. */
export function generalEntries(origin: Origin): readonly MetadataEntry[] {
  const { card, parameters } = origin;
  const parts = partsOf(origin);
  const name = textIn(card, "name", "model_name") ?? (parts.name === undefined ? undefined : titleOf(parts.name)) ?? origin.folder;
  const organization = parts.organization === undefined ? undefined : titleOf(parts.organization);
  return [
    text("general.type", "model"),
    ...samplingEntries(origin.generation),
    text("general.name", name),
    ...optional("general.author", textIn(card, "author", "model_author", "model_creator")),
    ...optional("general.version", parts.version),
    ...optional("general.organization", textIn(card, "organization", "model_organization") ?? organization),
    ...optional("general.finetune", parts.finetune),
    ...optional("general.basename", textIn(card, "basename", "model_basename", "model_type") ?? parts.basename),
    ...optional("general.description", textIn(card, "description", "model_description")),
    text("general.size_label", parts.sizeLabel ?? sizeLabelOf(parameters)),
    ...optional("general.license", listIn(card, "license").join(",") || undefined),
    ...optional("general.license.name", textIn(card, "license_name")),
    ...optional("general.license.link", textIn(card, "license_link")),
    ...relatives("base_model", listIn(card, firstOf(card, "base_model", "base_models", "base_model_sources")), parameters),
    ...relatives("dataset", listIn(card, firstOf(card, "datasets", "dataset", "dataset_sources")), parameters),
    ...list("general.tags", listIn(card, "tags", "pipeline_tag")),
    ...list("general.languages", listIn(card, "languages", "language")),
  ];
}

/** Each part from the first that tells: the name that the configuration remembers, else the folder's. */
function partsOf({ folder, config, parameters }: Origin): NameParts {
  const said = config._name_or_path;
  // Not a path on somebody's machine.
  const remembered = typeof said === "string" && said.split("/").length <= 2 ? namePartsOf(said, parameters) : {};
  return { ...namePartsOf(folder, parameters), ...remembered };
}

function samplingEntries(generation: JsonObject): readonly MetadataEntry[] {
  const number = (key: string): number | undefined => (typeof generation[key] === "number" && Number.isFinite(generation[key]) ? generation[key] : undefined);
  const topK = number("top_k");
  const floats = [["top_p", number("top_p")], ["min_p", number("min_p")], ["temp", number("temperature")], ["penalty_repeat", number("penalty_repeat") ?? number("repetition_penalty")]] as const;
  return [
    ...(topK === undefined || !Number.isInteger(topK) || Math.abs(topK) >= 2 ** 31 ? [] : [i32("general.sampling.top_k", topK)]),
    ...floats.flatMap(([key, value]) => (value === undefined ? [] : [f32(`general.sampling.${key}`, value)])),
  ];
}

function relatives(kind: string, ids: readonly string[], parameters: number): readonly MetadataEntry[] {
  if (ids.length === 0) return [];
  return [u32(`general.${kind}.count`, ids.length), ...ids.flatMap((id, index) => relative(`general.${kind}.${index}`, id, parameters))];
}

/** "owner/name", or an address. */
function relative(prefix: string, id: string, parameters: number): readonly MetadataEntry[] {
  const address = /^(https?|ssh):\/\//.test(id);
  const named = address ? /^https?:\/\/huggingface\.co\/([^/]+\/[^/]+)$/.exec(id)?.[1] : id;
  const { name, organization, version } = named === undefined ? {} : namePartsOf(named, parameters);
  const url = address ? id : organization !== undefined && name !== undefined ? `https://huggingface.co/${organization}/${name}` : undefined;
  return [
    ...optional(`${prefix}.name`, name === undefined ? undefined : titleOf(name)),
    ...optional(`${prefix}.version`, version),
    ...optional(`${prefix}.organization`, organization === undefined ? undefined : titleOf(organization)),
    ...optional(`${prefix}.repo_url`, url),
  ];
}

function optional(key: string, value: string | undefined): readonly MetadataEntry[] {
  return value === undefined || value === "" ? [] : [text(key, value)];
}

function list(key: string, values: readonly string[]): readonly MetadataEntry[] {
  return values.length === 0 ? [] : [texts(key, values)];
}

function firstOf(card: ModelCard, ...keys: readonly string[]): string {
  return keys.find((key) => card[key] !== undefined) ?? keys[0]!;
}
