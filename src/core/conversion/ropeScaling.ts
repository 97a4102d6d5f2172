import { HumanError } from "../../protocol/humanError";
import type { MetadataEntry } from "../gguf/writer";
import type { JsonObject } from "./checkpoint";
import { f32, text, u32 } from "./entries";
import { type Hyperparameters, objectOf } from "./hyperparameters";
import { shown } from "./shown";

/** Rotary position embeddings: of all blocks, and of those with a sliding window where they differ. */
export interface Rope {
  readonly type?: string;
  readonly base?: number;
  readonly slidingBase?: number;
  /** Everything said of the scaling. */
  readonly values: JsonObject;
}

/** Both spellings: `rope_scaling` with `rope_theta` beside it, and `rope_parameters` of newer releases, per kind of block or not. */
export function ropeOf(model: Hyperparameters): Rope {
  const said = objectOf(model.get("rope_parameters", "rope_scaling"));
  const values: JsonObject = said.full_attention === undefined ? said : objectOf(said.full_attention);
  const type = values.rope_type ?? values.type;
  const base = numberIn(values, "rope_theta") ?? model.optionalNumber("rope_theta", "rotary_emb_base");
  const slidingBase = numberIn(objectOf(said.sliding_attention), "rope_theta") ?? model.optionalNumber("rope_local_base_freq");
  return { values, ...(typeof type === "string" && { type: type.toLowerCase() }), ...(base !== undefined && { base }), ...(slidingBase !== undefined && { slidingBase }) };
}

/** Frequencies and their scaling as metadata. Source: set_gguf_parameters of llama.cpp's conversion/base.py, v0.4.0. */
export function ropeEntries(prefix: string, rope: Rope): readonly MetadataEntry[] {
  return [
    ...scalingEntries(prefix, rope),
    ...(rope.base === undefined ? [] : [f32(`${prefix}.rope.freq_base`, rope.base)]),
    ...(rope.slidingBase === undefined ? [] : [f32(`${prefix}.rope.freq_base_swa`, rope.slidingBase)]),
  ];
}

function scalingEntries(prefix: string, { type, values }: Rope): readonly MetadataEntry[] {
  const scaling = `${prefix}.rope.scaling`;
  switch (type) {
    // "llama3" becomes a tensor of factors; "dynamic" begins where the trained context ends.
    case undefined: case "default": case "llama3": case "dynamic": return [];
    case "linear": return [text(`${scaling}.type`, "linear"), f32(`${scaling}.factor`, required(values, "factor"))];
    case "yarn": return [
      text(`${scaling}.type`, "yarn"),
      f32(`${scaling}.factor`, required(values, "factor")),
      u32(`${scaling}.original_context_length`, positions(values) ?? required(values, "original_max_position_embeddings (a whole number)")),
      ...optional(`${scaling}.yarn_ext_factor`, values, "extrapolation_factor"),
      ...optional(`${scaling}.yarn_attn_factor`, values, "attention_factor" in values ? "attention_factor" : "attn_factor"),
      ...optional(`${scaling}.yarn_beta_fast`, values, "beta_fast"),
      ...optional(`${scaling}.yarn_beta_slow`, values, "beta_slow"),
    ];
    default: throw new HumanError("unsupported", `The positions of this model are scaled by ${shown(type)}, which llama.cpp does not know for models of its kind.`);
  }
}

/** How texts are read otherwise than by the original program. */
export function ropeNotes(model: Hyperparameters): readonly string[] {
  const { type, values } = ropeOf(model);
  if (type === "dynamic") return ["Positions beyond the trained context are scaled dynamically in the original program, which llama.cpp does not do: texts up to the trained context are read alike."];
  if (type !== "longrope" && type !== "su") return [];
  // Source: get_rope_factors of llama-model.cpp, v0.4.0.
  const short = positions(values) ?? model.optionalCount("original_max_position_embeddings");
  if (short === undefined) return [];
  return [`The original program scales the positions of texts beyond ${short} tokens, llama.cpp those of all texts once the model is loaded with a larger context: load it with ${short} at most, and shorter texts are read alike.`];
}

/**
 * Factors that llama 3.1 divides its frequencies by: low ones by `factor`, high ones not at all, a smooth way between.
 * Undefined for a model without them. Source: "Llama 3.1" in transformers' modeling_rope_utils; computed in F32 as there.
 */
export function llama3Factors(model: Hyperparameters, { type, base, values }: Rope): Float32Array | undefined {
  if (type !== "llama3") return undefined;
  const width = model.headWidth;
  const factor = numberIn(values, "factor") ?? 8;
  const low = numberIn(values, "low_freq_factor") ?? 1;
  const high = numberIn(values, "high_freq_factor") ?? 4;
  const context = numberIn(values, "original_max_position_embeddings") ?? 8192;
  return Float32Array.from({ length: Math.ceil(width / 2) }, (_, index) => {
    const exponent = Math.fround((2 * index) / width);
    const frequency = Math.fround(1 / Math.fround((base ?? 10_000) ** exponent));
    const wave = Math.fround(Math.fround(2 * Math.PI) / frequency);
    if (wave < context / high) return 1;
    if (wave > context / low) return factor;
    const smooth = (context / wave - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}

export function numberIn(values: JsonObject, name: string): number | undefined {
  const value = values[name];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Tokens of the context that a model was first trained for, where config.json says it. */
export function positions(values: JsonObject): number | undefined {
  const value = numberIn(values, "original_max_position_embeddings");
  return value !== undefined && Number.isInteger(value) && value > 0 && value < 2 ** 31 ? value : undefined;
}

function required(values: JsonObject, name: string): number {
  const value = numberIn(values, name);
  if (value === undefined || value <= 0) throw new HumanError("notReadable", `config.json scales the model's positions without a "${name}": it is damaged. Download it again.`);
  return value;
}

function optional(key: string, values: JsonObject, name: string): readonly MetadataEntry[] {
  const value = numberIn(values, name);
  return value === undefined ? [] : [f32(key, value)];
}
