import { stat } from "node:fs/promises";
import type { LoadedModel } from "../../protocol/model";

/** Whether the runtime holds this file as it is on disk now, with the context that is wished for, tokens. */
export async function isHeld(loaded: LoadedModel | undefined, path: string, contextSize: number): Promise<boolean> {
  if (loaded?.path !== path || loaded.askedContext !== contextSize) return false;
  const now = await stat(path).catch(() => undefined);
  return now?.size === loaded.file?.bytes && now?.mtimeMs === loaded.file?.modified;
}
