/** Milliseconds between two updates: more often nobody can see, and each one is drawn. */
const apart = 100;

/** True when it is asked for the first time, and again when enough time has passed since it was true. */
export function pace(now: () => number = () => performance.now()): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() - last < apart) return false;
    last = now();
    return true;
  };
}
