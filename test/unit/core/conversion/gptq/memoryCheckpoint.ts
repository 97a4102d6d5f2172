import type { Checkpoint, JsonObject, SourceTensor } from "../../../../../src/core/conversion/checkpoint";
import type { Dtype } from "../../../../../src/core/conversion/safetensors";

export interface MemoryTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A checkpoint that lies in memory; its tensors begin at odd addresses, as they may in a file's buffer. */
export function memoryCheckpoint(quantization: JsonObject | undefined, tensors: Readonly<Record<string, MemoryTensor>>, quantizeConfig?: JsonObject): Checkpoint {
  return {
    config: quantization ? { quantization_config: quantization } : {},
    quantizeConfig,
    tensors: new Map(Object.entries(tensors).map(([name, tensor]) => [name, sourceTensor(name, tensor)])),
  };
}

function sourceTensor(name: string, { dtype, shape, data }: MemoryTensor): SourceTensor {
  return {
    name,
    dtype,
    shape,
    bytes: data.length,
    read: (from = 0, to = data.length) => {
      const room = new Uint8Array(1 + to - from);
      room.set(data.subarray(from, to), 1);
      return Promise.resolve(room.subarray(1));
    },
  };
}

export function ints(shape: readonly number[], values: readonly number[]): MemoryTensor {
  return { dtype: "I32", shape, data: new Uint8Array(Int32Array.from(values).buffer) };
}

/** Half-precision numbers by their bits, e.g. 0x3800 for 0.5. */
export function halves(shape: readonly number[], bits: readonly number[]): MemoryTensor {
  return { dtype: "F16", shape, data: new Uint8Array(Uint16Array.from(bits).buffer) };
}

export function floats(shape: readonly number[], values: readonly number[]): MemoryTensor {
  return { dtype: "F32", shape, data: new Uint8Array(Float32Array.from(values).buffer) };
}
