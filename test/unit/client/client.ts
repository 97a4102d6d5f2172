import { join } from "node:path";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { RuntimeClient } from "../../../src/client/runtimeClient";
import { HumanError } from "../../../src/protocol/humanError";
import type { LoadParams } from "../../../src/protocol/rpc";
import type { Job, JobEvent } from "../../../src/services/ports";

export const faultyRuntime = join(__dirname, "faultyRuntime.mjs");
export const never = new CancellationTokenSource().token;

/** A client of the faulty runtime, with what it wrote to the log. */
export function faultyClient(graces: { readonly stopGrace?: number; readonly cancelGrace?: number } = {}): { client: RuntimeClient; log: string[] } {
  const log: string[] = [];
  const client = new RuntimeClient({
    path: faultyRuntime,
    log: { info: (message) => log.push(message), error: (message) => log.push(message) },
    ...graces,
  });
  return { client, log };
}

/** What the faulty runtime should do with a load. */
export function model(path: string): LoadParams {
  return { path, threads: 1 };
}

/** The HumanError that a promise ends with. */
export async function failureOf(promise: Promise<unknown>): Promise<HumanError> {
  const error: unknown = await promise.then(
    () => new Error("It did not fail."),
    (reason: unknown) => reason,
  );
  if (error instanceof HumanError) return error;
  throw error;
}

export async function all<P, R>(job: Job<P, R>): Promise<JobEvent<P, R>[]> {
  const events: JobEvent<P, R>[] = [];
  for await (const event of job) events.push(event);
  return events;
}

/** Listens until the first event and leaves. */
export async function first<P, R>(job: Job<P, R>): Promise<JobEvent<P, R> | undefined> {
  for await (const event of job) return event;
  return undefined;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
