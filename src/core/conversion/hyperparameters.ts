import { HumanError } from "../../protocol/humanError";
import type { JsonObject } from "./checkpoint";
import { shownJson } from "./shown";

/** No model has more blocks, heads, columns or tokens than this. */
const most = 2 ** 26;

/** The numbers of a config.json, checked as they are asked for. Several names are spellings of one thing: the first one there is read. */
export class Hyperparameters {
  readonly #values: JsonObject;

  /** Models that also see or hear keep the numbers of their text part in `text_config`. */
  constructor(config: JsonObject) {
    this.#values = { ...config, ...objectOf(config.text_config) };
  }

  /** The same with values for what config.json leaves out. */
  withDefaults(defaults: JsonObject): Hyperparameters {
    const said = Object.entries(this.#values).filter(([, value]) => value !== undefined && value !== null);
    return new Hyperparameters({ ...defaults, ...Object.fromEntries(said), text_config: undefined });
  }

  get(...names: readonly string[]): unknown {
    const name = names.find((each) => this.#values[each] !== undefined && this.#values[each] !== null);
    return name === undefined ? undefined : this.#values[name];
  }

  /** A whole number from 1; throws where there is none. */
  count(...names: readonly string[]): number {
    const value = this.optionalCount(...names);
    if (value === undefined) throw new HumanError("notReadable", `config.json does not say "${names[0]}": the checkpoint is incomplete. Download it again.`);
    return value;
  }

  optionalCount(...names: readonly string[]): number | undefined {
    const value = this.get(...names);
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > most) throw badValue(names[0]!, value);
    return value;
  }

  number(...names: readonly string[]): number {
    const value = this.optionalNumber(...names);
    if (value === undefined) throw new HumanError("notReadable", `config.json does not say "${names[0]}": the checkpoint is incomplete. Download it again.`);
    return value;
  }

  optionalNumber(...names: readonly string[]): number | undefined {
    const value = this.get(...names);
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !Number.isFinite(value)) throw badValue(names[0]!, value);
    return value;
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    return typeof value === "string" ? value : undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.get(name);
    return typeof value === "boolean" ? value : undefined;
  }

  object(...names: readonly string[]): JsonObject | undefined {
    const value = this.get(...names);
    return isObject(value) ? value : undefined;
  }

  get blocks(): number {
    return this.count("num_hidden_layers", "n_layers", "n_layer", "num_layers");
  }
  get width(): number {
    return this.count("hidden_size", "n_embd");
  }
  get heads(): number {
    return this.count("num_attention_heads", "n_head");
  }
  get keyHeads(): number {
    const count = this.optionalCount("num_key_value_heads", "n_head_kv") ?? this.heads;
    if (this.heads % count !== 0) throw new HumanError("notReadable", `config.json shares ${count} heads of keys among ${this.heads} of queries, which does not go: it is damaged.`);
    return count;
  }
  /** Weights of one head: said, or the width shared out evenly. */
  get headWidth(): number {
    const said = this.optionalCount("head_dim");
    if (said === undefined && this.width % this.heads !== 0) throw new HumanError("notReadable", `config.json shares a width of ${this.width} among ${this.heads} heads, which does not go: the checkpoint is damaged.`);
    const width = said ?? this.width / this.heads;
    if (width % 2 !== 0) throw new HumanError("notReadable", `config.json gives heads of ${width} weights, which cannot be paired: it is damaged.`);
    return width;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function badValue(name: string, value: unknown): HumanError {
  return new HumanError("notReadable", `config.json gives ${shownJson(value)} as "${name}", which no model has: it is damaged. Download it again.`);
}
