import { retryDelay, type RetryPolicy } from "../../core/hub/retry";
import { HumanError } from "../../protocol/humanError";
import type { CancellationToken } from "../../protocol/rpc";
import { HubError } from "./hubError";

/** Does something again while only the connection or an overloaded server is in the way. */
export async function retrying<T>(policy: RetryPolicy, token: CancellationToken, work: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      const delay = error instanceof HubError && error.failure === "unsteady" ? retryDelay(policy, failures, error.retryAfter) : undefined;
      if (delay === undefined) throw error;
      await pause(delay, token);
    }
  }
}

/** Waits; a cancellation ends it at once. */
export function pause(milliseconds: number, token: CancellationToken): Promise<void> {
  if (token.isCancellationRequested) return Promise.reject(HumanError.cancelled());
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      link.dispose();
      resolve();
    }, milliseconds);
    const link = token.onCancellationRequested(() => {
      clearTimeout(timer);
      link.dispose();
      reject(HumanError.cancelled());
    });
  });
}
