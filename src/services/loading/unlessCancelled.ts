import { HumanError } from "../../protocol/humanError";
import type { CancellationToken } from "../../protocol/rpc";

/** Waits for work; cancelling ends the waiting, not the work. */
export async function unlessCancelled<R>(work: Promise<R>, token: CancellationToken): Promise<R> {
  if (token.isCancellationRequested) throw HumanError.cancelled();
  let leave = (): void => undefined;
  const cancelled = new Promise<never>((_, reject) => {
    const link = token.onCancellationRequested(() => reject(HumanError.cancelled()));
    leave = () => link.dispose();
  });
  try {
    return await Promise.race([work, cancelled]);
  } finally {
    leave();
  }
}
