import { HumanError } from "../protocol/humanError";
import type { CancellationToken } from "../protocol/rpc";

/** Waits for what others wait for too: cancelling ends the waiting with a HumanError, not the work. */
export async function waitFor<R>(shared: Promise<R>, token: CancellationToken): Promise<R> {
  let leave = (): void => undefined;
  const cancelled = new Promise<never>((_, reject) => {
    const link = token.onCancellationRequested(() => reject(HumanError.cancelled()));
    leave = () => link.dispose();
  });
  try {
    return await Promise.race([shared, cancelled]);
  } finally {
    leave();
  }
}
