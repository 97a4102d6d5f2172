import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { formatBytes } from "../../core/format";
import { HumanError } from "../../protocol/humanError";

/** Left free, so that the system and the editor can go on. */
const margin = 256 * 2 ** 20;

/** Bytes free where a folder lies or will lie; undefined where the system does not tell. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  for (let place = folder; ; place = dirname(place)) {
    const status = await statfs(place).catch(() => undefined);
    if (status) return status.bavail * status.bsize;
    if (dirname(place) === place) return undefined;
  }
}

/** Throws when so many bytes have no room beside what other downloads still need. */
export async function checkRoom(what: string, folder: string, needed: number, others: number, free: typeof freeBytes): Promise<void> {
  const available = await free(folder);
  if (available === undefined || available >= needed + others + margin) return;
  const beside = others > 0 ? `, ${formatBytes(others)} of them for other downloads` : "";
  throw new HumanError("diskFull", `${what} needs ${formatBytes(needed)} more, but only ${formatBytes(available)} are free in ${folder}${beside}, and ${formatBytes(margin)} of that stay free for the system: make room or choose another folder.`);
}
