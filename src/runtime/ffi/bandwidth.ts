import { loadKoffi } from "./koffi";
import { bindFindByte } from "./libc/memory";
import { onWorker } from "./worker";

/** Bytes read in one pass: more than the caches of most processors, little for a machine. */
const bufferBytes = 240 * 1024 * 1024;
/** Milliseconds of reading; other programs disturb some passes, rarely all. */
const duration = 400;
const fewestPasses = 5;

/**
 * Bytes per second that so many threads read from memory together: the best of several passes of the C library's memchr
 * over one buffer, each thread over its part. More threads than Node's pool has (4) wait for each other.
 */
export async function measureBandwidth(threads: number): Promise<number> {
  const find = bindFindByte(loadKoffi());
  // Written to, because memory that was never written is one page of zeros.
  const buffer = Buffer.alloc(bufferBytes, 1);
  const part = Math.ceil(bufferBytes / Math.max(1, threads));
  const parts = Array.from({ length: Math.max(1, threads) }, (_, index) => buffer.subarray(index * part, (index + 1) * part));
  const started = performance.now();
  let best = 0;
  for (let pass = 0; pass < fewestPasses || performance.now() - started < duration; pass++) {
    const begun = performance.now();
    await Promise.all(parts.map((bytes) => onWorker(find, bytes, 0, bytes.length)));
    best = Math.max(best, (1000 * bufferBytes) / (performance.now() - begun));
  }
  return best;
}
