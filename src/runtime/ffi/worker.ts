/**
 * Calls a bound function on a worker thread. The event loop stays free meanwhile, and serves the
 * callbacks that the native code makes from that thread.
 */
export function onWorker<A extends unknown[], R>(native: (...args: A) => R, ...args: A): Promise<R> {
  const { async: start } = native as unknown as { async(...all: [...A, (error: unknown, result: R) => void]): void };
  return new Promise((resolve, reject) => {
    start(...args, (error, result) => (error ? reject(error) : resolve(result)));
  });
}
