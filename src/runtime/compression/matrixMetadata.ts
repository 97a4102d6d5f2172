import { basename } from "node:path";
import type { ImportanceMatrix } from "../calibration/importanceMatrix";
import { overrideText } from "./overrideText";

/**
 * What llama-quantize writes into a model about the matrix it was made with; of the path only the file's name, since the
 * model may be passed on. Source: tools/quantize/quantize.cpp.
 */
export function matrixMetadata({ info, columns }: ImportanceMatrix): ReadonlyMap<string, string | number> {
  const entries = new Map<string, string | number>([["quantize.imatrix.file", overrideText(basename(info.path))]]);
  if (info.datasets[0] !== undefined) entries.set("quantize.imatrix.dataset", overrideText(info.datasets[0]));
  entries.set("quantize.imatrix.entries_count", columns.size);
  if (info.chunks > 0) entries.set("quantize.imatrix.chunks_count", info.chunks);
  return entries;
}
