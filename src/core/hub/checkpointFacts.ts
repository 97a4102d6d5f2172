import type { HubHeader } from "../../protocol/hub";
import type { ModelShape } from "../../protocol/model";
import type { SafetensorsEntry } from "../conversion/safetensors";
import { plainText } from "../models/safePath";
import { count, object } from "./answer";
import type { Quantization } from "./quantization";

/**
 * What a checkpoint tells of itself: the shape from config.json, by the names that Hugging Face transformers gives
 * (those of a text model inside of a larger one under `text_config`), weights and bits from its tensor tables.
 */
export function checkpointFacts(config: unknown, tensors: readonly SafetensorsEntry[], hasChatTemplate: boolean, quantization?: Quantization): HubHeader {
  const whole = object(config) ?? {};
  const text = object(whole.text_config) ?? whole;
  const parameters = tensors.reduce((sum, tensor) => sum + weightsIn(tensor, quantization), 0);
  const bytes = tensors.reduce((sum, { start, end }) => sum + end - start, 0);
  const shape = shapeOf(text, tensors);
  return {
    architecture: plainText(typeof whole.model_type === "string" ? whole.model_type : "unknown", 60),
    parameters,
    contextLength: count(text.max_position_embeddings) ?? 0,
    bitsPerWeight: (8 * bytes) / Math.max(1, parameters),
    hasChatTemplate,
    ...(shape && { shape }),
  };
}

/** GPTQ packs 32 / bits weights into each number of `qweight` (three bits: 32 into three numbers); its scales, zeros and order are no weights. */
function weightsIn({ name, shape }: SafetensorsEntry, quantization: Quantization | undefined): number {
  const elements = shape.reduce((product, size) => product * size, 1);
  if (quantization?.method !== "gptq" || quantization.bits === undefined) return elements;
  if (/\.(qzeros|scales|g_idx)$/.test(name)) return 0;
  return name.endsWith(".qweight") ? (elements * 32) / quantization.bits : elements;
}

function shapeOf(config: Readonly<Record<string, unknown>>, tensors: readonly SafetensorsEntry[]): ModelShape | undefined {
  const [blocks, embedding, heads] = [count(config.num_hidden_layers), count(config.hidden_size), count(config.num_attention_heads)];
  if (!blocks || !embedding || !heads) return undefined;
  const headWidth = count(config.head_dim) ?? embedding / heads;
  const width = (count(config.num_key_value_heads) ?? heads) * headWidth;
  const tied = tensors.length > 0 && !tensors.some(({ name }) => name === "lm_head.weight");
  const table = tensors.find(({ name }) => name.endsWith("embed_tokens.weight"));
  const bytes = tensors.reduce((sum, { start, end }) => sum + end - start, 0);
  return {
    blocks, embedding, heads, keyWidth: width, valueWidth: width,
    feedForward: count(config.intermediate_size) ?? 4 * embedding,
    vocabulary: count(config.vocab_size) ?? 0,
    tiedShare: tied && table ? (table.end - table.start) / Math.max(1, bytes) : 0,
  };
}
