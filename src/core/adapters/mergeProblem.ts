import { adapterProblem } from "../models/adapterProblem";
import { type GgufHeader, metadataNumber, type ParsedHeader } from "../gguf/header";
import { loraPairs } from "./loraPair";

/** Why this adapter cannot be added to this model's own weights, as one sentence with both names; undefined where it can. */
export function mergeProblem(base: { readonly name: string; readonly header: ParsedHeader }, adapter: { readonly name: string; readonly header: ParsedHeader }): string | undefined {
  const unfit = fileProblem(base.name, base.header) ?? (adapter.header.bigEndian ? `${adapter.name} is big-endian, which no machine of today reads: convert it again.` : undefined);
  if (unfit !== undefined) return unfit;
  const problem = adapterProblem(base.header, adapter.header);
  if (problem !== undefined) return `${adapter.name} ${problem}`;
  const scaled = loraPairs(adapter.header).find(({ name }) => hasScale(base.header, name));
  if (scaled) return `${base.name} multiplies the outputs of ${scaled.name} by a scale of their own, so nothing can be merged into it: attach the adapter when you load the model instead.`;
  return undefined;
}

/** For a model that is to be read tensor by tensor, and written again. */
export function fileProblem(name: string, header: ParsedHeader): string | undefined {
  const parts = metadataNumber(header, "split.count") ?? 1;
  if (parts > 1) return `${name} is one of ${parts} parts of a model: join them first (llama-gguf-split --merge).`;
  if (header.bigEndian) return `${name} is big-endian, which no machine of today reads: convert it again.`;
  return undefined;
}

/** Such a scale acts on the weight's own output, not on what an adapter adds (build_lora_mm of llama-graph.cpp, v0.4.0). */
export function hasScale({ tensors }: GgufHeader, weight: string): boolean {
  const scale = weight.replace(/\.weight$/, ".scale");
  return scale !== weight && tensors.some(({ name }) => name === scale);
}
