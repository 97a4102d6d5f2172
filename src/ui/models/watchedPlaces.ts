import { join } from "node:path";
import type { ModelSource } from "../../protocol/model";
import type { Places } from "../../services/models/places";
import type { WatchedPlace } from "./modelFiles";

/** Where a change means another list of models. A blob of Ollama counts when a manifest names it. */
export function watchedPlaces(folders: readonly string[], sources: readonly ModelSource[], places: Places): readonly WatchedPlace[] {
  const of = (source: ModelSource): readonly WatchedPlace[] => places[source].map((folder) =>
    source === "ollama" ? { folder: join(folder, "manifests"), pattern: "**" } : { folder, pattern: "**/*.gguf" });
  return [...folders.map((folder) => ({ folder, pattern: "**/*.gguf" })), ...sources.flatMap(of)];
}
