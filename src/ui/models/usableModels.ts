import type { ModelFile } from "../../protocol/model";
import type { ModelLibrary } from "../../services/models/modelLibrary";

/** A model that can be loaded and compressed: no adapter, no projector, nothing with a problem. */
export function isUsable({ problem, role = "model" }: ModelFile): boolean {
  return problem === undefined && role === "model";
}

/** Its header tells something, though it may not be usable; a manifest that is broken or leads nowhere tells nothing. */
export function isReadable({ problem, architecture }: ModelFile): boolean {
  return problem === undefined || architecture !== "unknown";
}

export async function usableModels(library: ModelLibrary): Promise<readonly ModelFile[]> {
  return (await library.models()).filter(isUsable);
}
