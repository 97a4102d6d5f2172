import { basename } from "node:path";
import type { ImportanceMatrix } from "../calibration/importanceMatrix";

/** Longest text that llama_model_kv_override carries, bytes. */
const longest = 127;

/**
 * What llama-quantize writes into a model about the matrix it was made with; of the path only the file's name, since the
 * model may be passed on. Source: tools/quantize/quantize.cpp.
 */
export function matrixMetadata({ info, columns }: ImportanceMatrix): ReadonlyMap<string, string | number> {
  const entries = new Map<string, string | number>([["quantize.imatrix.file", fitting(basename(info.path))]]);
  if (info.datasets[0] !== undefined) entries.set("quantize.imatrix.dataset", fitting(info.datasets[0]));
  entries.set("quantize.imatrix.entries_count", columns.size);
  if (info.chunks > 0) entries.set("quantize.imatrix.chunks_count", info.chunks);
  return entries;
}

/** Cut after a whole character, and before a zero byte, where C ends a text. */
function fitting(text: string): string {
  const field = Buffer.alloc(longest);
  const [whole = ""] = text.split("\0", 1);
  return field.toString("utf8", 0, field.write(whole));
}
