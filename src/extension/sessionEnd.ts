/** What ends when the window closes. */
export interface EndingSession {
  readonly lab: Ending;
  readonly tradeoffs: Ending;
  readonly downloads: { dispose(): Promise<void> };
  readonly runtime: { dispose(): Promise<void> };
  readonly log: { dispose(): void };
}

interface Ending {
  /** Resolves when nothing is half written. */
  end(): Promise<void>;
}

/** Milliseconds that a training has to keep its state. VS Code waits five seconds for everything. */
const patience = 3500;

/** A training is paused by the runtime that runs it, so the runtime goes only after the lab; the log hears of all. */
export async function endSession({ lab, tradeoffs, downloads, runtime, log }: EndingSession, wait = patience): Promise<void> {
  const paused = lab.end();
  const ends = [paused, tradeoffs.end(), downloads.dispose()];
  await settledWithin(paused, wait);
  await runtime.dispose();
  await Promise.allSettled(ends);
  log.dispose();
}

async function settledWithin(work: Promise<void>, milliseconds: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}
