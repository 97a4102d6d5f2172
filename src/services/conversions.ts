import { basename, dirname, join, resolve } from "node:path";
import { safeFileName } from "../core/models/safePath";
import { secondsLeft } from "../core/progress";
import type { ConversionPlan, ConversionResult } from "../protocol/model";
import type { CancellationToken, ConversionType, ConvertProgress } from "../protocol/rpc";
import type { Job, Runtime } from "./ports";

export interface TimedConversion extends ConvertProgress {
  readonly secondsLeft?: number;
}

/** Makes GGUF files of checkpoints, each in a process of its own, so that cancelling can end it. */
export class Conversions {
  /** `cacheOutputs`: where models from a hub's cache go; its folders belong to another program. */
  constructor(
    private readonly runtime: Runtime,
    private readonly cacheOutputs?: () => string | undefined,
  ) {}

  /** What converting would give; the type is asked for, or "auto". */
  plan(folder: string, type: ConversionType, token: CancellationToken): Promise<ConversionPlan> {
    return this.runtime.conversionPlan({ input: folder, output: "", type }, token);
  }

  /** Beside the checkpoint's folder, named after it and the type. */
  outputPath(folder: string, { type }: Pick<ConversionPlan, "type">): string {
    const { name, parent } = placeOf(resolve(folder));
    return join(parent ?? this.cacheOutputs?.() ?? dirname(resolve(folder)), safeFileName(`${name}-${type}.gguf`));
  }

  async *convert(folder: string, type: ConversionType, token: CancellationToken, output?: string): Job<TimedConversion, ConversionResult> {
    const started = performance.now();
    const target = output ?? this.outputPath(folder, await this.plan(folder, type, token));
    for await (const event of this.runtime.convert({ input: folder, output: target, type }, token)) {
      if (event.kind === "result") {
        yield event;
        continue;
      }
      const { tensor, tensors } = event.progress;
      const left = secondsLeft(tensor / Math.max(1, tensors), (performance.now() - started) / 1000);
      yield { kind: "progress", progress: { tensor, tensors, ...(left !== undefined && { secondsLeft: left }) } };
    }
  }
}

/** The hub's cache keeps owner/name in models--owner--name/snapshots/<revision>. */
function placeOf(folder: string): { readonly name: string; readonly parent?: string } {
  const snapshots = dirname(folder);
  const repository = basename(dirname(snapshots));
  if (basename(snapshots) !== "snapshots" || !repository.startsWith("models--")) return { name: basename(folder), parent: dirname(folder) };
  return { name: repository.split("--").at(-1)! };
}
