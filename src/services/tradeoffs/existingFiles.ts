import { stat } from "node:fs/promises";
import type { ModelFile } from "../../protocol/model";
import type { RowKey } from "../../protocol/panels";
import type { CompressionJobs } from "../compressionJobs";
import type { Matrix } from "./forecaster";
import type { StudyEntry } from "./rows";

/**
 * Files of versions that stand beside the model already. A name is no proof: one of another size, or older than the original
 * or than the matrix, was made of something else.
 */
export async function existingFiles(jobs: CompressionJobs, model: ModelFile, entries: readonly StudyEntry[], matrix: Matrix | undefined): Promise<ReadonlyMap<RowKey, string>> {
  const found = new Map<RowKey, string>();
  const sources = await Promise.all([model.path, ...(matrix ? [matrix.path] : [])].map((path) => stat(path).catch(() => undefined)));
  const newest = Math.max(...sources.map((source) => source?.mtimeMs ?? 0));
  for (const { key, recipe, size } of entries) {
    const path = jobs.outputPath(model, recipe, size.bytes);
    const status = await stat(path).catch(() => undefined);
    if (path !== model.path && status?.isFile() && status.size === size.bytes && status.mtimeMs >= newest) found.set(key, path);
  }
  return found;
}
