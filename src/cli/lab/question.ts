import { createInterface } from "node:readline/promises";
import { HumanError } from "../../protocol/humanError";
import type { CancellationToken } from "../../protocol/rpc";

/** Whether somebody sits at the terminal who can be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks at the terminal; anything but a yes is a no. */
export async function yesOrNo(question: string, token: CancellationToken): Promise<boolean> {
  // Without editing of the line, so that Ctrl+C stays a signal.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const abort = new AbortController();
  const link = token.onCancellationRequested(() => abort.abort());
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: abort.signal });
    return /^\s*y(es)?\s*$/i.test(answer);
  } catch (error) {
    if (abort.signal.aborted) throw HumanError.cancelled();
    throw error;
  } finally {
    link.dispose();
    lines.close();
  }
}
