import { type ChildProcess, fork } from "node:child_process";
import {
  CancellationTokenSource, IPCMessageReader, IPCMessageWriter, type MessageConnection, type ProgressType, type RequestParam,
  type RequestType, type RequestType0, createMessageConnection,
} from "vscode-jsonrpc/node";
import { Emitter } from "../core/emitter";
import { HumanError } from "../protocol/humanError";
import { type CancellationToken, PartialNotification, ShutdownNotification, type WithProgress, fromResponseError } from "../protocol/rpc";
import type { Log } from "../services/ports";
import { Lines } from "./lines";

export interface RuntimeProcessOptions {
  /** Path of the bundled src/runtime/main.ts. */
  readonly path: string;
  readonly log: Log;
  /** How long a process may take to end by itself, milliseconds. */
  readonly stopGrace?: number;
  /** How long a cancelled request may go on before its process is killed, milliseconds: a native call cannot be interrupted. */
  readonly cancelGrace?: number;
}

export interface RuntimeExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** True when this side ended it on purpose. */
  readonly wanted: boolean;
}

/** One forked runtime: JSON-RPC over its IPC channel; its stdout and stderr go to the log, because native code prints there. */
export class RuntimeProcess {
  readonly #child: ChildProcess;
  readonly #connection: MessageConnection;
  readonly #stderr: Lines;
  readonly #exited = new Emitter<RuntimeExit>();
  readonly #log: Log;
  #exit: RuntimeExit | undefined;
  #wanted = false;
  #requests = 0;
  #partial: string | undefined;
  #nextToken = 1;

  readonly onDidSpawn: (listener: () => void) => void;
  /** Fires once, after all output of the process was read. */
  readonly onDidExit = this.#exited.event;

  constructor(private readonly options: RuntimeProcessOptions) {
    this.#log = options.log;
    const child = fork(options.path, [], {
      execArgv: [],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
      silent: true,
    });
    this.#child = child;
    this.onDidSpawn = (listener) => void child.once("spawn", listener);
    new Lines(child.stdout, (line) => this.#log.info(`[runtime ${child.pid}] ${line}`));
    this.#stderr = new Lines(child.stderr, (line) => this.#log.info(`[runtime ${child.pid}] ${line}`));
    child.on("error", (error) => {
      this.#log.error("The native runtime could not be started or reached.", error);
      if (child.pid === undefined) this.#ended(null, null);
    });
    child.on("close", (code, signal) => this.#ended(code, signal));
    this.#connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child), {
      error: (message) => this.#log.error(message),
      warn: (message) => this.#log.info(message),
      info: (message) => this.#log.info(message),
      log: (message) => this.#log.info(message),
    });
    // A write to a process that has just died is answered by its exit; the log is enough for anything else.
    this.#connection.onError(([error]) => this.#log.info(`[runtime ${child.pid}] ${error.message}`));
    this.#connection.onNotification(PartialNotification, (path) => void (this.#partial = path));
    this.#connection.listen();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get alive(): boolean {
    return this.#exit === undefined && !this.#wanted;
  }

  /** Whether somebody waits for work of it; questions about its state do not count. */
  get isBusy(): boolean {
    return this.#requests > 0;
  }

  /** The partial file that it created last. */
  get partial(): string | undefined {
    return this.#partial;
  }

  /** The last lines that the process wrote to stderr. */
  get stderrTail(): readonly string[] {
    return this.#stderr.tail;
  }

  /**
   * Sends a request; `doing` completes the sentence "The native runtime ended unexpectedly while …" of a crash.
   * Cancelling asks the runtime to stop, and kills it when it does not within the grace.
   */
  async request<P, R>(type: RequestType<P, R, void>, params: P, doing: string, token?: CancellationToken): Promise<R> {
    this.#requests++;
    try {
      return await this.#send((own) => this.#connection.sendRequest(type, params as RequestParam<P>, own), doing, token);
    } finally {
      this.#requests--;
    }
  }

  async ask<R>(type: RequestType0<R, void>, doing: string): Promise<R> {
    return this.#send((own) => this.#connection.sendRequest(type, own), doing);
  }

  async requestWithProgress<P, R, Progress>(
    type: RequestType<P & WithProgress, R, void>, progressType: ProgressType<Progress>, params: P,
    onProgress: (progress: Progress) => void, doing: string, token: CancellationToken,
  ): Promise<R> {
    const progressToken = String(this.#nextToken++);
    const listening = this.#connection.onProgress(progressType, progressToken, onProgress);
    try {
      return await this.request(type, { ...params, progressToken }, doing, token);
    } finally {
      listening.dispose();
    }
  }

  /** Asks the process to end, and kills it when it has not in time. */
  async stop(): Promise<void> {
    if (this.#exit) return;
    this.#wanted = true;
    const exited = this.#untilExit();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), this.options.stopGrace ?? 2000);
    if (this.#child.connected) void this.#connection.sendNotification(ShutdownNotification, undefined).catch(() => undefined);
    await exited;
    clearTimeout(timer);
  }

  /** Ends the process at once and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.#exit) return;
    this.#wanted = true;
    const exited = this.#untilExit();
    this.#child.kill("SIGKILL");
    await exited;
  }

  #untilExit(): Promise<RuntimeExit> {
    if (this.#exit) return Promise.resolve(this.#exit);
    return new Promise((resolve) => {
      const listening = this.onDidExit((exit) => {
        listening.dispose();
        resolve(exit);
      });
    });
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#exit) return;
    this.#exit = { code, signal, wanted: this.#wanted };
    this.#connection.dispose();
    this.#exited.fire(this.#exit);
    this.#exited.dispose();
  }

  async #send<R>(send: (token: CancellationToken) => Promise<R>, doing: string, token?: CancellationToken): Promise<R> {
    if (this.#exit) throw this.#crash(this.#exit, doing);
    if (token?.isCancellationRequested) throw HumanError.cancelled();
    const source = new CancellationTokenSource();
    let timer: NodeJS.Timeout | undefined;
    let leave = (): void => undefined;
    const link = token?.onCancellationRequested(() => {
      source.cancel();
      timer = setTimeout(() => void this.kill(), this.options.cancelGrace ?? 10_000);
    });
    const exit = new Promise<never>((_, reject) => {
      const listening = this.onDidExit((end) => {
        reject(token?.isCancellationRequested ? HumanError.cancelled() : this.#crash(end, doing));
      });
      leave = () => listening.dispose();
    });
    // A reply that is lost with the process never settles by itself; the exit does it.
    const reply = Promise.resolve(source.token).then(send).catch((error: unknown) => {
      if (!this.#child.connected || this.#exit) return exit;
      throw fromResponseError(error);
    });
    try {
      return await Promise.race([reply, exit]);
    } finally {
      clearTimeout(timer);
      leave();
      link?.dispose();
      source.dispose();
    }
  }

  #crash({ code, signal, wanted }: RuntimeExit, doing: string): HumanError {
    if (wanted) return new HumanError("runtimeStopped", `The native runtime was stopped while ${doing}. Try again when it is running.`);
    return crashError(code, signal, doing, this.stderrTail);
  }
}

/** One sentence about a process that died, with the last word of the native library where it had one. */
export function crashError(code: number | null, signal: string | null, doing: string, tail: readonly string[]): HumanError {
  const how = signal ? `signal ${signal}` : `exit code ${code ?? "unknown"}`;
  const assertion = tail.findLast((line) => /GGML_ASSERT|GGML_ABORT|terminate called|out of memory/i.test(line));
  const word = assertion ? `, "${assertion.trim().slice(0, 160)}"` : "";
  const advice = signal === "SIGKILL"
    ? "Try again; if it repeats, the machine may be out of memory: take a smaller model or context."
    : "Try again; if it repeats, the model may be damaged: take another one, and look into the log.";
  return new HumanError("runtimeCrashed", `The native runtime ended unexpectedly while ${doing} (${how}${word}). ${advice}`);
}
