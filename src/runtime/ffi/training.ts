/** llama.h and ggml-opt.h: training by back-propagation on the CPU. */
import type { Address } from "./address";
import type { Koffi, LibraryHandle } from "./koffi";
import type { CopyBytes } from "./libc/memory";
import { onWorker } from "./worker";

/** Of AdamW, for one step. */
export interface StepSettings {
  readonly learningRate: number;
  readonly weightDecay: number;
}

export interface TrainingOptions {
  /** Tokens of a sequence: the context's size. */
  readonly context: number;
  readonly vocabSize: number;
  /** Asked about each of the model's own F32 tensors but the token embedding, which llama.cpp leaves out: does it learn? */
  learns(tensor: Address): boolean;
}

/** One step, from one sequence. */
export interface TrainingStep extends StepSettings {
  /** As many as the context has. */
  readonly tokens: Int32Array;
  /** The token that is to be expected after each. */
  readonly next: Int32Array;
  /**
   * A distribution over the vocabulary for each position, one after the other, instead of `next`. Only where the sequence is
   * computed in one piece.
   */
  readonly distributions?: Float32Array;
}

/** A context that learns. Ends with its context. */
export interface TrainingRun {
  /** The loss before the step: mean over the positions, nats. */
  step(step: TrainingStep): Promise<number>;
  dispose(): void;
}

export interface Training {
  /** Marks a tensor, e.g. of an adapter, as one that learns; before `begin`. */
  learn(tensor: Address): void;
  /** The context must have decoded a batch: its number of threads holds from then on. */
  begin(context: Address, model: Address, options: TrainingOptions): Promise<TrainingRun>;
  /** The numbers of an F32 tensor, and others in their place: as many as it has. */
  read(tensor: Address): Float32Array;
  write(tensor: Address, values: Float32Array): void;
  nameOf(tensor: Address): string;
  /** Null for a file that is no adapter of the model. Freed with the model. */
  loadAdapter(model: Address, path: string): Promise<Address | null>;
  /** These and no others from now on. 0 on success. */
  useAdapters(context: Address, adapters: readonly Address[], scales: readonly number[]): number;
}

const i32 = 26;
const adamW = 0;
const adam = { beta1: 0.9, beta2: 0.999, eps: 1e-8 };
const noStochasticDescent = { sgd_alpha: 0, sgd_wd: 0 };

export function bindTraining(koffi: Koffi, llama: LibraryHandle, base: LibraryHandle, copy: CopyBytes): Training {
  const stepSettings = koffi.struct({ alpha: "float", beta1: "float", beta2: "float", eps: "float", wd: "float", sgd_alpha: "float", sgd_wd: "float" });
  const params = koffi.struct({
    n_ctx_train: "uint32_t", param_filter: "void*", param_filter_ud: "void*", get_opt_pars: "void*", get_opt_pars_ud: "void*", optimizer_type: "int",
  });
  const filterType = koffi.pointer(koffi.proto("bool", ["void*", "void*"]));
  const settingsType = koffi.pointer(koffi.proto(stepSettings, ["void*"]));
  const doneType = koffi.pointer(koffi.proto("void", ["bool", "void*", "void*", "void*", "int64_t", "int64_t", "int64_t"]));
  const native = {
    init: llama.func("llama_opt_init", "void", ["void*", "void*", params]),
    epoch: llama.func("llama_opt_epoch", "void", ["void*", "void*", "void*", "void*", "int64_t", "void*", "void*"]),
    loadAdapter: llama.func("llama_adapter_lora_init", "void*", ["void*", "str"]),
    useAdapters: llama.func("llama_set_adapters_lora", "int32_t", ["void*", koffi.pointer("void*"), "size_t", koffi.pointer("float")]),
    newDataset: base.func("ggml_opt_dataset_init", "void*", ["int", "int", "int64_t", "int64_t", "int64_t", "int64_t"]),
    freeDataset: base.func("ggml_opt_dataset_free", "void", ["void*"]),
    dataOf: base.func("ggml_opt_dataset_data", "void*", ["void*"]),
    labelsOf: base.func("ggml_opt_dataset_labels", "void*", ["void*"]),
    valuesOf: base.func("ggml_get_data", "void*", ["void*"]),
    newResult: base.func("ggml_opt_result_init", "void*", []),
    freeResult: base.func("ggml_opt_result_free", "void", ["void*"]),
    lossOf: base.func("ggml_opt_result_loss", "void", ["void*", koffi.out(koffi.pointer("double")), koffi.out(koffi.pointer("double"))]),
    labelsNow: base.func("ggml_opt_labels", "void*", ["void*"]),
    get: base.func("ggml_backend_tensor_get", "void", ["void*", "void*", "size_t", "size_t"]),
    set: base.func("ggml_backend_tensor_set", "void", ["void*", "void*", "size_t", "size_t"]),
    setParameter: base.func("ggml_set_param", "void", ["void*"]),
  } as unknown as Record<string, (...args: unknown[]) => Address>;
  const contextSize = llama.func("llama_n_ctx", "uint32_t", ["void*"]) as unknown as (context: Address) => number;
  const elements = base.func("ggml_nelements", "int64_t", ["void*"]) as unknown as (tensor: Address) => number | bigint;
  const nameOf = base.func("ggml_get_name", "str", ["void*"]) as unknown as (tensor: Address) => string;

  async function begin(context: Address, model: Address, { context: length, vocabSize, learns }: TrainingOptions): Promise<TrainingRun> {
    let optimizer: Address | undefined;
    let current: TrainingStep | undefined;
    const filter = koffi.register((tensor: Address) => learns(tensor), filterType) as Address;
    // Called once the labels are in their tensor, and before anything is computed with them.
    const settings = koffi.register(() => {
      const { learningRate = 0, weightDecay = 0, distributions } = current ?? {};
      if (distributions && optimizer !== undefined) native.set!(native.labelsNow!(optimizer), distributions, 0, 4 * length * vocabSize);
      return { alpha: learningRate, wd: weightDecay, ...adam, ...noStochasticDescent };
    }, settingsType) as Address;
    const done = koffi.register((_: boolean, own: Address) => void (optimizer = own), doneType) as Address;
    native.init!(context, model, { n_ctx_train: length, param_filter: filter, param_filter_ud: null, get_opt_pars: settings, get_opt_pars_ud: null, optimizer_type: adamW });
    // Contexts are rounded up, and so long is what is read of a data set, of which only the first part is used.
    const read = contextSize(context);
    const dataset = native.newDataset!(i32, i32, read, read, 1, 1);
    const fill = (tensor: Address, values: Int32Array): void => void copy(native.valuesOf!(tensor), values, values.byteLength);

    async function pass({ tokens, next }: Pick<TrainingStep, "tokens" | "next">, learn: boolean): Promise<number> {
      fill(native.dataOf!(dataset), tokens);
      fill(native.labelsOf!(dataset), next);
      const result = native.newResult!();
      try {
        await onWorker(native.epoch!, context, dataset, learn ? result : null, learn ? null : result, learn ? 1 : 0, null, learn ? null : done);
        const [loss, error] = [[0], [0]];
        native.lossOf!(result, loss, error);
        return loss[0]!;
      } finally {
        native.freeResult!(result);
      }
    }

    // Only a callback tells the optimizer's address: a pass that learns nothing makes it.
    await pass({ tokens: new Int32Array(length), next: new Int32Array(length) }, false);
    return {
      step: (step) => {
        current = step;
        return pass(step, true);
      },
      dispose: () => {
        native.freeDataset!(dataset);
        for (const callback of [filter, settings, done]) koffi.unregister(callback);
      },
    };
  }

  return {
    learn: (tensor) => void native.setParameter!(tensor),
    begin,
    read: (tensor) => {
      const values = new Float32Array(Number(elements(tensor)));
      native.get!(tensor, values, 0, values.byteLength);
      return values;
    },
    write: (tensor, values) => void native.set!(tensor, values, 0, values.byteLength),
    nameOf,
    loadAdapter: (model, path) => onWorker(native.loadAdapter!, model, path) as Promise<Address | null>,
    useAdapters: (context, adapters, scales) => Number(native.useAdapters!(context, adapters, adapters.length, scales)),
  };
}
