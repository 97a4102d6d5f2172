import type { CancellationToken } from "vscode-jsonrpc/node";
import { HumanError } from "../protocol/humanError";

/** The one place where a JSON-RPC cancellation becomes an AbortSignal. */
export async function withSignal<R>(token: CancellationToken, work: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort(HumanError.cancelled());
  const link = token.onCancellationRequested(() => controller.abort(HumanError.cancelled()));
  try {
    return await work(controller.signal);
  } finally {
    link.dispose();
  }
}
