/**
 * What a checkpoint computes, by the formulas of Hugging Face's transformers (modeling_llama, _mistral, _qwen2, _qwen3, _phi, _phi3,
 * _gemma, _gemma2, _gemma3 and modeling_rope_utils), in plain double precision: what llama.cpp's logits of the converted file are held against.
 */
import type { CheckpointFamily, CheckpointTensors } from "../checkpoint";
import { isFloatType, toFloats } from "../../src/core/conversion/elements";

export interface PlainModel {
  readonly family: CheckpointFamily;
  /** config.json. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: CheckpointTensors;
}

/** How positions turn a head: the angle per position of each pair, and what the turned head is multiplied by. */
interface Rotation {
  readonly frequencies: readonly number[];
  readonly factor: number;
}

type Vector = Float64Array;
interface Head {
  readonly query: readonly Vector[];
  readonly key: readonly Vector[];
  readonly value: readonly Vector[];
}

/** The logits of each token of a sequence. `pairs`: which weights of a head are turned together; transformers pairs those of its halves. */
export function plainLogits({ family, config, tensors }: PlainModel, tokens: readonly number[], pairs: "halves" | "neighbours" = "halves"): readonly Vector[] {
  const number = (name: string, otherwise = Number.NaN): number => (typeof config[name] === "number" ? config[name] : otherwise);
  const [width, heads, blocks] = [number("hidden_size"), number("num_attention_heads"), number("num_hidden_layers")];
  const keyHeads = number("num_key_value_heads", heads);
  const headWidth = number("head_dim", width / heads);
  const isGemma = family.startsWith("gemma");
  const sandwich = family === "gemma2" || family === "gemma3";
  const read = (name: string): Float32Array | undefined => {
    const tensor = tensors[name];
    if (tensor && !isFloatType(tensor.dtype)) throw new Error(`${name} is kept as ${tensor.dtype}.`);
    return tensor && toFloats(tensor.data, tensor.dtype as "F32");
  };
  const weights = (name: string): Float32Array => {
    const values = read(name);
    if (!values) throw new Error(`There is no ${name}.`);
    return values;
  };
  const norm = (name: string, xs: readonly Vector[]): readonly Vector[] => {
    const [weight, bias] = [weights(`${name}.weight`), read(`${name}.bias`)];
    return xs.map((x) => {
      const mean = bias ? sum(x) / x.length : 0;
      const scale = 1 / Math.sqrt(sum(x.map((each) => (each - mean) ** 2)) / x.length + number(bias ? "layer_norm_eps" : "rms_norm_eps"));
      return x.map((each, index) => (each - mean) * scale * (weight[index]! + (isGemma ? 1 : 0)) + (bias?.[index] ?? 0));
    });
  };
  const linear = (name: string, xs: readonly Vector[]): readonly Vector[] => {
    const [weight, bias] = [weights(`${name}.weight`), read(`${name}.bias`)];
    return xs.map((x) => Float64Array.from({ length: weight.length / x.length }, (_, row) => {
      let dot = bias?.[row] ?? 0;
      for (let column = 0; column < x.length; column++) dot += weight[row * x.length + column]! * x[column]!;
      return dot;
    }));
  };

  function attention(at: string, block: number, xs: readonly Vector[]): readonly Vector[] {
    const whole = family === "phi3" ? linear(`${at}.qkv_proj`, xs) : undefined;
    const part = (name: string, from: number, count: number): readonly Vector[] =>
      whole?.map((row) => row.slice(from * headWidth, (from + count) * headWidth)) ?? linear(`${at}.${name}_proj`, xs);
    const [query, key, value] = [part("q", 0, heads), part("k", heads, keyHeads), part("v", heads + keyHeads, keyHeads)];
    // Gemma 2 begins with a block of a window; of Gemma 3's, the last of six has none.
    const windowed = family === "gemma2" ? block % 2 === 0 : family === "gemma3" && (block + 1) % number("sliding_window_pattern") !== 0;
    const rotation = rotationOf(config, headWidth, windowed && family === "gemma3");
    const normed = (name: string, xs: readonly Vector[]): readonly Vector[] => (tensors[`${at}.${name}.weight`] ? norm(`${at}.${name}`, xs) : xs);
    const outputs = Array.from({ length: heads }, (_, head) => {
      const shared = Math.floor(head / (heads / keyHeads));
      const own = (xs: readonly Vector[], index: number): readonly Vector[] => xs.map((x) => x.slice(index * headWidth, (index + 1) * headWidth));
      return attended({
        query: normed("q_norm", own(query, head)).map((x, position) => rotated(x, position, rotation, pairs)),
        key: normed("k_norm", own(key, shared)).map((x, position) => rotated(x, position, rotation, pairs)),
        value: own(value, shared),
      }, number("query_pre_attn_scalar", headWidth) ** -0.5, number("attn_logit_softcapping", Infinity), windowed ? number("sliding_window") : Infinity);
    });
    const joined = xs.map((_, position) => Float64Array.from(outputs.flatMap((output) => [...output[position]!])));
    return linear(family === "phi2" ? `${at}.dense` : `${at}.o_proj`, joined);
  }

  function feedForward(at: string, xs: readonly Vector[]): readonly Vector[] {
    if (family === "phi2") return linear(`${at}.fc2`, linear(`${at}.fc1`, xs).map((x) => x.map(gelu)));
    const [gate, up] = family === "phi3"
      ? [0, 1].map((half) => linear(`${at}.gate_up_proj`, xs).map((x) => x.slice((half * x.length) / 2, ((half + 1) * x.length) / 2)))
      : ["gate", "up"].map((name) => linear(`${at}.${name}_proj`, xs));
    return linear(`${at}.down_proj`, gate!.map((x, position) => x.map((each, index) => (isGemma ? gelu : silu)(each) * up![position]![index]!)));
  }

  const embeddings = weights("model.embed_tokens.weight");
  let xs: readonly Vector[] = tokens.map((token) => Float64Array.from(embeddings.subarray(token * width, (token + 1) * width), (each) => each * (isGemma ? Math.sqrt(width) : 1)));
  for (let block = 0; block < blocks; block++) {
    const at = `model.layers.${block}`;
    const input = norm(`${at}.input_layernorm`, xs);
    const read = attention(`${at}.self_attn`, block, input);
    if (family === "phi2") {
      xs = added(added(xs, read), feedForward(`${at}.mlp`, input));
      continue;
    }
    xs = added(xs, sandwich ? norm(`${at}.post_attention_layernorm`, read) : read);
    const thought = feedForward(`${at}.mlp`, norm(`${at}.${sandwich ? "pre_feedforward" : "post_attention"}_layernorm`, xs));
    xs = added(xs, sandwich ? norm(`${at}.post_feedforward_layernorm`, thought) : thought);
  }
  const last = norm(family === "phi2" ? "model.final_layernorm" : "model.norm", xs);
  const cap = number("final_logit_softcapping", Infinity);
  return linear(tensors["lm_head.weight"] ? "lm_head" : "model.embed_tokens", last).map((x) => x.map((each) => capped(each, cap)));
}

/** Causal attention of one head, within a window of so many tokens. */
function attended({ query, key, value }: Head, scale: number, cap: number, window: number): readonly Vector[] {
  return query.map((q, position) => {
    const first = Math.max(0, position - window + 1);
    const scores = Float64Array.from({ length: position - first + 1 }, (_, index) => capped(sum(q.map((each, at) => each * key[first + index]![at]!)) * scale, cap));
    const largest = Math.max(...scores);
    const shares = scores.map((score) => Math.exp(score - largest));
    const total = sum(shares);
    return q.map((_, at) => shares.reduce((mix, share, index) => mix + (share / total) * value[first + index]![at]!, 0));
  });
}

function rotated(x: Vector, position: number, { frequencies, factor }: Rotation, pairs: "halves" | "neighbours"): Vector {
  const turned = x.slice();
  for (const [index, frequency] of frequencies.entries()) {
    const [one, other] = pairs === "halves" ? [index, index + frequencies.length] : [2 * index, 2 * index + 1];
    const [cos, sin] = [factor * Math.cos(position * frequency), factor * Math.sin(position * frequency)];
    turned[one] = x[one]! * cos - x[other]! * sin;
    turned[other] = x[other]! * cos + x[one]! * sin;
  }
  return turned;
}

/** Source: modeling_rope_utils of transformers, for texts within the original context. */
function rotationOf(config: Readonly<Record<string, unknown>>, headWidth: number, local: boolean): Rotation {
  const count = (headWidth * Number(config.partial_rotary_factor ?? 1)) / 2;
  const base = Number(local ? config.rope_local_base_freq : config.rope_theta ?? 10_000);
  const plain = Array.from({ length: count }, (_, index) => base ** (-index / count));
  const scaling = (local ? undefined : config.rope_scaling) as Readonly<Record<string, unknown>> | null | undefined;
  const { factor, original_max_position_embeddings: original, low_freq_factor: low, high_freq_factor: high } = (scaling ?? {}) as Readonly<Record<string, number>>;
  switch (scaling?.rope_type ?? scaling?.type) {
    case undefined: return { frequencies: plain, factor: 1 };
    case "linear": return { frequencies: plain.map((each) => each / factor!), factor: 1 };
    case "llama3": return {
      factor: 1,
      frequencies: plain.map((each) => {
        const smooth = Math.min(1, Math.max(0, ((original! * each) / (2 * Math.PI) - low!) / (high! - low!)));
        return (1 - smooth) * (each / factor!) + smooth * each;
      }),
    };
    case "yarn": {
      const place = (turns: number): number => (count * Math.log(original! / (turns * 2 * Math.PI))) / Math.log(base);
      const [from, to] = [Math.max(0, Math.floor(place(32))), Math.min(2 * count - 1, Math.ceil(place(1)))];
      return {
        factor: 0.1 * Math.log(factor!) + 1,
        frequencies: plain.map((each, index) => {
          const ramp = Math.min(1, Math.max(0, (index - from) / (to - from)));
          return (each / factor!) * ramp + each * (1 - ramp);
        }),
      };
    }
    case "longrope": {
      const trained = Number(config.original_max_position_embeddings);
      return {
        factor: Math.sqrt(1 + Math.log(Number(config.max_position_embeddings) / trained) / Math.log(trained)),
        frequencies: plain.map((each, index) => each / (scaling!.short_factor as readonly number[])[index]!),
      };
    }
    default: throw new Error("Another scaling.");
  }
}

function capped(value: number, cap: number): number {
  return cap === Infinity ? value : cap * Math.tanh(value / cap);
}

function silu(x: number): number {
  return x / (1 + Math.exp(-x));
}

/** "gelu_pytorch_tanh" and "gelu_new". */
function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

function added(xs: readonly Vector[], others: readonly Vector[]): readonly Vector[] {
  return xs.map((x, position) => x.map((each, index) => each + others[position]![index]!));
}

function sum(values: Vector): number {
  return values.reduce((total, each) => total + each, 0);
}
