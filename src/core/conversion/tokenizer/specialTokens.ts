import type { MetadataEntry } from "../../gguf/writer";
import type { JsonObject } from "../checkpoint";
import { flag, u32 } from "../entries";
import { objectOf } from "../hyperparameters";
import { addedInJson } from "./addedTokens";
import { stepsOf } from "./tokenizerJson";
import type { TokenizerFiles } from "./vocabulary";

/** Names in configurations, and in metadata. "seperator" is spelt so in llama.cpp. */
const roles = { bos: "bos", eos: "eos", unk: "unknown", sep: "seperator", pad: "padding", mask: "mask", eot: "eot" } as const;
type Role = keyof typeof roles;

/**
 * Which tokens begin and end a text, stand for what is unknown and so on, and which of them are added by themselves. Named by
 * tokenizer_config.json and found in tokenizer.json, else numbered by config.json. Source: SpecialVocab of gguf-py, v0.4.0.
 */
export function specialTokenEntries(files: TokenizerFiles, config: JsonObject, size: number): readonly MetadataEntry[] {
  const texts = namedTokens(files.tokenizerConfig);
  const template = templateOf(files.tokenizerJson);
  const adds = new Map<Role, boolean>();
  if (template.first !== undefined) {
    texts.bos ??= template.first;
    adds.set("bos", template.first === texts.bos || template.first === tokenText(files.tokenizerConfig?.cls_token));
  }
  if (template.last !== undefined) {
    // A template that ends otherwise: the configured end is that of a turn.
    if (texts.eos !== undefined && texts.eos !== template.last) texts.eot ??= texts.eos;
    texts.eos = template.last;
    adds.set("eos", true);
  }
  if (template.paired) adds.set("sep", template.separator !== undefined && [texts.sep, texts.eos].includes(template.separator) && template.last === undefined);
  for (const role of ["bos", "eos", "sep"] as const) {
    const said = files.tokenizerConfig?.[`add_${role}_token`];
    if (typeof said === "boolean") adds.set(role, said);
  }
  const ids = new Map(addedInJson(files.tokenizerJson).map(({ id, text }) => [text, id]));
  const entries: MetadataEntry[] = [];
  for (const role of Object.keys(roles) as Role[]) {
    const text = texts[role];
    const id = (text === undefined ? undefined : ids.get(text)) ?? numberOf(config, role);
    if (id !== undefined && id < size) entries.push(u32(`tokenizer.ggml.${roles[role]}_token_id`, id));
  }
  for (const [role, added] of adds) entries.push(flag(`tokenizer.ggml.add_${role}_token`, added));
  return entries;
}

function namedTokens(config: JsonObject | undefined): Partial<Record<Role, string>> {
  const texts: Partial<Record<Role, string>> = {};
  for (const role of Object.keys(roles) as Role[]) {
    const text = tokenText(config?.[`${role}_token`]);
    if (text !== undefined && role !== "eot") texts[role] = text;
  }
  return texts;
}

/** A token is configured as its text, or as an object that has it. */
function tokenText(value: unknown): string | undefined {
  const text = typeof value === "string" ? value : objectOf(value).content;
  return typeof text === "string" && text !== "" ? text : undefined;
}

/** A list of several ends is generation_config's affair: one number is read, no list. */
function numberOf(config: JsonObject, role: Role): number | undefined {
  const key = `${role}_token_id`;
  const value = config[key] ?? objectOf(config.text_config)[key];
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

interface Template {
  readonly first?: string;
  readonly last?: string;
  /** What a template for two texts puts between them. */
  readonly separator?: string;
  readonly paired?: boolean;
}

/** What TemplateProcessing of tokenizer.json puts around a text. */
function templateOf(tokenizer: JsonObject | undefined): Template {
  const step = stepsOf(tokenizer?.post_processor, "processors").find(({ type }) => type === "TemplateProcessing");
  const single = Array.isArray(step?.single) ? step.single.map(specialId) : [];
  const first = single.length > 1 ? single[0] : undefined;
  const last = single.length > 1 ? single.at(-1) : undefined;
  const pair = Array.isArray(step?.pair) ? step.pair.map(specialId) : [];
  // Around the pair stands what stands around one text; between its texts there may be a separator.
  const inner = pair.slice(first !== undefined && pair[0] === first ? 1 : 0, last !== undefined && pair.at(-1) === last ? -1 : undefined).slice(1, -1);
  const separator = inner.find((id) => id !== undefined);
  return { ...(first !== undefined && { first }), ...(last !== undefined && { last }), ...(separator !== undefined && { separator }), paired: inner.length > 0 };
}

function specialId(item: unknown): string | undefined {
  const { id } = objectOf(objectOf(item).SpecialToken);
  return typeof id === "string" ? id : undefined;
}
