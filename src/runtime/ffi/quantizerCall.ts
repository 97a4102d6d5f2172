/** llama_model_quantize with the arrays that its parameters point to. */
import type { Address } from "./address";
import type { Koffi } from "./koffi";
import type { CopyBytes } from "./libc/memory";
import type { Llama } from "./llama";
import { NativeMemory } from "./nativeMemory";
import { llamaStructs, overrideTextBytes } from "./structs";
import { onWorker } from "./worker";

export interface QuantizerJob {
  readonly input: string;
  /** Ignored by a dry run. */
  readonly output: string;
  readonly ftype: number;
  readonly threads: number;
  readonly dryRun: boolean;
  readonly requantize: boolean;
  /** Mean squared input of each column by tensor; experts one after the other. */
  readonly imatrix?: ReadonlyMap<string, Float32Array>;
  /** Regular expressions (ECMAScript, searched in the tensor's name) and ggml_type numbers; the first that matches counts. */
  readonly tensorTypes?: readonly { readonly pattern: string; readonly type: number }[];
  /** Entries to write into the file: texts of at most `overrideTextBytes` - 1 bytes, and 32-bit counts. */
  readonly metadata?: ReadonlyMap<string, string | number>;
}

/** True on success; what went wrong is in the log. */
export type RunQuantizer = (job: QuantizerJob) => Promise<boolean>;

/** Values of llama_model_kv_override_type. */
const wholeNumber = 0;
const text = 3;

export function bindQuantizer(koffi: Koffi, llama: Llama, copy: CopyBytes): RunQuantizer {
  const structs = llamaStructs(koffi);

  function imatrixArray(memory: NativeMemory, columns: ReadonlyMap<string, Float32Array>): Address {
    const entries = [...columns].map(([name, data]) => ({ name: memory.text(name), data: memory.bytes(data), size: data.length }));
    return memory.structs(structs.imatrixData, [...entries, { name: null, data: null, size: 0 }]);
  }

  function tensorTypeArray(memory: NativeMemory, types: NonNullable<QuantizerJob["tensorTypes"]>): Address {
    const entries = types.map(({ pattern, type }) => ({ pattern: memory.text(pattern), type }));
    return memory.structs(structs.tensorOverride, [...entries, { pattern: null, type: 0 }]);
  }

  function metadataArray(memory: NativeMemory, metadata: ReadonlyMap<string, string | number>): Address {
    const entries = [...metadata].map(([key, value]) => override(key, value));
    return memory.structs(structs.metadataOverride, [...entries, override("", 0)]);
  }

  return async (job) => {
    const memory = new NativeMemory(koffi, copy);
    try {
      const params = llama.quantizeDefaultParams();
      Object.assign(params, { nthread: Math.max(1, job.threads), ftype: job.ftype, dry_run: job.dryRun, allow_requantize: job.requantize });
      if (job.imatrix?.size) params.imatrix = imatrixArray(memory, job.imatrix);
      if (job.tensorTypes?.length) params.tt_overrides = tensorTypeArray(memory, job.tensorTypes);
      if (job.metadata?.size) params.kv_overrides = metadataArray(memory, job.metadata);
      return (await onWorker(llama.quantize, job.input, job.output, params)) === 0;
    } finally {
      memory.dispose();
    }
  };
}

function override(key: string, value: string | number): object {
  const field = Buffer.alloc(overrideTextBytes);
  if (typeof value === "string") field.write(value, 0, overrideTextBytes - 1);
  else field.writeBigInt64LE(BigInt(value));
  return { tag: typeof value === "string" ? text : wholeNumber, key: zeroPadded(key), value: new BigInt64Array(field.buffer, field.byteOffset, field.length / 8) };
}

function zeroPadded(key: string): Int8Array {
  const field = Buffer.alloc(overrideTextBytes);
  field.write(key, 0, overrideTextBytes - 1);
  return new Int8Array(field.buffer, field.byteOffset, field.length);
}
