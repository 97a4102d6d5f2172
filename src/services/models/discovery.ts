import type { FoundFile } from "../../core/models/fileFacts";
import type { ModelSource } from "../../protocol/model";
import type { Log } from "../ports";
import { Reached, ggufFilesBelow } from "./ggufFolder";
import { hubCacheFiles } from "./hubCache";
import { ollamaFiles } from "../ollama/ollamaStore";
import { llamaCppFiles, lmStudioFiles } from "./otherCaches";
import type { Places } from "./places";

export interface DiscoveryPlaces {
  readonly builtInFolder?: string | undefined;
  readonly sources: readonly ModelSource[];
  readonly places: Places;
  /** The person's own folders and the workspace's. */
  readonly folders: readonly string[];
  /** Those of them that are the workspace's. */
  readonly workspaceFolders: readonly string[];
}

/**
 * Every model file in the places, without opening it. Sources come before folders: a folder that a person added and that
 * is LM Studio's is shown as LM Studio's.
 */
export async function discoveredFiles({ builtInFolder, sources, places, folders, workspaceFolders }: DiscoveryPlaces, log: Log): Promise<readonly FoundFile[]> {
  const reached = new Reached();
  const found: FoundFile[] = [];
  if (builtInFolder !== undefined) {
    for (const { path, dangling } of await ggufFilesBelow(builtInFolder, reached, log, { links: "inside" })) if (!dangling) found.push({ path, ...(isShipped(path) && { builtIn: true }) });
  }
  for (const source of sources) for (const place of new Set(places[source])) found.push(...(await filesOf(source, place, reached, log)));
  for (const folder of folders) {
    for (const { path, dangling } of await ggufFilesBelow(folder, reached, log, { links: workspaceFolders.includes(folder) ? "files" : "anywhere" })) if (!dangling) found.push({ path });
  }
  const byPath = new Map(found.map((file) => [file.path, file]));
  return found.filter((file) => byPath.get(file.path) === file);
}

function filesOf(source: ModelSource, place: string, reached: Reached, log: Log): Promise<readonly FoundFile[]> {
  switch (source) {
    case "ollama": return ollamaFiles(place, log);
    case "huggingFace": return hubCacheFiles(place, reached, log);
    case "lmStudio": return lmStudioFiles(place, reached, log);
    case "llamaCpp": return llamaCppFiles(place, reached, log);
  }
}

/** Only the original of the built-in folder ships; levels that a person made beside it are theirs. */
function isShipped(path: string): boolean {
  return /-F16\.gguf$/i.test(path);
}
