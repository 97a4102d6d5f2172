import { mkdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { formatBytes } from "../core/format";
import { familyOfName } from "../core/gguf/header";
import { secondsLeft } from "../core/progress";
import { type ModelFile, type QuantSize, type QuantizeResult, type Recipe, quantTypes } from "../protocol/model";
import type { CancellationToken, QuantizeProgress } from "../protocol/rpc";
import type { Job, Runtime } from "./ports";

export interface TimedProgress extends QuantizeProgress {
  readonly secondsLeft?: number;
}

export interface CompressionOptions {
  threads(): number;
  /** Where levels of the built-in model go: the folder of an installed extension is replaced by its next update. */
  readonly builtInOutputs?: string;
}

const everyLevel: readonly Recipe[] = quantTypes.map((type) => ({ type }));

/** Makes quantized versions of a model. Each job has a native process of its own, so that cancelling can end it. */
export class CompressionJobs {
  /** Dry-run answers by path, size and types: asking again costs nothing. */
  readonly #sizes = new Map<string, readonly QuantSize[]>();

  constructor(
    private readonly runtime: Runtime,
    private readonly options: CompressionOptions,
  ) {}

  /** What each recipe would give, exact to the byte; every level by default. What cannot be made carries its problem. */
  async sizes(model: ModelFile, token: CancellationToken, recipes: readonly Recipe[] = everyLevel): Promise<readonly QuantSize[]> {
    const matrices = [...new Set(recipes.flatMap(({ imatrix }) => imatrix ?? []))];
    const key = JSON.stringify([await Promise.all([model.path, ...matrices].map(modifiedAt)), model.path, model.bytes, recipes]);
    const known = this.#sizes.get(key);
    if (known) return known;
    const sizes = await this.runtime.sizes({ input: model.path, recipes }, token);
    this.#sizes.set(key, sizes);
    return sizes;
  }

  /**
   * Beside the source (of the built-in model: in a folder of its own), named after its family and the level; one made with
   * an importance matrix says so, and a mix is named by its size in bytes.
   */
  outputPath(model: ModelFile, { type, imatrix, tensorTypes }: Recipe, bytes = 0): string {
    const name = familyOfName(basename(model.path));
    const folder = (model.builtIn && this.options.builtInOutputs) || dirname(model.path);
    const version = tensorTypes ? `mix-${formatBytes(bytes).replace(" ", "")}` : type;
    return join(folder, `${name}-${version}${imatrix === undefined ? "" : "-imatrix"}.gguf`);
  }

  async *quantize(model: ModelFile, recipe: Recipe, token: CancellationToken, output = this.outputPath(model, recipe)): Job<TimedProgress, QuantizeResult> {
    const started = performance.now();
    if (model.builtIn && this.options.builtInOutputs) await mkdir(this.options.builtInOutputs, { recursive: true });
    const job = this.runtime.quantize({ input: model.path, output, recipe, threads: this.options.threads() }, token);
    for await (const event of job) {
      if (event.kind === "result") {
        yield event;
        continue;
      }
      const { tensor, tensors } = event.progress;
      const left = secondsLeft(tensor / Math.max(1, tensors), (performance.now() - started) / 1000);
      yield { kind: "progress", progress: { tensor, tensors, secondsLeft: left } };
    }
  }
}

async function modifiedAt(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mtimeMs;
}
