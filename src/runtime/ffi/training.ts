/** llama.h and ggml-opt.h: training by back-propagation on the CPU. */
import type { Address } from "./address";
import type { Koffi, LibraryHandle } from "./koffi";
import type { CopyBytes } from "./libc/memory";
import { onWorker } from "./worker";

/** Of AdamW, for the step that comes next. */
export interface StepSettings {
  readonly learningRate: number;
  readonly weightDecay: number;
}

/** Mean over the positions of a pass, nats; the error is the standard error between its batches (NaN for one). */
export interface PassLoss {
  readonly loss: number;
  readonly error: number;
}

export interface TrainingOptions {
  /** Tokens of a sequence: the context's size. */
  readonly context: number;
  /** Whether the model's own weights learn (all but the token embedding, which llama.cpp leaves out); else only what `learn` named. */
  readonly weights: boolean;
  /** Asked before every step. */
  settings(): StepSettings;
}

export interface TrainingPass {
  /** Sequences one after the other, each as long as the context. */
  readonly tokens: Int32Array;
  /** The token that is to be expected after each. */
  readonly labels: Int32Array;
  /** False only computes the loss. */
  readonly learn: boolean;
}

/** A context that learns. Ends with its context. */
export interface TrainingRun {
  run(pass: TrainingPass): Promise<PassLoss>;
  dispose(): void;
}

export interface Training {
  /** Marks a tensor, e.g. of an adapter, as one that learns; before `begin`. */
  learn(tensor: Address): void;
  /** The context must have decoded a batch: its number of threads holds from then on. */
  begin(context: Address, model: Address, options: TrainingOptions): TrainingRun;
  saveModel(model: Address, path: string): void;
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
  const native = {
    init: llama.func("llama_opt_init", "void", ["void*", "void*", params]),
    epoch: llama.func("llama_opt_epoch", "void", ["void*", "void*", "void*", "void*", "int64_t", "void*", "void*"]),
    save: llama.func("llama_model_save_to_file", "void", ["void*", "str"]),
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
    setParameter: base.func("ggml_set_param", "void", ["void*"]),
  } as unknown as Record<string, (...args: unknown[]) => Address>;

  function fill(tensor: Address, values: Int32Array): void {
    copy(native.valuesOf!(tensor), values, values.byteLength);
  }

  return {
    learn: (tensor) => void native.setParameter!(tensor),
    begin: (context, model, { context: length, weights, settings }) => {
      const filter = koffi.register(() => weights, filterType) as Address;
      const rates = koffi.register(() => {
        const { learningRate, weightDecay } = settings();
        return { alpha: learningRate, wd: weightDecay, ...adam, ...noStochasticDescent };
      }, settingsType) as Address;
      native.init!(context, model, { n_ctx_train: 0, param_filter: filter, param_filter_ud: null, get_opt_pars: rates, get_opt_pars_ud: null, optimizer_type: adamW });
      return {
        run: async ({ tokens, labels, learn }) => {
          const sequences = tokens.length / length;
          const dataset = native.newDataset!(i32, i32, length, length, sequences, 1);
          const result = native.newResult!();
          try {
            fill(native.dataOf!(dataset), tokens);
            fill(native.labelsOf!(dataset), labels);
            await onWorker(native.epoch!, context, dataset, learn ? result : null, learn ? null : result, learn ? sequences : 0, null, null);
            const [loss, error] = [[0], [0]];
            native.lossOf!(result, loss, error);
            return { loss: loss[0]!, error: error[0]! };
          } finally {
            native.freeResult!(result);
            native.freeDataset!(dataset);
          }
        },
        dispose: () => {
          koffi.unregister(filter);
          koffi.unregister(rates);
        },
      };
    },
    saveModel: (model, path) => void native.save!(model, path),
    loadAdapter: (model, path) => onWorker(native.loadAdapter!, model, path) as Promise<Address | null>,
    useAdapters: (context, adapters, scales) => Number(native.useAdapters!(context, adapters, adapters.length, scales)),
  };
}
