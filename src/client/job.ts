import { CancellationTokenSource } from "vscode-jsonrpc/node";
import type { CancellationToken } from "../protocol/rpc";
import type { Job, JobEvent } from "../services/ports";

/**
 * Turns a promise with a progress callback into a stream. The work starts when the stream is first asked for an event.
 * A consumer that leaves early (break, return, throw) cancels the work, and waits until it has really ended.
 */
export async function* jobOf<Progress, Result>(
  token: CancellationToken,
  start: (onProgress: (progress: Progress) => void, token: CancellationToken) => Promise<Result>,
): Job<Progress, Result> {
  const cancellation = new CancellationTokenSource();
  // Taken before anything cancels: a source without a token gets a shared one, which cannot be cancelled again.
  const own = cancellation.token;
  if (token.isCancellationRequested) cancellation.cancel();
  const link = token.onCancellationRequested(() => cancellation.cancel());
  const events: JobEvent<Progress, Result>[] = [];
  let wake = (): void => undefined;
  let ended = false;
  const work = start((progress) => {
    events.push({ kind: "progress", progress });
    wake();
  }, own);
  const settled = work.then(
    (result) => void events.push({ kind: "result", result }),
    () => undefined,
  ).then(() => {
    ended = true;
    wake();
  });
  try {
    for (;;) {
      for (let event = events.shift(); event; event = events.shift()) yield event;
      if (ended) break;
      await new Promise<void>((resolve) => (wake = resolve));
    }
    await work;
  } finally {
    link.dispose();
    cancellation.cancel();
    await settled;
    cancellation.dispose();
  }
}
