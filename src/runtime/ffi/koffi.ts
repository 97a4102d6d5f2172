import { createRequire } from "node:module";
import type * as koffi from "koffi";

export type Koffi = typeof koffi;
export type { LibraryHandle, TypeObject } from "koffi";

/** koffi loads a binary of its own: not before native work is asked for. */
export function loadKoffi(): Koffi {
  return createRequire(__filename)("koffi") as Koffi;
}
