import { join } from "node:path";
import { secondsLeft } from "../../core/progress";
import { HumanError } from "../../protocol/humanError";
import type { HeatToken } from "../../protocol/documents";
import type { ModelFile, QuantType } from "../../protocol/model";
import type { JobProgress } from "../../protocol/panels";
import type { CancellationToken } from "../../protocol/rpc";
import type { CompressionJobs } from "../compressionJobs";
import type { Runtime } from "../ports";
import { makeScratch, removeScratch } from "../tradeoffs/scratch";
import type { AnalysedDocument } from "./documentAnalysis";
import { pace } from "./pace";
import { requireReadable } from "./readableText";

/** A file, or a level that is made for the occasion and deleted afterwards. */
export type HeatVariant = { readonly path: string } | { readonly level: QuantType };

export interface HeatUpdate {
  readonly progress?: JobProgress;
  /** All tokens so far, in order: one array, which grows from update to update. */
  readonly tokens: readonly HeatToken[];
  /** Nats per token; on the last update. */
  readonly meanKl?: number;
}

export interface HeatOptions {
  threads(): number;
  /** Folder for levels that are made for the occasion. */
  readonly scratch: string;
}

/** UTF-16 units of a text: some 300 pages. */
const longestText = 1_000_000;
/** Tokens of a window, as measurements have them. */
const context = 512;

/** Shows where in a document a compressed model strays from its original, token by token. */
export class HeatMaps {
  constructor(
    private readonly runtime: Runtime,
    private readonly jobs: CompressionJobs,
    private readonly options: HeatOptions,
  ) {}

  async *map(document: AnalysedDocument, base: ModelFile, variant: HeatVariant, token: CancellationToken): AsyncGenerator<HeatUpdate> {
    requireReadable(document.name, document.text);
    if (document.text.length > longestText) {
      throw new HumanError("badArgument", `${document.name} has ${(document.text.length / 1e6).toFixed(1)} million characters, more than the million that are compared token by token. Choose a part of it.`);
    }
    if ("path" in variant) return yield* this.#read(document.text, base, variant.path, token);
    const folder = await makeScratch(this.options.scratch);
    const isTime = pace();
    try {
      const path = join(folder, `${variant.level}.gguf`);
      for await (const event of this.jobs.quantize(base, { type: variant.level }, token, path)) {
        if (event.kind === "result" || !isTime()) continue;
        const { tensor, tensors, secondsLeft: left } = event.progress;
        yield { tokens: [], progress: { label: `Making ${variant.level}`, fraction: tensor / Math.max(1, tensors), secondsLeft: left } };
      }
      yield* this.#read(document.text, base, path, token);
    } finally {
      await removeScratch(folder);
    }
  }

  async *#read(text: string, base: ModelFile, variant: string, token: CancellationToken): AsyncGenerator<HeatUpdate> {
    const started = performance.now();
    const isTime = pace();
    const tokens: HeatToken[] = [];
    const params = { base: base.path, variant, text, context: Math.min(context, base.contextLength || context), threads: this.options.threads() };
    for await (const event of this.runtime.heat(params, token)) {
      if (event.kind === "result") {
        yield { tokens, meanKl: event.result.meanKl };
        continue;
      }
      tokens.push(...event.progress.tokens);
      if (!isTime()) continue;
      const { fraction } = event.progress;
      yield { tokens, progress: { label: "Comparing token by token", fraction, secondsLeft: secondsLeft(fraction, (performance.now() - started) / 1000) } };
    }
  }
}
