import type { ModelFile } from "../../protocol/model";
import type { CancellationToken } from "../../protocol/rpc";
import { fingerprint } from "../tradeoffs/fingerprint";
import { chunkTokens } from "../tradeoffs/measuringPlan";
import type { LabParts } from "./labParts";

/** Tokens per second that a model reads a text at, from one chunk of it; kept by content and threads. */
export async function readingRate(parts: LabParts, model: ModelFile, text: string, token: CancellationToken): Promise<number> {
  const threads = parts.threads();
  const name = `rate-${(await fingerprint(model.path)).slice(0, 16)}-${threads}`;
  const kept = await parts.store.read<{ readonly rate: number }>(name);
  if (kept && kept.rate > 0) return kept.rate;
  const context = chunkTokens(text, Math.min(512, model.contextLength || 512));
  let rate = 0;
  for await (const event of parts.runtime.measure({ base: model.path, variants: [], text, context, chunks: 1, threads, generation: false }, token)) {
    if (event.kind === "result") rate = event.result.rows[0]?.promptTokensPerSecond ?? 0;
  }
  if (rate > 0) await parts.store.write(name, { rate });
  return rate;
}
