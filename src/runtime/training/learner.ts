import { HumanError } from "../../protocol/humanError";
import type { Address } from "../ffi/address";
import type { GraphTensor, MultiplicationObserver } from "../ffi/graph";
import type { NativeLibrary } from "../ffi/library";
import type { PassLoss, StepSettings, TrainingPass, TrainingRun } from "../ffi/training";
import { failedToLoad, listenForLoad } from "../evaluation/loadLog";
import { onWorker } from "../ffi/worker";

export interface LearnerOptions {
  readonly path: string;
  /** Its tensors learn, and the model's own stay as they are; absent lets the model's F32 weights learn. */
  readonly adapter?: string;
  /** Tokens of a sequence, and of the pieces that it is computed in; one step for each sequence. */
  readonly context: number;
  readonly piece: number;
  readonly threads: number;
  settings(): StepSettings;
}

/** llama.h: LLAMA_LOAD_MODE_NONE (weights that can be written to), GGML_TYPE_F32 and LLAMA_FLASH_ATTN_TYPE_DISABLED: others have no backward pass. */
const writable = { n_gpu_layers: 0, load_mode: 0, use_extra_bufts: false };
const differentiable = { type_k: 0, type_v: 0, flash_attn_type: 0 };

/** A model that learns, held in native memory until dispose. */
export class Learner {
  readonly #run: TrainingRun;

  private constructor(
    private readonly library: NativeLibrary,
    private readonly model: Address,
    private readonly context: Address,
    /** Of the adapter, by name. */
    private readonly learning: ReadonlyMap<string, GraphTensor>,
    run: TrainingRun,
  ) {
    this.#run = run;
  }

  static async open(library: NativeLibrary, { path, adapter, context, piece, threads, settings }: LearnerOptions): Promise<Learner> {
    const { llama, training } = library;
    const log = listenForLoad(library.log);
    try {
      const model = await onWorker(llama.loadModel, path, { ...llama.modelDefaultParams(), ...writable });
      if (model === null) throw failedToLoad(path, log.reasons);
      const loaded = adapter === undefined ? null : await training.loadAdapter(model, adapter);
      if (adapter !== undefined && loaded === null) throw new HumanError("unsupported", `The adapter does not belong to this model: ${log.reasons.join(" ")}`);
      const newContext = async (more: object): Promise<Address> => {
        const params = { ...llama.contextDefaultParams(), ...differentiable, n_ctx: context, n_batch: context, n_ubatch: piece, n_threads: threads, n_threads_batch: threads, ...more };
        const made = await onWorker(llama.newContext, model, params);
        if (made === null) throw failedToLoad(path, log.reasons);
        if (loaded !== null) training.useAdapters(made, [loaded], [1]);
        return made;
      };
      const learning = loaded === null ? new Map<string, GraphTensor>() : await adapterTensors(library, newContext, context);
      const own = await newContext({});
      // The CPU backend keeps its number of threads from the first decoding on; before it, it is 4, which stalls on fewer cores.
      await decodeOnce(library, own, context);
      for (const { address } of learning.values()) training.learn(address);
      return new Learner(library, model, own, learning, training.begin(own, model, { context, weights: adapter === undefined, settings }));
    } finally {
      log.stop();
    }
  }

  run(pass: TrainingPass): Promise<PassLoss> {
    return this.#run.run(pass);
  }

  /** The adapter's tensors as they are now. */
  *values(): Generator<readonly [name: string, values: Float32Array]> {
    for (const [name, tensor] of this.learning) {
      const bytes = this.library.graphs.read(tensor);
      yield [name, new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)];
    }
  }

  /** Writes the model's weights as a GGUF of llama.cpp's own, which keeps only the metadata that it knows. */
  saveWeights(path: string): void {
    this.library.training.saveModel(this.model, path);
  }

  dispose(): void {
    this.#run.dispose();
    this.library.llama.freeContext(this.context);
    this.library.llama.freeModel(this.model);
  }
}

async function adapterTensors(library: NativeLibrary, newContext: (more: object) => Promise<Address>, tokens: number): Promise<ReadonlyMap<string, GraphTensor>> {
  const found = new Map<string, GraphTensor>();
  const observer: MultiplicationObserver = {
    wants: ({ weight }) => {
      if (/\.lora_[ab]$/.test(weight.name)) found.set(weight.name, weight);
      return false;
    },
    take: () => undefined,
  };
  const graph = library.graphs.observe(observer);
  try {
    const context = await newContext({ cb_eval: graph.callback });
    await decodeOnce(library, context, tokens);
    graph.check();
    library.llama.freeContext(context);
    return found;
  } finally {
    graph.dispose();
  }
}

async function decodeOnce(library: NativeLibrary, context: Address, tokens: number): Promise<void> {
  const { llama } = library;
  const batch = library.newBatch(tokens);
  try {
    batch.fill(new Int32Array(tokens), 0, new Int8Array(tokens).fill(1));
    await onWorker(llama.decode, context, batch.native);
    llama.synchronize(context);
    llama.clearMemory(llama.memoryOf(context), true);
  } finally {
    batch.dispose();
  }
}
