import type { Dtype } from "./safetensors";

export type JsonObject = Readonly<Record<string, unknown>>;

/** A tensor of a checkpoint, where it lies. */
export interface SourceTensor {
  readonly name: string;
  readonly dtype: Dtype;
  /** As in the file: rows first, row length last. */
  readonly shape: readonly number[];
  /** In the file. */
  readonly bytes: number;
  /** Its bytes, little-endian, or those from `from` up to `to` (counted in the tensor). */
  read(from?: number, to?: number): Promise<Uint8Array>;
}

/** A Hugging Face checkpoint, opened. */
export interface Checkpoint {
  /** config.json. */
  readonly config: JsonObject;
  /** quantize_config.json, where AutoGPTQ left one. */
  readonly quantizeConfig?: JsonObject;
  readonly tensors: ReadonlyMap<string, SourceTensor>;
}
